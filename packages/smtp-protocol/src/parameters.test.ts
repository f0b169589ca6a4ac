import { octetText } from "@letterwright/base/bytes";
import { mailbox } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { encodeCommand } from "./command.ts";
import type { MailParameters, RcptParameters } from "./parameters.ts";

const ana = mailbox({ localPart: "ana", domain: "example.com" });
const mail = (parameters: MailParameters): string =>
  octetText(encodeCommand({ verb: "MAIL", reversePath: ana, parameters }));
const rcpt = (parameters: RcptParameters): string =>
  octetText(encodeCommand({ verb: "RCPT", mailbox: ana, parameters }));

describe("parameters of MAIL", () => {
  const rows: readonly [parameters: MailParameters, text: string][] = [
    [{}, ""],
    [{ size: 0 }, " SIZE=0"],
    [{ body: "BINARYMIME", size: 12 }, " SIZE=12 BODY=BINARYMIME"],
    [{ requireTls: true }, " REQUIRETLS"],
    [{ return: "full" }, " RET=FULL"],
    [{ return: "headers", envelopeId: "run 7+1=8" }, " RET=HDRS ENVID=run+207+2B1+3D8"],
    [{ others: { "MT-PRIORITY": "3", solicit: true } }, " MT-PRIORITY=3 SOLICIT"],
  ];
  it.each(rows)("%j", (parameters, text) =>
    expect(mail(parameters)).toBe(`MAIL FROM:<ana@example.com>${text}\r\n`),
  );

  const evil: readonly Record<string, string | true>[] = [
    { "A B": "c" },
    { "": "c" },
    { "-A": "c" },
    { "A=B": true },
    { A: "b c" },
    { A: "b=c" },
    { A: "" },
    { A: "b\r\nDATA" },
    { "A\r\nDATA": true },
    { A: "\u{fc}" },
    { SIZE: "9" },
    { body: "8BITMIME" },
    { Envid: "x" },
    { AUTH: "<>" },
    { A: 3 as unknown as string },
    { A: undefined as unknown as string },
  ];
  it.each(evil)("does not write %j (RFC 5321 §4.1.2)", (others) => {
    expect(() => mail({ others })).toThrow(
      expect.objectContaining({ code: "SMTP_PARAMETER_INVALID" }),
    );
  });
  it("lets nothing out of an id that could end the command", () => {
    expect(mail({ envelopeId: "a\r\nb" })).toBe("MAIL FROM:<ana@example.com> ENVID=a+0D+0Ab\r\n");
    expect(() => mail({ envelopeId: "\u{fc}" })).toThrow(
      expect.objectContaining({ code: "SMTP_COMMAND_INVALID" }),
    );
  });
  it("takes whole numbers only", () => {
    for (const size of [-1, 1.5, NaN, Infinity]) {
      expect(() => mail({ size })).toThrow(
        expect.objectContaining({ code: "SMTP_COMMAND_INVALID" }),
      );
      expect(() => encodeCommand({ verb: "BDAT", size })).toThrow(
        expect.objectContaining({ code: "SMTP_COMMAND_INVALID" }),
      );
    }
  });
});

describe("parameters of RCPT (RFC 3461 §4.1, §4.2)", () => {
  const rows: readonly [parameters: RcptParameters, text: string][] = [
    [{ notify: "never" }, " NOTIFY=NEVER"],
    [{ notify: ["success", "failure", "delay"] }, " NOTIFY=SUCCESS,FAILURE,DELAY"],
    [
      { originalRecipient: { type: "rfc822", address: "a+b=c@example.com" } },
      " ORCPT=rfc822;a+2Bb+3Dc@example.com",
    ],
    [
      { originalRecipient: { type: "utf-8", address: "j\u{f6}r\\g+x@\u{1f4e7}.example" } },
      " ORCPT=utf-8;j\\x{F6}r\\x{5C}g\\x{2B}x@\\x{1F4E7}.example",
    ],
  ];
  it.each(rows)("%j", (parameters, text) =>
    expect(rcpt(parameters)).toBe(`RCPT TO:<ana@example.com>${text}\r\n`),
  );
});
