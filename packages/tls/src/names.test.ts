import fc from "fast-check";
import type { PeerCertificate } from "node:tls";
import { describe, expect, it } from "vitest";
import { alternativeNames, checkName, nameOf } from "./names.ts";

const certificate = (subjectaltname: string): PeerCertificate =>
  ({ subjectaltname }) as unknown as PeerCertificate;

describe("the name a certificate has to bear", () => {
  it.each([
    ["mail.example.com", "mail.example.com"],
    ["MAIL.Example.COM", "mail.example.com"],
    ["mail.example.com.", "mail.example.com"], // RFC 6066 §3: without a trailing dot
    ["mail_1.example.com", "mail_1.example.com"],
    ["localhost", "localhost"],
    ["exämple.de", "xn--exmple-cua.de"],
    ["EXÄMPLE.de.", "xn--exmple-cua.de"],
    ["mail。example。com", "mail.example.com"], // UTS #46 §4: other full stops
    ["xn--exmple-cua.de", "xn--exmple-cua.de"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["[::1]", "::1"],
    ["fe80::1%eth0", "fe80::1%eth0"],
  ])("of %j is %j", (host, name) => expect(nameOf(host)).toBe(name));

  it.each([
    "",
    " ",
    ".",
    "a..b",
    "a b",
    "mail.example.com:465",
    "ana@mail.example.com",
    "mail.example.com/x",
    "mail.example.com\0.example.org",
    "mail\texample.com",
    "*.example.com",
    "exämple.de/x",
    "ex%C3%A4mple.dé",
    "[mail.example.com]",
  ])("is not to be had of %j", (host) => {
    expect(() => nameOf(host)).toThrow(expect.objectContaining({ code: "TLS_NAME_INVALID" }));
  });

  it("throws nothing else, whatever the host", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (host) => {
        try {
          expect(nameOf(host)).not.toMatch(/[^\x21-\x7e]/);
        } catch (error) {
          expect(error).toMatchObject({ code: "TLS_NAME_INVALID" });
        }
      }),
    );
  });
});

describe("the subjectAltNames as Node writes them", () => {
  it.each([
    ["", []],
    ["DNS:a.example, IP Address:127.0.0.1", ["a.example", "127.0.0.1"]],
    ["DNS:a.example, URI:https://b.example/", ["a.example", "https://b.example/"]],
    // CVE-2021-44532: Node quotes what could be taken for more than one.
    [String.raw`DNS:"a\u002c DNS:b.example", DNS:c.example`, ["a, DNS:b.example", "c.example"]],
    [String.raw`DNS:"q\"x", DNS:c.example`, ['q"x', "c.example"]],
    ["DNS:a.example, no entry, DNS:c.example", ["a.example"]],
    ['DNS:"not closed, DNS:c.example', []],
  ])("%s", (text, values) => {
    expect(alternativeNames(certificate(text)).map(({ value }) => value)).toEqual(values);
  });
});

describe("a name among them (RFC 9525 §6.3)", () => {
  it.each([
    ["mail.example.com", "DNS:mail.example.com", true],
    ["mail.example.com", "DNS:MAIL.EXAMPLE.COM", true],
    ["mail.example.com", "DNS:*.example.com", true],
    ["a.mail.example.com", "DNS:*.example.com", false],
    ["example.com", "DNS:*.example.com", false],
    ["example.com", "DNS:*.com", false],
    ["mail.example.com", "DNS:m*.example.com", false],
    ["mail.example.com", "DNS:mail.*.com", false],
    ["mail.example.com", "DNS:*", false],
    ["mail.example.com", "URI:mail.example.com", false],
    ["mail.example.com", "email:mail.example.com", false],
    ["127.0.0.1", "IP Address:127.0.0.1", true],
    ["127.0.0.1", "DNS:127.0.0.1", false], // an address is no name of the DNS
    ["127.0.0.1", "DNS:*.0.0.1", false],
    ["::1", "IP Address:0:0:0:0:0:0:0:1", true],
    ["::1%lo", "IP Address:0:0:0:0:0:0:0:1", true],
    ["::ffff:127.0.0.1", "IP Address:127.0.0.1", false],
    ["::1", "IP Address:<invalid length=5>", false],
  ])("%s, %s: %s", (name, names, isIn) => {
    const found = checkName(name, certificate(names));
    expect(found).toEqual(isIn ? undefined : expect.any(Error));
  });
});
