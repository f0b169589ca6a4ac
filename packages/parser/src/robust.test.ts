/** Whatever comes in, the parser gives an answer. */
import {
  attachmentsOf,
  bodyOf,
  htmlOf,
  renderPlain,
  structure,
  textOf,
  toJson,
  walk,
  type Message,
} from "@letterwright/message";
import { messyMail, mutated } from "@letterwright/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createEventParser, parse, readBounce, readMbox } from "./index.ts";

/** On demand: LETTERWRIGHT_FUZZ=1000000 gives the number of inputs. */
const numRuns = Number(process.env["LETTERWRIGHT_FUZZ"] ?? 5000);
const timeout = numRuns > 5000 ? 3_600_000 : 120_000;

/** Letters as programs write them, to be damaged. */
const letters: readonly string[] = [
  'From: "Ana" <ana@example.com>\r\nTo: =?utf-8?q?J=C3=B6?= <j@example.com>, g: a@b.example;\r\nSubject: =?utf-8?b?w6k=?=\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nReceived: from a by b; Fri, 27 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_1"\r\n\r\n--=_1\r\nContent-Type: multipart/alternative; boundary="=_2"\r\n\r\n--=_2\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe=\r\n\r\n--=_2\r\nContent-Type: text/html\r\n\r\n<p>x\r\n--=_2--\r\n\r\n--=_1\r\nContent-Type: application/pdf; name*0*=utf-8\'\'%C3%BC; name*1=.pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nAAECAwQFBgc=\r\n--=_1--\r\n',
  "From: a@example.com\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nSorry\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; b@example.com\nAction: failed\nStatus: 5.1.1\n\n--r\nContent-Type: message/rfc822\n\nSubject: y\n\nz\n--r--\n",
];
const damaged = mutated(fc.constantFrom(...letters).map((text) => new TextEncoder().encode(text)));

/** Everything that can be asked of a message. */
function askAll(message: Message): unknown {
  const answers: unknown[] = [
    textOf(message),
    htmlOf(message),
    attachmentsOf(message, { inline: true }),
  ];
  for (const { part } of walk(message)) {
    for (const one of part.fields) answers.push(one.value, one.wire);
    if (part.body.kind === "bytes") answers.push(part.body.source.bytes);
    if (part.body.kind === "field-groups")
      answers.push(part.body.groups.flat().map(({ value }) => value));
  }
  answers.push(
    bodyOf(message),
    renderPlain(message),
    structure(message),
    toJson(message),
    readBounce(message),
  );
  return answers;
}

it("is never thrown off by octets, whatever is asked of the result", { timeout }, () => {
  fc.assert(
    fc.property(fc.oneof(messyMail, damaged), (bytes) => {
      const { message, raw, defects } = parse(bytes);
      expect(askAll(message)).toBeDefined();
      expect(raw.requires).toBeDefined();
      for (const { index, severity, section } of defects) {
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThanOrEqual(bytes.length);
        expect([severity, section].every((text) => text.length > 3)).toBe(true);
      }
    }),
    { numRuns },
  );
});

it("refuses a mailbox file or reads it, and nothing else", { timeout }, async () => {
  const start = new TextEncoder().encode("From a b\n");
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(messyMail, damaged),
      fc.constantFrom("mboxo" as const, "mboxrd" as const, "mboxcl2" as const),
      async (bytes, format) => {
        let length = 0;
        for await (const { bytes: one } of readMbox(Uint8Array.from([...start, ...bytes]), {
          format,
        }))
          length += one.length;
        expect(length).toBeLessThanOrEqual(bytes.length);
      },
    ),
    { numRuns: Math.min(numRuns, 1000) },
  );
});

it("ends with a limit or an answer for any limits", () => {
  const limit = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(
      messyMail,
      fc.record({
        fields: limit,
        parts: limit,
        depth: limit,
        nestedMessages: limit,
        parameters: limit,
        lineBytes: limit,
        headBytes: fc.integer({ min: 1, max: 400 }),
        fieldBytes: fc.integer({ min: 1, max: 60 }),
      }),
      (bytes, limits) => {
        const outcome = (run: () => unknown): string => {
          try {
            run();
            return "read";
          } catch (error) {
            return (error as { readonly code: string }).code;
          }
        };
        const whole = outcome(() => parse(bytes, { limits }).defects);
        expect(["read", "PARSE_LIMIT"]).toContain(whole);
        const parser = createEventParser({ limits });
        const cut = outcome(() => {
          for (const octet of bytes) parser.push(Uint8Array.of(octet));
          parser.end();
        });
        // What is encoded is not opened by events.
        if (!/global|rfc822/.test(String.fromCharCode(...bytes))) expect(cut).toBe(whole);
      },
    ),
    { numRuns: 1000 },
  );
});
