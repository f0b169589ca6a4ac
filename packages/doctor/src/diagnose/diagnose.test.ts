import { inspect } from "node:util";
import { secret } from "@letterwright/base/secret";
import { describe, expect, it } from "vitest";
import type { Connector } from "./connector.ts";
import { diagnose } from "./diagnose.ts";
import type { DiagnoseOptions } from "./options.ts";
import type { Finding } from "./report.ts";
import type { Resolver } from "./resolver.ts";
import { zone } from "./spf.test.ts";
import type { DiagnoseTarget } from "./target.ts";

const failing = (code: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(code), { code }));

/** A network in which nothing answers: each try ends when it is given up. */
const darkness: Connector = (_to, signal) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );

const somewhere: Resolver = zone({ "smtp.example.com": { a: ["192.0.2.1"], aaaa: [] } });

const run = (target: DiagnoseTarget, options: DiagnoseOptions = {}): ReturnType<typeof diagnose> =>
  diagnose(target, { resolver: somewhere, connect: darkness, environment: {}, ...options });

describe("the seed case", () => {
  const seed = { host: "smtp.google.com", port: 465, user: "me@gmail.com" };
  const google: Resolver = zone({
    "smtp.google.com": { a: ["192.0.2.26"], aaaa: ["2001:db8::26"] },
    "google.com": { mx: ["smtp.google.com"] },
    "gmail.com": { mx: ["gmail-smtp-in.l.google.com"] },
  });
  const only25: Connector = (to, signal) =>
    to.port === 25 ? failing("EPIPE") : darkness(to, signal);

  it("is right without a packet, from the table of providers", async () => {
    const forbidden = (): never => {
      throw new Error("asked somebody");
    };
    const { verdict } = await run(seed, {
      offline: true,
      connect: forbidden,
      resolver: { ...google, addresses: forbidden, mx: forbidden },
    });
    expect(verdict).toMatchObject({ id: "config.mx-used-for-submission", certainty: "certain" });
    expect(verdict?.do.join(" ")).toMatch(/Use smtp\.gmail\.com, port 465.*app password/);
    expect(verdict?.try).toEqual([
      "letterwright doctor --server smtp.gmail.com --user me@gmail.com",
    ]);
  });
  it("is right with a network", async () => {
    const { verdict, findings } = await run(seed, { resolver: google, connect: only25 });
    expect(verdict).toMatchObject({ id: "config.mx-used-for-submission", certainty: "certain" });
    expect(verdict?.do.join(" ")).toMatch(/OAuth2/);
    expect(findings.map(({ text }) => text)).toContain(
      "smtp.google.com is in the MX records of google.com",
    );
    expect(findings.find(({ stage }) => stage === "connect")?.text).toMatch(
      /^465 no answer in 3 s; 587 no answer/,
    );
  });
  it("is right for what was thrown, in whichever library", async () => {
    const error = new Error("connect ETIMEDOUT smtp.google.com:465");
    expect((await run({}, { error })).verdict?.id).toBe("config.mx-used-for-submission");
  });
});

describe("settings", () => {
  it.each<[string, DiagnoseTarget, string]>([
    ["no host", {}, "config.host-unset"],
    ["an empty one", { host: " " }, "config.host-unset"],
    ["an unset variable as text", { host: "undefined" }, "config.host-unset"],
    ["a mode as text", { host: "a.example", tls: "false" as never }, "config.tls-mode-string"],
    ["a URL", { host: "smtps://a.example" }, "config.url-encoding"],
    ["half a URL", { host: "word@smtp.example.com" }, "config.url-encoding"],
    [
      "no secret",
      { host: "smtp.example.com", user: "ana", secret: "", login: true },
      "config.credentials-missing",
    ],
    [
      "no user",
      { host: "smtp.example.com", secret: "x", login: true },
      "config.credentials-missing",
    ],
    ["no address", { host: "smtp.example.com", to: ["bob at example"] }, "rcpt.bad-address"],
  ])("%s", async (_title, target, id) => {
    const { verdict, tookMs } = await run(target, {
      connect: () => failing("asked"),
      now: () => 0,
    });
    expect(verdict).toMatchObject({ id, certainty: "certain" });
    expect(tookMs).toBe(0);
  });
  it("says what does not fit together, offline", async () => {
    const offline = { offline: true };
    expect(
      (await run({ host: "smtp.example.com", port: 465, tls: "starttls" }, offline)).verdict?.id,
    ).toBe("config.scheme-port-clash");
    expect((await run({ host: "smpt.gmail.com" }, offline)).verdict).toMatchObject({
      id: "config.host-typo",
      try: ["letterwright doctor --server smtp.gmail.com"],
    });
    expect((await run({ host: "smtp.example.com" }, offline)).verdict).toBeUndefined();
  });
  it("says the shape of a secret, and never a character of it", async () => {
    const secrets = [
      " hunter2zq ",
      '"hunter2zq"',
      "SG.hunter2zq",
      "abcd efgh ijkl mnop",
      "hünter2zq",
    ];
    for (const text of secrets) {
      const diagnosis = await run(
        { host: "smtp.sendgrid.net", user: "ana", secret: secret(text) },
        { offline: true },
      );
      const shown = inspect(diagnosis, { depth: 9 });
      expect(shown).not.toMatch(/unter2zq|efgh/);
      expect(shown).toContain(`${text.length} characters`);
      expect(shown).toContain("the user is the word apikey");
    }
  });
});

