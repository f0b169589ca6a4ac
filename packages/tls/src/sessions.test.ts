import { describe, expect, it } from "vitest";
import { SessionCache, type RememberedSession } from "./sessions.ts";

function session(name: string, validUntil = Number.POSITIVE_INFINITY): RememberedSession {
  return { session: Buffer.from(name), peer: { chain: [], trustSource: "given", validUntil } };
}

describe("sessions that are remembered", () => {
  it("are given out once each, the newest first (RFC 8446 §C.4)", () => {
    const cache = new SessionCache(2);
    const [first, second] = [session("first"), session("second")];
    cache.keep("a", first);
    cache.keep("a", second);
    const taken = [cache.take("a", 0), cache.take("a", 0), cache.take("a", 0)];
    expect(taken).toEqual([second, first, undefined]);
  });
  it("are at most four of one server, the oldest goes", () => {
    const cache = new SessionCache(1);
    for (const name of ["1", "2", "3", "4", "5"]) cache.keep("a", session(name));
    const taken = Array.from({ length: 5 }, () => cache.take("a", 0)?.session.toString());
    expect(taken).toEqual(["5", "4", "3", "2", undefined]);
  });
  it("are of as many servers as are allowed, the one longest unused goes", () => {
    const cache = new SessionCache(2);
    for (const server of ["a", "b", "a", "c"]) cache.keep(server, session(server));
    const [a, b, c] = ["a", "b", "c"].map((server) => cache.take(server, 0));
    expect([a, b, c].map((one) => one !== undefined)).toEqual([true, false, true]);
  });
  it("are none where none are allowed", () => {
    const cache = new SessionCache(0);
    cache.keep("a", session("a"));
    expect(cache.take("a", 0)).toBeUndefined();
  });
  it("are of no use once a certificate of the server has expired", () => {
    const cache = new SessionCache(1);
    cache.keep("a", session("one", 1000));
    cache.keep("a", session("two", 1000));
    cache.keep("a", session("three", 1000));
    expect(cache.take("a", 999)).toBeDefined();
    expect(cache.take("a", 1000)).toBeUndefined();
    expect(cache.take("a", 999)).toBeUndefined();
  });
});
