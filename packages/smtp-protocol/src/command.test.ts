import { octetText, utf8Text } from "@letterwright/base/bytes";
import { addrSpec, mailbox } from "@letterwright/message";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeCommand, encodeCommand, type Command } from "./command.ts";

const ana = mailbox({ name: "Ana", localPart: "ana", domain: "example.com" });

describe("encodeCommand (RFC 5321 §4.1.1)", () => {
  const rows: readonly [command: Command, line: string][] = [
    [{ verb: "EHLO", name: "client.example.com" }, "EHLO client.example.com"],
    [{ verb: "HELO", name: "[127.0.0.1]" }, "HELO [127.0.0.1]"],
    [{ verb: "STARTTLS" }, "STARTTLS"],
    [{ verb: "AUTH", mechanism: "LOGIN" }, "AUTH LOGIN"],
    [{ verb: "AUTH", mechanism: "PLAIN", initialResponse: "AGE=" }, "AUTH PLAIN AGE="],
    [{ verb: "AUTH", mechanism: "EXTERNAL", initialResponse: "" }, "AUTH EXTERNAL ="],
    [{ verb: "RESPONSE", text: "" }, ""],
    [{ verb: "MAIL", reversePath: ana }, "MAIL FROM:<ana@example.com>"],
    [{ verb: "MAIL", reversePath: null }, "MAIL FROM:<>"],
    [
      { verb: "MAIL", reversePath: ana, parameters: { size: 5, body: "8BITMIME", smtpUtf8: true } },
      "MAIL FROM:<ana@example.com> SIZE=5 BODY=8BITMIME SMTPUTF8",
    ],
    [
      { verb: "RCPT", mailbox: mailbox({ localPart: "a b", domain: "example.com" }) },
      'RCPT TO:<"a b"@example.com>',
    ],
    [
      { verb: "RCPT", mailbox: mailbox({ localPart: "a", domain: "exämple.com" }) },
      "RCPT TO:<a@xn--exmple-cua.com>",
    ],
    [
      { verb: "RCPT", mailbox: mailbox({ localPart: 'a"> b', domain: "x.example" }) },
      'RCPT TO:<"a\\"> b"@x.example>',
    ],
    [{ verb: "LHLO", name: "client.example.com" }, "LHLO client.example.com"],
    [{ verb: "DATA" }, "DATA"],
    [{ verb: "BDAT", size: 65_536 }, "BDAT 65536"],
    [{ verb: "BDAT LAST", size: 0 }, "BDAT 0 LAST"],
    [{ verb: "END" }, "."],
    [{ verb: "QUIT" }, "QUIT"],
  ];
  it.each(rows)("%j", (command, line) =>
    expect(octetText(encodeCommand(command))).toBe(`${line}\r\n`),
  );

  it("writes a local-part as UTF-8 with SMTPUTF8 only (RFC 6531 §3.2)", () => {
    const box = mailbox({ localPart: "jörg", domain: "example.com" });
    expect(
      new TextDecoder().decode(encodeCommand({ verb: "RCPT", mailbox: box, smtpUtf8: true })),
    ).toBe("RCPT TO:<jörg@example.com>\r\n");
    expect(() => encodeCommand({ verb: "RCPT", mailbox: box })).toThrow(
      expect.objectContaining({ code: "ADDRESS_NEEDS_SMTPUTF8" }),
    );
  });

  const evil = ["\r\nDATA", "\n", "\r", "\u0000", "\u0085", "\u007f"];
  it.each(evil)("lets no second command through %j", (text) => {
    const forged = { ...ana, localPart: `a${text}` }; // past every check of a mailbox
    const commands: readonly Command[] = [
      { verb: "EHLO", name: `a${text}` },
      { verb: "AUTH", mechanism: `PLAIN${text}` },
      { verb: "AUTH", mechanism: "PLAIN", initialResponse: `AA${text}` },
      { verb: "RESPONSE", text: `AA${text}` },
      { verb: "MAIL", reversePath: forged, parameters: { smtpUtf8: true } },
      { verb: "RCPT", mailbox: forged, smtpUtf8: true },
    ];
    for (const command of commands) expect(() => encodeCommand(command)).toThrow();
  });

  it.each([
    "b.example> NOTIFY=NEVER",
    "b.example>",
    "b.example SIZE=1",
    "b.example,c.example",
    "b@c.example",
  ])("lets no path be closed from within: %j", (domain) => {
    const forged = { kind: "mailbox", localPart: "a", domain } as const;
    expect(() => encodeCommand({ verb: "RCPT", mailbox: forged })).toThrow(
      expect.objectContaining({ code: "ADDRESS_DOMAIN_INVALID" }),
    );
  });

  it("writes the path that `mailbox` and `addrSpec` make of it, or throws what they throw", () => {
    const parts = fc.array(
      fc.constantFrom("a", "Z", "7", ".", "-", "_", "+", "é", " ", "x".repeat(62)),
      {
        maxLength: 6,
      },
    );
    const texts = parts.map((some) => some.join(""));
    const outcome = (work: () => string): string => {
      try {
        return work();
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    fc.assert(
      fc.property(texts, texts, (localPart, domain) => {
        const said = outcome(() => {
          const forged = { kind: "mailbox", localPart, domain } as const;
          return utf8Text(encodeCommand({ verb: "RCPT", mailbox: forged, smtpUtf8: true }));
        });
        const meant = outcome(() => {
          const path = addrSpec(mailbox({ localPart, domain }), { domain: "ascii" });
          return `RCPT TO:<${path}>\r\n`;
        });
        expect(said).toBe(meant);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["AA BB", "AA-B", "wörd", "*"])(
    "refuses %j as an initial response: no base64",
    (text) => {
      expect(() =>
        encodeCommand({ verb: "AUTH", mechanism: "PLAIN", initialResponse: text }),
      ).toThrow(expect.objectContaining({ code: "SMTP_COMMAND_INVALID" }));
    },
  );

  it.each([NaN, -1, 1.5, Infinity])("refuses SIZE=%s", (size) => {
    expect(() => encodeCommand({ verb: "MAIL", reversePath: ana, parameters: { size } })).toThrow(
      expect.objectContaining({ code: "SMTP_COMMAND_INVALID" }),
    );
  });

  it("refuses an overlong command (§4.5.3.1.4)", () => {
    expect(() => encodeCommand({ verb: "EHLO", name: "x".repeat(2000) })).toThrow(
      expect.objectContaining({ code: "SMTP_COMMAND_TOO_LONG" }),
    );
  });
});

it("describeCommand puts stars for secrets, by their place", () => {
  expect(describeCommand({ verb: "AUTH", mechanism: "PLAIN", initialResponse: "c2VjcmV0" })).toBe(
    "AUTH PLAIN ***",
  );
  expect(describeCommand({ verb: "RESPONSE", text: "c2VjcmV0" })).toBe("***");
  expect(describeCommand({ verb: "RESPONSE", text: "*" })).toBe("*");
  expect(describeCommand({ verb: "EHLO", name: "a" })).toBe("EHLO a");
});