describe("names", () => {
  it.each([
    ["no such name", "ENOTFOUND", "ENOTFOUND", "dns.nxdomain", "certain"],
    ["no address", "ENODATA", "ENODATA", "dns.nxdomain", "likely"],
    ["no resolver", "ESERVFAIL", "ESERVFAIL", "dns.temporary", "likely"],
    ["half a resolver", "ENOTFOUND", "ETIMEOUT", "dns.temporary", "likely"],
  ])("%s", async (_title, four, six, id, certainty) => {
    const resolver: Resolver = {
      ...somewhere,
      addresses: (_, family) => failing(family === 4 ? four : six),
    };
    expect((await run({ host: "mail.nowhere.example" }, { resolver })).verdict).toMatchObject({
      id,
      certainty,
    });
  });
  it("names the slip when the name does not exist", async () => {
    const { verdict } = await run({ host: "smtp.gmial.com" });
    expect(verdict).toMatchObject({ id: "config.host-typo" });
    expect(verdict?.do[0]).toBe("Did you mean smtp.gmail.com?");
  });
  it("does not wait for a resolver that never answers", async () => {
    const never = new Promise<never>(() => undefined);
    const { verdict } = await run(
      { host: "smtp.example.com" },
      { resolver: { ...somewhere, addresses: () => never, mx: () => never }, timeoutMs: 300 },
    );
    expect(verdict?.id).toBe("dns.temporary");
  });
});

describe("ports", () => {
  const world =
    (states: Readonly<Record<number, string>>): Connector =>
    (to, signal) => {
      const state = states[to.port] ?? "dark";
      return state === "dark" ? darkness(to, signal) : failing(state);
    };
  it.each<[string, DiagnoseTarget, Connector, Record<string, string>, string]>([
    ["nothing answers", { port: 587 }, darkness, {}, "connect.timeout"],
    [
      "nothing answers on a platform that blocks mail",
      { port: 587 },
      darkness,
      { RENDER: "true" },
      "connect.platform-blocks-smtp",
    ],
    ["refused", { port: 587 }, world({ 587: "ECONNREFUSED" }), {}, "connect.refused"],
    ["no way", { port: 587 }, world({ 587: "ENETUNREACH" }), {}, "connect.timeout"],
  ])("%s", async (_title, target, connect, environment, id) => {
    const { verdict } = await run(
      { host: "smtp.example.com", ...target },
      { connect, environment },
    );
    expect(verdict?.id).toBe(id);
  });
  it("knows a network without IPv6 by a host that has nothing else", async () => {
    const resolver = zone({ "six.example": { aaaa: ["2001:db8::1"] } });
    const { verdict } = await run(
      { host: "six.example", port: 587 },
      { resolver, connect: () => failing("ENETUNREACH") },
    );
    expect(verdict?.id).toBe("dns.ipv6-unroutable");
  });
  it("contacts a neutral host only when asked", async () => {
    const asked: string[] = [];
    const connect: Connector = (to) => (
      asked.push(`${to.host}:${to.port}`),
      failing("ECONNREFUSED")
    );
    await run({ host: "smtp.example.com" }, { connect });
    expect(asked.filter((one) => !one.startsWith("smtp.example.com:"))).toEqual([]);
    await run({ host: "smtp.example.com" }, { connect, neutralHost: "www.example.org" });
    expect(asked).toContain("www.example.org:443");
  });
  it("never leaves this machine for a target on it", async () => {
    const asked: number[] = [];
    const resolver: Resolver = {
      ...somewhere,
      addresses: () => failing("asked"),
      mx: () => failing("asked"),
      txt: () => failing("asked"),
    };
    for (const host of ["localhost", "127.0.0.1", "::1", "127.8.9.1"]) {
      const connect: Connector = (to) => (asked.push(to.port), failing("ECONNREFUSED"));
      const { verdict } = await run(
        { host, port: 1025, from: "ana@example.com" },
        { resolver, connect, neutralHost: "www.example.org" },
      );
      expect(verdict?.id).toBe("connect.refused");
    }
    expect(new Set(asked)).toEqual(new Set([1025]));
  });
});

