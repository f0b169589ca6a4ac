import type { Protection } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import { protectionText } from "./receipt-lines.ts";

const tls = { kind: "tls", protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" } as const;

describe("how the way was protected", () => {
  it.each<[Protection, string]>([
    [{ kind: "none" }, "NOT encrypted"],
    [{ kind: "local" }, "on this machine"],
    [
      { ...tls, trustSource: "system", verifiedName: "mail.example.com" },
      "TLSv1.3, TLS_AES_256_GCM_SHA384, certificate verified for mail.example.com",
    ],
    [
      { ...tls, trustSource: "pin" },
      "TLSv1.3, TLS_AES_256_GCM_SHA384, certificate is the one pinned",
    ],
    // dangerouslyAcceptAnyCertificate
    [
      { ...tls, trustSource: "nobody" },
      "TLSv1.3, TLS_AES_256_GCM_SHA384, certificate NOT verified",
    ],
  ])("%j is told as %s", (protection, text) => expect(protectionText(protection)).toBe(text));
});
