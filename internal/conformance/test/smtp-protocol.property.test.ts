/** Laws of the protocol without I/O: any cut of the bytes, any content, any nonsense. */
import { concatBytes, octetText, utf8 } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import { bytesOf, mailbox, type RawMessage } from "@letterwright/message";
import {
  createClientSession,
  createDotStuffer,
  createReplyDecoder,
  encodeCommand,
  type ClientSession,
} from "@letterwright/smtp-protocol";
import { shred } from "@letterwright/testing";
import { resolveOutgoing } from "@letterwright/transport";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const whole = ["\r\n", ".", "a", "..", "\r\n.\r\n", ".\r\n", "é"] as const;
const halves = ["\r", "\n", "\0"] as const;
const textOf = (...parts: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((found) => found.join(""));
/** Text of line ends, dots and their neighbours, part of it such as no message may hold. */
const content = fc.oneof({ weight: 3, arbitrary: textOf(...whole) }, textOf(...whole, ...halves));

function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (left, right) => left - right,
  );
  return sorted.map((place, index) => bytes.subarray(sorted[index - 1] ?? 0, place));
}

/** What the content is on the wire, when the transport lets it through at all. */
async function wireOf(text: string, places: readonly number[]): Promise<string | undefined> {
  const bytes = utf8(text);
  const raw: RawMessage = {
    fields: [],
    separator: new Uint8Array(0),
    body: bytesOf(bytes),
    requires: new Set(),
  };
  try {
    await resolveOutgoing(raw, { keywords: new Map() });
  } catch (error) {
    expect(LetterwrightError.is(error)).toBe(true);
    return undefined;
  }
  const stuffer = createDotStuffer();
  const stuffed = cutAt(bytes, places).map((chunk) => stuffer.stuff(chunk));
  return octetText(concatBytes([...stuffed, stuffer.end(), encodeCommand({ verb: "END" })]));
}

/** Readers as servers are: each says where the message ends. */
const readers: readonly (readonly [name: string, see: (wire: string) => string])[] = [
  ["strict", (wire) => wire],
  [
    "one that takes LF for a line end",
    (wire) => wire.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n"),
  ],
  [
    "one that takes CR for a line end",
    (wire) => wire.replaceAll("\r\n", "\r").replaceAll("\r", "\r\n"),
  ],
  ["one that drops NUL", (wire) => wire.replaceAll("\0", "")],
];

describe("the content of a message", () => {
  it.each(readers)("is one message, and the same, to a reader: %s", async (_name, see) => {
    await fc.assert(
      fc.asyncProperty(content, fc.array(fc.nat(100), { maxLength: 5 }), async (text, places) => {
        const wire = await wireOf(text, places);
        if (wire === undefined) {
          expect(halves.some((half) => text.includes(half))).toBe(true);
          return;
        }
        const lines = see(wire).split("\r\n");
        expect(lines.indexOf(".")).toBe(lines.length - 2);
        const back = lines
          .slice(0, -2)
          .map((line) => `${line.startsWith(".") ? line.slice(1) : line}\r\n`)
          .join("");
        const sent = octetText(utf8(text));
        expect(back).toBe(sent === "" || sent.endsWith("\r\n") ? sent : `${sent}\r\n`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a session", () => {
  /** MAIL, RCPT and DATA are under way. */
  function waiting(): ClientSession {
    const session = createClientSession();
    const box = mailbox({ localPart: "a", domain: "example.org" });
    session.receive(utf8("220 hi\r\n"));
    session.send({ verb: "EHLO", name: "c.example.com" });
    session.receive(utf8("250 hi\r\n"));
    session.send({ verb: "MAIL", reversePath: null });
    session.send({ verb: "RCPT", mailbox: box });
    session.send({ verb: "DATA" });
    return session;
  }
  function hear(chunks: readonly Uint8Array[]): unknown {
    const session = waiting();
    const replies: unknown[] = [];
    for (const chunk of chunks) {
      try {
        replies.push(...session.receive(chunk));
      } catch (error) {
        expect(error).toBe(session.fault);
        break;
      }
    }
    const fault =
      session.fault === undefined ? undefined : (session.fault as LetterwrightError).code;
    return { replies, fault, state: session.state };
  }
  const line = fc.oneof(
    fc.constantFrom(
      "250 ok",
      "550 5.1.1 no",
      "354 go",
      "250-a",
      "550-a",
      "421 bye",
      "503 x",
      "",
      "hello",
      "25",
    ),
    fc.string({ maxLength: 20 }),
  );
  const wire = fc
    .array(fc.tuple(line, fc.constantFrom("\r\n", "\r\n", "\n", "")), { maxLength: 8 })
    .map((lines) => utf8(lines.map((parts) => parts.join("")).join("")));

  it("hears the same, whatever way the bytes are cut", () => {
    fc.assert(
      fc.property(wire, fc.array(fc.nat(200), { maxLength: 5 }), (bytes, places) => {
        const ways = [...shred(bytes).map(([, chunks]) => chunks), cutAt(bytes, places)];
        const [first, ...others] = ways.map((chunks) => hear(chunks));
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 2000 },
    );
  });

  it("throws nothing but errors of its own on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6000 }), (bytes) => {
        const session = waiting();
        try {
          session.receive(bytes);
        } catch (error) {
          expect(LetterwrightError.is(error)).toBe(true);
        }
      }),
    );
  });
});

describe("a decoder of replies", () => {
  it("holds no more than its limits, whatever it is fed", () => {
    const bound = 64 * 4;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("250-x\r\n", "250 x\r\n", "250-", "2", "x".repeat(40)), {
          maxLength: 50,
        }),
        (parts) => {
          const decoder = createReplyDecoder({ maxLineBytes: 64, maxLines: 4 });
          try {
            for (const part of parts) {
              decoder.decode(utf8(part));
              expect(decoder.buffered).toBeLessThanOrEqual(bound + 64);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^SMTP_REPLY_/) as string });
          }
        },
      ),
    );
  });
});

it("no mailbox makes a second command or parameter, however it came to be", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "grapheme" }),
      (localPart, domain) => {
        const forged = { kind: "mailbox", localPart, domain } as const;
        let bytes: Uint8Array;
        try {
          bytes = encodeCommand({ verb: "RCPT", mailbox: forged, smtpUtf8: true });
        } catch (error) {
          expect(LetterwrightError.is(error)).toBe(true);
          return;
        }
        const text = new TextDecoder().decode(bytes);
        expect(text.startsWith("RCPT TO:<") && text.endsWith(">\r\n")).toBe(true);
        expect(text.indexOf("\r")).toBe(text.length - 2);
        const bare = withoutQuotedString(text.slice("RCPT TO:<".length, -3));
        expect(bare).not.toContain(">");
        expect(bare).not.toContain(" ");
      },
    ),
    { numRuns: 2000 },
  );
});

/** The text without its quoted-string, RFC 5321 §4.1.2. */
function withoutQuotedString(text: string): string {
  if (!text.startsWith('"')) return text;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return text.slice(at + 1);
  }
  return text;
}
