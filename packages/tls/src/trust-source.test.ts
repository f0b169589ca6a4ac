import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { createTlsContext } from "./context.ts";
import { trustSourceOf } from "./trust-source.ts";

const [given = "", other = ""] = rootCertificates;
const derOf = (pem: string): Uint8Array => new X509Certificate(pem).raw;
const pins = [`sha256:${new X509Certificate(given).fingerprint256}`];

describe("who vouches for a chain", () => {
  it.each([
    ["a root of the store", { trust: "mozilla", ca: given }, other, "mozilla"],
    [
      "a root that was given, though the store has it",
      { trust: "mozilla", ca: given },
      given,
      "given",
    ],
    ["a root that was given, and there is no store", { trust: "none", ca: given }, given, "given"],
    ["nobody but a pin", { trust: "none", pins }, given, "pin"],
    [
      "nobody, where anyone is believed",
      { dangerouslyAcceptAnyCertificate: true },
      given,
      "nobody",
    ],
  ] as const)("is %s", (_title, options, root, source) => {
    expect(trustSourceOf(createTlsContext(options), [derOf(root)])).toBe(source);
  });
});
