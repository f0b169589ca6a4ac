/** What is parsed is written again, octet for octet; and an edit changes its own span and no other. */
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import { generate, toBytes, verbatimPolicy } from "@letterwright/generator";
import {
  originOf,
  prependField,
  rawChunks,
  received,
  removePart,
  replaceField,
  setField,
  subject,
  textField,
  walk,
  type Message,
} from "@letterwright/message";
import { parse } from "@letterwright/parser";
import { messyMail } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The fuzz run on demand: LETTERWRIGHT_FUZZ=1000000 gives the number of inputs for each property. */
const numRuns = Number(process.env["LETTERWRIGHT_FUZZ"] ?? 3000);
const timeout = numRuns > 3000 ? 3_600_000 : 60_000;

const written = (mail: Message): Uint8Array => toBytes(mail, verbatimPolicy);
const text = (octets: Uint8Array): string => String.fromCharCode(...octets);

async function octetsOf(raw: Parameters<typeof rawChunks>[0]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of rawChunks(raw)) chunks.push(chunk);
  return concatBytes(chunks);
}

describe("the policy verbatim", () => {
  it("gives back every sequence of octets", { timeout }, () => {
    fc.assert(
      fc.property(messyMail, (octets) => {
        expect(text(written(parse(octets).message))).toBe(text(octets));
      }),
      { numRuns },
    );
  });

  it(
    "gives the same fields, separator and body as the parser's raw message",
    { timeout },
    async () => {
      await fc.assert(
        fc.asyncProperty(messyMail, async (octets) => {
          const { raw, message } = parse(octets);
          const again = generate(message, verbatimPolicy);
          expect(again.fields).toEqual(raw.fields);
          expect(again.separator).toEqual(raw.separator);
          expect(text(await octetsOf(again))).toBe(text(octets));
          expect(text(await octetsOf(raw))).toBe(text(octets));
          expect(message.fields.map(originOf)).toEqual(raw.fields.map(({ bytes }) => bytes));
          expect([...again.requires].sort()).toEqual([...raw.requires].sort());
        }),
        { numRuns: Math.min(numRuns, 1000) },
      );
    },
  );

  it("writes in pieces what it writes as a whole, every part made anew", { timeout }, () => {
    // A copy of the tree without the origins of parts and bodies: fields and frames alone bring it back.
    const copied = (part: Message): Message => ({
      fields: part.fields,
      body:
        part.body.kind === "multipart"
          ? { ...part.body, parts: part.body.parts }
          : part.body.kind === "message"
            ? { ...part.body }
            : part.body,
    });
    fc.assert(
      fc.property(messyMail, (octets) => {
        const { message } = parse(octets);
        if (message.body.kind === "message") return; // its fields may be cut in a way that only the whole shows
        expect(text(written(copied(message)))).toBe(text(octets));
      }),
      { numRuns },
    );
  });
});

describe("an edit changes its own span", () => {
  it("a field that is put before all others", { timeout }, () => {
    const added = textField("X-Added", "1");
    fc.assert(
      fc.property(messyMail, (octets) => {
        const { message, raw } = parse(octets);
        const last = raw.fields.at(-1)?.bytes;
        const isCut = last !== undefined && last.at(-1) !== 0x0a;
        if (raw.fields.length === 0 || isCut) return;
        expect(text(written(prependField(message, added)))).toBe(`X-Added: 1\r\n${text(octets)}`);
      }),
      { numRuns },
    );
  });

  it("a subject that is set", { timeout }, () => {
    fc.assert(
      fc.property(messyMail, (octets) => {
        const { message, raw } = parse(octets);
        const index = raw.fields.findIndex(({ name }) => name.toLowerCase() === "subject");
        if (index === -1) return;
        const old = message.fields[index] as Message["fields"][number];
        if (originOf(old)?.at(-1) !== 0x0a) return;
        const before = raw.fields.slice(0, index).reduce((sum, { bytes }) => sum + bytes.length, 0);
        const after = before + (raw.fields[index]?.bytes.length ?? 0);
        const edited = replaceField(message, old, textField("Subject", "new"));
        expect(text(written(edited))).toBe(
          text(
            concatBytes([
              octets.subarray(0, before),
              utf8("Subject: new\r\n"),
              octets.subarray(after),
            ]),
          ),
        );
      }),
      { numRuns },
    );
  });

  it("a part that is taken out, with its delimiter line", { timeout }, () => {
    fc.assert(
      fc.property(messyMail, fc.nat(), (octets, choice) => {
        const { message } = parse(octets);
        if (message.body.kind !== "multipart" || message.body.parts.length < 2) return;
        const { parts, framing } = message.body;
        const at = choice % parts.length;
        const pieces = parts.map((part, index) => [framing?.delimiters[index], originOf(part)]);
        const start =
          octets.length -
          [...pieces.slice(at).flat(), framing?.close, framing?.epilogue].reduce(
            (sum, one) => sum + (one?.length ?? 0),
            0,
          );
        const length = (pieces[at] ?? []).reduce((sum, one) => sum + (one?.length ?? 0), 0);
        // A delimiter without a line end of its own gets one where another part comes before it.
        const next = at + 1 < parts.length ? framing?.delimiters[at + 1] : framing?.close;
        if (next?.[0] === 0x2d) return;
        const expected = text(octets.subarray(0, start)) + text(octets.subarray(start + length));
        let edited;
        try {
          edited = removePart(message, String(at + 1));
        } catch {
          return; // signed
        }
        expect(text(written(edited))).toBe(expected);
      }),
      { numRuns },
    );
  });
});

it("an edit deep inside leaves all around it", () => {
  const source = [
    "Received: by mx\n",
    "From: ana@example.com\r\n",
    "Content-type:  MULTIPART/mixed ; boundary=out\n",
    "\n",
    "preamble\n",
    "--out  \r\n",
    "Content-Type: multipart/alternative; boundary=in\n\n",
    "--in\n\nplain\n--in\t\nContent-Type: text/html\n\n<p>\n\n--in--\n",
    "--out\r\nContent-Disposition: attachment; filename=a\n\ndata\n--out\nContent-Type: message/rfc822\n\nSubject:  x\n\nhi",
    "\n--out--epilogue",
  ].join("");
  const { message } = parse(utf8(source));
  expect(text(written(removePart(message, "1.2")))).toBe(
    source.replace("\n--in\t\nContent-Type: text/html\n\n<p>\n", ""),
  );
  expect(text(written(removePart(message, "2")))).toBe(
    source.replace("--out\r\nContent-Disposition: attachment; filename=a\n\ndata", ""),
  );
  expect([...walk(message)].map(({ path }) => path)).toEqual([
    "",
    "1",
    "1.1",
    "1.2",
    "2",
    "3",
    "3.1",
  ]);
  const stamped = prependField(message, received, { by: "mx2.example", date: new Date(0) });
  expect(text(written(stamped)).endsWith(source)).toBe(true);
  expect(text(written(setField(message, subject, "added")))).toBe(
    source.replace("boundary=out\n", "boundary=out\nSubject: added\r\n"),
  );
});
