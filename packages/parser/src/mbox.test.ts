/** Mailbox files: RFC 4155, and the three ways to keep "From " lines apart. */
import { concatBytes } from "@letterwright/base/bytes";
import { messyMail, shred } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, readMbox, writeMbox, type MboxFormat, type MboxMessage } from "./index.ts";

const octets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

async function all(
  source: Parameters<typeof readMbox>[0],
  format: MboxFormat,
): Promise<readonly MboxMessage[]> {
  const messages: MboxMessage[] = [];
  for await (const one of readMbox(source, { format })) messages.push(one);
  return messages;
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function fileOf(messages: readonly Uint8Array[], format: MboxFormat): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const entries = messages.map((message) => ({
    message,
    sender: "a@example.com",
    date: new Date(0),
  }));
  for await (const chunk of writeMbox(entries, { format })) chunks.push(chunk);
  return concatBytes(chunks);
}

const line = "From a@example.com Thu Jan  1 00:00:00 1970\n";

const rows: readonly [
  title: string,
  format: MboxFormat,
  file: string,
  messages: readonly string[],
][] = [
  ["no message", "mboxrd", "", []],
  ["empty lines alone", "mboxrd", "\n\n", []],
  ["one message", "mboxrd", `${line}A: 1\n\nx\n\n`, ["A: 1\n\nx\n"]],
  ["one that is cut", "mboxrd", `${line}A: 1\n\nx`, ["A: 1\n\nx"]],
  ["an empty one", "mboxrd", line, [""]],
  [
    "two, behind an empty line",
    "mboxrd",
    `${line}A: 1\n\nx\n\n${line}B: 2\n\n`,
    ["A: 1\n\nx\n", "B: 2\n"],
  ],
  [
    "CRLF",
    "mboxrd",
    `${line}A: 1\r\n\r\nx\r\n\r\n${line}B: 2\r\n`,
    ["A: 1\r\n\r\nx\r\n", "B: 2\r\n"],
  ],
  [
    "a From line that no empty line stands before",
    "mboxrd",
    `${line}A: 1\n\nx\nFrom y\n`,
    ["A: 1\n\nx\nFrom y\n"],
  ],
  [
    "quoted lines, one > less",
    "mboxrd",
    `${line}\n>From a\n>>From b\n >From c\n>Fro\n`,
    ["\nFrom a\n>From b\n >From c\n>Fro\n"],
  ],
  ["quoted lines as they are", "mboxo", `${line}\n>From a\n`, ["\n>From a\n"]],
  [
    "lengths",
    "mboxcl2",
    `${line}Content-Length: 11\n\n\n\nFrom y\nz\n\n${line}B: 2\n\n`,
    ["Content-Length: 11\n\n\n\nFrom y\nz\n", "B: 2\n"],
  ],
  [
    "a length that leads nowhere",
    "mboxcl2",
    `${line}Content-Length: 3\n\nabcdef\n\n${line}B: 2\n\n`,
    ["Content-Length: 3\n\nabcdef\n", "B: 2\n"],
  ],
  [
    "a length beyond the end",
    "mboxcl2",
    `${line}Content-Length: 300\n\nabc\n\n${line}B: 2\n\n`,
    ["Content-Length: 300\n\nabc\n", "B: 2\n"],
  ],
];

describe("a mailbox file", () => {
  it.each(rows)("is read with %s", async (_title, format, file, messages) => {
    for (const [way, chunks] of shred(octets(file))) {
      const read = await all(chunksOf(chunks), format);
      expect(
        read.map(({ bytes }) => text(bytes)),
        way,
      ).toEqual(messages);
      for (const { offset, envelope, sender } of read) {
        expect(file.slice(offset).startsWith(`From ${envelope}\n`)).toBe(true);
        expect(sender).toBe("a@example.com");
      }
    }
    expect((await all(octets(file), format)).map(({ bytes }) => text(bytes))).toEqual(messages);
  });

  it.each(["mboxrd", "mboxcl2"] as const)(
    "of the form %s gives back what was written",
    async (format) => {
      const withoutLength = (bytes: Uint8Array): string =>
        text(bytes).replace(/^content-length[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*/gim, "");
      const ended = messyMail.map((bytes) =>
        bytes.at(-1) === 0x0a ? bytes : concatBytes([bytes, octets("\n")]),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(ended, { maxLength: 4 }), async (messages) => {
          const read = await all(await fileOf(messages, format), format);
          if (format === "mboxrd")
            expect(read.map(({ bytes }) => text(bytes))).toEqual(messages.map(text));
          else
            expect(read.map(({ bytes }) => withoutLength(bytes))).toEqual(
              messages.map(withoutLength),
            );
        }),
        { numRuns: 300 },
      );
    },
  );

  it("of the form mboxo has > before every From line, and gives its messages", async () => {
    const file = await fileOf([octets("A: 1\n\nFrom x\n>From y\n")], "mboxo");
    expect(text(file)).toBe(`${line}A: 1\n\n>From x\n>From y\n\n`);
    expect(await all(file, "mboxo")).toHaveLength(1);
  });

  it("is written from raw messages, whose length is said anew", async () => {
    const { raw } = parse(octets("A: 1\r\nContent-length: 7\r\n folded\r\n\r\nabc"));
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeMbox([{ message: raw, date: new Date(0) }], {
      format: "mboxcl2",
    }))
      chunks.push(chunk);
    expect(text(concatBytes(chunks))).toBe(
      "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nA: 1\r\nContent-Length: 4\r\n\r\nabc\n\n",
    );
  });

  it("is refused when it does not start as one, is too long, or asked for in a way that is none", async () => {
    await expect(all(octets("Subject: x\n"), "mboxrd")).rejects.toMatchObject({
      code: "MBOX_START_MISSING",
    });
    const first = readMbox(octets(`${line}${"x".repeat(100)}`), { maxMessageBytes: 50 }).next();
    await expect(first).rejects.toMatchObject({ code: "MBOX_MESSAGE_TOO_LONG" });
    await expect(all(octets(""), "maildir" as MboxFormat)).rejects.toMatchObject({
      code: "MBOX_OPTION_INVALID",
    });
    for (const sender of ["", "a b", "a\nb"]) {
      const written = writeMbox([{ message: octets("x"), sender }]).next();
      await expect(written).rejects.toMatchObject({ code: "MBOX_SENDER_INVALID" });
    }
  });
});
