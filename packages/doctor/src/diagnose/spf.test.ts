import { describe, expect, it } from "vitest";
import type { Resolver } from "./resolver.ts";
import { evaluateSpf } from "./spf.ts";

/** Records by name; what is not there does not exist. */
export function zone(
  records: Readonly<
    Record<
      string,
      {
        readonly txt?: readonly string[];
        readonly a?: readonly string[];
        readonly aaaa?: readonly string[];
        readonly mx?: readonly string[];
      }
    >
  >,
): Resolver {
  const found = async <Value>(
    name: string,
    kind: "txt" | "a" | "aaaa" | "mx",
    value: (text: string) => Value,
  ): Promise<readonly Value[]> => {
    const values = records[name.toLowerCase()]?.[kind];
    if (values === undefined)
      throw Object.assign(new Error(name), {
        code: name.toLowerCase() in records ? "ENODATA" : "ENOTFOUND",
      });
    if (values[0] === "SERVFAIL") throw Object.assign(new Error(name), { code: "ESERVFAIL" });
    return values.map(value);
  };
  return {
    addresses: (host, family) => found(host, family === 4 ? "a" : "aaaa", (text) => text),
    mx: (domain) => found(domain, "mx", (exchange) => ({ exchange, priority: 10 })),
    txt: (domain) => found(domain, "txt", (text) => text),
    srv: async () => [],
    reverse: async () => [],
  };
}

const spf = (record: string, more: Parameters<typeof zone>[0] = {}): Resolver =>
  zone({
    ...more,
    "example.com": {
      txt: ["other", record],
      a: ["192.0.2.10"],
      aaaa: ["2001:db8::10"],
      mx: ["mx.example.com"],
    },
    "mx.example.com": { a: ["192.0.2.25"] },
  });

describe("evaluateSpf (RFC 7208)", () => {
  it.each([
    ["all", "v=spf1 -all", "192.0.2.1", "fail"],
    ["all, softly", "v=spf1 ~all", "192.0.2.1", "softfail"],
    ["nothing matched (§4.7)", "v=spf1", "192.0.2.1", "neutral"],
    ["ip4", "v=spf1 ip4:192.0.2.1 -all", "192.0.2.1", "pass"],
    ["ip4, a network", "v=spf1 ip4:192.0.2.0/25 -all", "192.0.2.127", "pass"],
    ["ip4, beside the network", "v=spf1 ip4:192.0.2.0/25 -all", "192.0.2.128", "fail"],
    ["ip4, all of it", "v=spf1 ip4:0.0.0.0/0 -all", "203.0.113.9", "pass"],
    ["ip6", "v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::9", "pass"],
    ["ip6, beside", "v=spf1 ip6:2001:db8::/32 -all", "2001:db9::1", "fail"],
    ["a (§5.3)", "v=spf1 a -all", "192.0.2.10", "pass"],
    ["a, over IPv6", "v=spf1 a -all", "2001:db8::10", "pass"],
    ["a, a network", "v=spf1 a/24 -all", "192.0.2.77", "pass"],
    ["mx (§5.4)", "v=spf1 mx -all", "192.0.2.25", "pass"],
    ["a sign (§4.6.2)", "v=spf1 ?mx -all", "192.0.2.25", "neutral"],
    ["include that passes (§5.2)", "v=spf1 include:other.example -all", "203.0.113.5", "pass"],
    ["include that does not", "v=spf1 include:other.example ~all", "203.0.113.6", "softfail"],
    ["include of nothing", "v=spf1 include:none.example -all", "203.0.113.5", "permerror"],
    ["redirect (§6.1)", "v=spf1 redirect=other.example", "203.0.113.5", "pass"],
    ["redirect to nothing", "v=spf1 redirect=none.example", "203.0.113.5", "permerror"],
    ["exists with a macro (§7)", "v=spf1 exists:%{ir}.list.example -all", "203.0.113.5", "pass"],
    ["exists of nothing", "v=spf1 exists:%{i}.list.example -all", "203.0.113.5", "fail"],
    ["an unknown mechanism (§4.6.1)", "v=spf1 moon:x -all", "192.0.2.1", "permerror"],
    ["an unknown modifier (§6)", "v=spf1 moon=x -all", "192.0.2.1", "fail"],
    ["no address", "v=spf1 ip4:nowhere -all", "192.0.2.1", "permerror"],
    ["a temporary error (§2.6.6)", "v=spf1 a:broken.example -all", "192.0.2.1", "temperror"],
  ])("%s", async (_title, record, address, result) => {
    const resolver = spf(record, {
      "other.example": { txt: ["v=spf1 ip4:203.0.113.5 -all"] },
      "5.113.0.203.list.example": { a: ["127.0.0.2"] },
      "broken.example": { a: ["SERVFAIL"] },
    });
    expect(await evaluateSpf({ address, domain: "example.com" }, resolver)).toMatchObject({
      result,
    });
  });
  it("knows a domain without a record, and one with two (§4.5)", async () => {
    const question = { address: "192.0.2.1", domain: "example.com" };
    expect(await evaluateSpf(question, zone({}))).toMatchObject({ result: "none" });
    const two = zone({ "example.com": { txt: ["v=spf1 -all", "v=spf1 +all"] } });
    expect(await evaluateSpf(question, two)).toMatchObject({ result: "permerror" });
  });
  it("asks at most ten times, also in circles (§4.6.4)", async () => {
    let asked = 0;
    const inner = zone({ "example.com": { txt: ["v=spf1 include:example.com -all"] } });
    const resolver: Resolver = { ...inner, txt: (name) => ((asked += 1), inner.txt(name)) };
    expect(
      await evaluateSpf({ address: "192.0.2.1", domain: "example.com" }, resolver),
    ).toMatchObject({ result: "permerror" });
    expect(asked).toBeLessThan(13);
  });
  it("goes to nowhere at most twice (§4.6.4)", async () => {
    const resolver = spf("v=spf1 a:x.example a:y.example a:z.example ip4:192.0.2.1 -all");
    expect(
      await evaluateSpf({ address: "192.0.2.1", domain: "example.com" }, resolver),
    ).toMatchObject({ result: "permerror" });
  });
});