describe("diagnose", () => {
  it("shows neither a secret that an error repeats nor what could drive a terminal", async () => {
    const error = new Error("535 \u001b[2Jno hunter2zq for you\u202e");
    const target = { host: "smtp.example.com", user: "ana", secret: "hunter2zq" };
    const shown = JSON.stringify(await run(target, { error }));
    expect(shown).toContain("no *** for you");
    expect(shown).not.toMatch(/hunter2zq|\\u001b|\u202e/);
  });
  it("tells each finding as it is made, and keeps them", async () => {
    const told: Finding[] = [];
    const { findings } = await run(
      { host: "mail.nowhere.example" },
      { onFinding: (finding) => told.push(finding) },
    );
    expect(told).toEqual(findings);
    expect(told.map(({ stage }) => stage)).toEqual(["settings", "dns"]);
  });
  it("needs no target where the words of the server say it", async () => {
    const error = "550-5.7.26 Unauthenticated email from example.com is not accepted";
    expect((await run({}, { error })).verdict).toMatchObject({
      id: "data.unauthenticated-sender",
      asOf: "2026-11-23",
    });
  });
  it.each([0, -1, NaN, 10_001, "5" as never])("takes no budget of %s", async (timeoutMs) => {
    await expect(run({}, { timeoutMs })).rejects.toMatchObject({ code: "DOCTOR_OPTION_INVALID" });
  });
  it.each([0, 65_536, 1.5])("takes no port %s", async (port) => {
    await expect(run({ host: "a.example", port })).rejects.toMatchObject({
      code: "DOCTOR_TARGET_INVALID",
    });
  });
  it("stops when told to", async () => {
    const stop = new AbortController();
    const running = run({ host: "smtp.example.com" }, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
  });
});

describe("a domain", () => {
  const asking = (
    records: Parameters<typeof zone>[0],
    target: DiagnoseTarget = {},
  ): ReturnType<typeof diagnose> =>
    run({ domain: "example.com", ...target }, { resolver: zone(records) });

  it.each<[string, Parameters<typeof zone>[0], DiagnoseTarget, string | undefined]>([
    [
      "all there",
      {
        "example.com": { mx: ["mx.example.com"], txt: ["v=spf1 ip4:192.0.2.1 -all"] },
        "_dmarc.example.com": { txt: ["v=DMARC1; p=reject"] },
      },
      { publicAddress: "192.0.2.1" },
      undefined,
    ],
    [
      "SPF fails (RFC 7208)",
      { "example.com": { mx: ["mx.example.com"], txt: ["v=spf1 ip4:192.0.2.1 -all"] } },
      { publicAddress: "192.0.2.2" },
      "data.unauthenticated-sender",
    ],
    [
      "no SPF, and DMARC rejects (RFC 7489)",
      {
        "example.com": { mx: ["mx.example.com"] },
        "_dmarc.example.com": { txt: ["v=DMARC1; p=reject"] },
      },
      {},
      "data.unauthenticated-sender",
    ],
    [
      "no SPF, but a DKIM key (RFC 6376)",
      {
        "example.com": { mx: ["mx.example.com"] },
        "_dmarc.example.com": { txt: ["v=DMARC1; p=reject"] },
        "s1._domainkey.example.com": { txt: ["v=DKIM1; p=MIG"] },
      },
      { dkimSelector: "s1" },
      undefined,
    ],
    [
      "a revoked key",
      {
        "example.com": { mx: ["mx.example.com"] },
        "s1._domainkey.example.com": { txt: ["v=DKIM1; p="] },
      },
      { dkimSelector: "s1" },
      "data.unauthenticated-sender",
    ],
    [
      "an envelope of another house (RFC 7489 §3.1.2)",
      {
        "example.com": { mx: ["mx.example.com"] },
        "bounces.test": { txt: ["v=spf1 ip4:192.0.2.1 -all"] },
        "_dmarc.example.com": { txt: ["v=DMARC1; p=reject"] },
      },
      { from: "b@bounces.test", publicAddress: "192.0.2.1" },
      "data.unauthenticated-sender",
    ],
    [
      "an envelope of the same house, relaxed",
      {
        "example.com": { mx: ["mx.example.com"] },
        "bounces.example.com": { txt: ["v=spf1 ip4:192.0.2.1 -all"] },
        "_dmarc.example.com": { txt: ["v=DMARC1; p=reject"] },
      },
      { from: "b@bounces.example.com", publicAddress: "192.0.2.1" },
      undefined,
    ],
    [
      "an envelope of the same house, strict",
      {
        "example.com": { mx: ["mx.example.com"] },
        "bounces.example.com": { txt: ["v=spf1 ip4:192.0.2.1 -all"] },
        "_dmarc.example.com": { txt: ["v=DMARC1; p=reject; aspf=s"] },
      },
      { from: "b@bounces.example.com", publicAddress: "192.0.2.1" },
      "data.unauthenticated-sender",
    ],
    [
      "a null MX (RFC 7505)",
      { "example.com": { mx: [""], txt: ["v=spf1 -all"] } },
      {},
      "dns.no-mx",
    ],
    ["neither MX nor address (RFC 5321 §5.1)", {}, {}, "dns.no-mx"],
    [
      "no MX, but an address",
      { "example.com": { a: ["192.0.2.1"], txt: ["v=spf1 a -all"] } },
      {},
      undefined,
    ],
  ])("%s", async (_title, records, target, id) => {
    expect((await asking(records, target)).verdict?.id).toBe(id);
  });
});
