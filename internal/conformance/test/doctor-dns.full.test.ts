/** What the doctor asks of DNS, asked of a real server: dnsmasq on loopback. */
import {
  createResolver,
  diagnose,
  evaluateSpf,
  type Connector,
  type DiagnoseTarget,
  type Diagnosis,
  type Resolver,
} from "@letterwright/doctor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dnsServer, type DnsServer } from "../src/dnsmasq.ts";

let server: DnsServer;
let resolver: Resolver;

beforeAll(async () => {
  server = await dnsServer([
    "host-record=mail.example.test,192.0.2.10,2001:db8::10",
    "host-record=mx.example.test,192.0.2.25",
    "host-record=only-six.test,2001:db8::6",
    "mx-host=example.test,mx.example.test,10",
    "mx-host=null.test,.,0",
    "txt-record=example.test,v=spf1 mx ip4:198.51.100.0/24 include:other.test -all",
    "txt-record=other.test,v=spf1 ip6:2001:db8:5::/48 -all",
    "txt-record=_dmarc.example.test,v=DMARC1; p=reject; adkim=s",
    "txt-record=s1._domainkey.example.test,v=DKIM1; k=ed25519; p=MCowBQYDK2Vw,AyEAtest",
    "txt-record=twice.test,v=spf1 -all",
    "txt-record=twice.test,v=spf1 +all",
    "srv-host=_submissions._tcp.example.test,mail.example.test,465",
    "host-record=address-only.test,192.0.2.77",
  ]);
  resolver = createResolver({ servers: [server.address], timeoutMs: 1000 });
});
afterAll(() => server[Symbol.asyncDispose]());

const refused: Connector = () =>
  Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
const run = (target: DiagnoseTarget): Promise<Diagnosis> =>
  diagnose(target, { resolver, connect: refused, environment: {} });

describe("names", () => {
  it.each<[string, DiagnoseTarget, string, string]>([
    [
      "a name with both families",
      { host: "mail.example.test" },
      "connect.refused",
      "1 IPv4, 1 IPv6",
    ],
    ["a name with IPv6 alone", { host: "only-six.test" }, "connect.refused", "0 IPv4, 1 IPv6"],
    [
      "no such name (RFC 8020)",
      { host: "smtp.nowhere.test" },
      "dns.nxdomain",
      "there is no such name",
    ],
    [
      "a name without an address",
      { host: "_dmarc.example.test" },
      "dns.nxdomain",
      "the name has no address",
    ],
    [
      "a resolver that refuses",
      { host: "mail.example.com" },
      "dns.temporary",
      "the resolver gave no answer",
    ],
  ])("%s", async (_title, target, id, words) => {
    const { verdict, findings } = await run(target);
    expect(verdict?.id).toBe(id);
    expect(findings.find(({ stage }) => stage === "dns")?.text).toContain(words);
  });
  it("finds that a host is the MX of the sender's domain", async () => {
    const { verdict, findings } = await run({
      host: "mx.example.test",
      port: 465,
      user: "ana@example.test",
    });
    expect(findings.map(({ text }) => text)).toContain(
      "mx.example.test is in the MX records of example.test",
    );
    expect(verdict).toMatchObject({ id: "config.mx-used-for-submission", certainty: "likely" });
  });
});

describe("a domain", () => {
  const textsOf = async (target: DiagnoseTarget): Promise<string> => {
    const { findings, verdict } = await run(target);
    return [...findings.map(({ text }) => text), verdict?.id ?? "well"].join("\n");
  };
  it("has MX, submission servers (RFC 8314 §5.1), SPF, DKIM and DMARC", async () => {
    const texts = await textsOf({
      domain: "example.test",
      publicAddress: "192.0.2.25",
      dkimSelector: "s1",
    });
    expect(texts).toContain("MX of example.test: mx.example.test");
    expect(texts).toContain("submission servers by SRV: mail.example.test:465");
    expect(texts).toContain("SPF of example.test for 192.0.2.25: pass (mx)");
    expect(texts).toContain("DKIM: there is a key at s1._domainkey.example.test (ed25519)");
    expect(texts).toContain("DMARC of example.test: p=reject, alignment strict for DKIM");
    expect(texts).toMatch(/well$/);
  });
  it("refuses a stranger's address", async () => {
    const texts = await textsOf({ domain: "example.test", publicAddress: "203.0.113.9" });
    expect(texts).toMatch(/fail \(-all\)[^]*data\.unauthenticated-sender$/);
  });
  it("takes no mail with a null MX (RFC 7505)", async () => {
    expect(await textsOf({ domain: "null.test" })).toMatch(/null MX[^]*dns\.no-mx$/);
  });
  it("takes mail at its address where there is no MX (RFC 5321 §5.1)", async () => {
    expect(await textsOf({ domain: "address-only.test" })).toContain(
      "has no MX; its address takes the mail",
    );
  });
  it("does not exist", async () => {
    expect(await textsOf({ domain: "gmial.test" })).toMatch(/dns\.no-mx$/);
  });
});

describe("SPF (RFC 7208)", () => {
  it.each([
    ["192.0.2.25", "pass"],
    ["198.51.100.77", "pass"],
    ["2001:db8:5::1", "pass"],
    ["2001:db8:6::1", "fail"],
    ["203.0.113.9", "fail"],
  ])("%s: %s", async (address, result) => {
    expect(await evaluateSpf({ address, domain: "example.test" }, resolver)).toMatchObject({
      result,
    });
  });
  it("knows two records for an error, and none for none", async () => {
    expect(
      await evaluateSpf({ address: "192.0.2.1", domain: "twice.test" }, resolver),
    ).toMatchObject({ result: "permerror" });
    expect(
      await evaluateSpf({ address: "192.0.2.1", domain: "mx.example.test" }, resolver),
    ).toMatchObject({ result: "none" });
    expect(
      await evaluateSpf({ address: "192.0.2.1", domain: "example.com" }, resolver),
    ).toMatchObject({ result: "temperror" });
  });
});
