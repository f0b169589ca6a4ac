/** A message read from a stream is the one that is read from memory, and is written as it was. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes } from "@letterwright/base/bytes";
import { generate, toStream, verbatimPolicy } from "@letterwright/generator";
import {
  bytesOf,
  field,
  once,
  originOf,
  partAt,
  prependField,
  rawChunks,
  readAll,
  readText,
  sliceOf,
  subject,
  textField,
  walk,
  type ByteSource,
  type Message,
} from "@letterwright/message";
import { fileSource } from "@letterwright/message/node";
import { memorySpool, parse, parseStream } from "@letterwright/parser";
import { fileSpool } from "@letterwright/parser/node";
import { messyMail, shred } from "@letterwright/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const octets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** A source that cannot go to a place. */
const plain = (bytes: Uint8Array): ByteSource => ({
  open: () => chunksOf(shred(bytes)[1]?.[1] ?? []),
});

async function all(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return text(concatBytes(list));
}

/** Everything there is to see of a tree. */
async function shown(message: Message): Promise<readonly unknown[]> {
  const steps: unknown[] = [];
  for (const { part, path, type } of walk(message)) {
    const { body } = part;
    steps.push([
      path,
      type,
      part.fields.map((one) => [one.name, one.value, text(originOf(one) as Uint8Array)]),
      body.kind,
      body.kind === "bytes" ? text(await readAll(body.source)) : "",
      body.kind === "multipart" ? [body.preamble, body.epilogue] : "",
    ]);
  }
  return steps;
}

const file = octets(
  [
    "From: a@example.com",
    "Subject: x",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "pre",
    "--b",
    "",
    "text",
    "--b",
    "Content-Transfer-Encoding: base64",
    "",
    btoa("octets"),
    "--b--",
    "end",
  ].join("\r\n"),
);

describe("parseStream", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "letterwright-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("gives what parse gives, from any octets, cut anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(messyMail, async (bytes) => {
        // What is encoded stays octets in a stream.
        fc.pre(!/message\/(rfc822|global)/.test(text(bytes)) || !/base64|quoted/.test(text(bytes)));
        const whole = parse(bytes);
        for (const [way, chunks] of shred(bytes)) {
          const streamed = await parseStream(chunksOf(chunks), { spool: memorySpool() });
          expect(await shown(streamed.message), way).toEqual(await shown(whole.message));
          expect(streamed.raw.fields).toEqual(whole.raw.fields);
          expect(await all(rawChunks(streamed.raw))).toBe(text(bytes));
          const known = new Set(streamed.defects.map(({ code, index }) => `${code} ${index}`));
          const others = whole.defects.filter(({ code, index }) => !known.has(`${code} ${index}`));
          expect(
            others.every(({ code }) => /^(BASE64|QUOTED|CHARSET|BODY)/.test(code)),
            JSON.stringify(others),
          ).toBe(true);
          expect(streamed.defects.length + others.length).toBe(whole.defects.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is written as it was, also behind a field that was added", async () => {
    await fc.assert(
      fc.asyncProperty(messyMail, async (bytes) => {
        const { message } = await parseStream(plain(bytes));
        expect(await all(toStream(message, verbatimPolicy))).toBe(text(bytes));
        const last = message.fields.at(-1);
        if (last === undefined || originOf(last)?.at(-1) !== 0x0a) return;
        const edited = prependField(message, textField("X-Added", "1"));
        expect(await all(toStream(edited, verbatimPolicy))).toBe(`X-Added: 1\r\n${text(bytes)}`);
      }),
      { numRuns: 300 },
    );
  });

  it("reads contents as slices of a file, as often as one likes", async () => {
    const path = join(folder, "mail.eml");
    writeFileSync(path, file);
    const { message, defects } = await parseStream(fileSource(path));
    expect(defects).toEqual([]);
    const part = partAt(message, "2") as Message;
    for (let turn = 0; turn < 2; turn++) expect(await readText(part)).toBe("octets");
    expect(await readText(partAt(message, "1") as Message)).toBe("text");
    expect(part.body.kind === "bytes" && part.body.source.bytes).toBeUndefined();
  });

  it("keeps a stream in a new file, and writes over none", async () => {
    const path = join(folder, "spool");
    const { message } = await parseStream(chunksOf(shred(file)[3]?.[1] ?? []), {
      spool: fileSpool(path),
    });
    expect(readdirSync(folder)).toContain("spool");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await readText(partAt(message, "2") as Message)).toBe("octets");
    await expect(parseStream(chunksOf([file]), { spool: fileSpool(path) })).rejects.toMatchObject({
      code: "EEXIST",
    });
  });

  it("takes a Web stream", async () => {
    const { message } = await parseStream(
      new Blob([Uint8Array.from(file)]).stream() as ReadableStream<Uint8Array>,
      {
        spool: memorySpool(),
      },
    );
    expect(field(message, subject)).toBe("x");
  });

  it("refuses a stream that nothing keeps, and content that was read already", async () => {
    await expect(parseStream(chunksOf([file]))).rejects.toMatchObject({
      code: "PARSE_SPOOL_MISSING",
    });
    const { message } = await parseStream(once(chunksOf([file])));
    await expect(readText(partAt(message, "1") as Message)).rejects.toMatchObject({
      code: "SOURCE_ALREADY_READ",
    });
  });

  it("obeys its limits, strictness and signal", async () => {
    await expect(parseStream(bytesOf(file), { limits: { parts: 2 } })).rejects.toMatchObject({
      option: "limits.parts",
    });
    await expect(parseStream(bytesOf("no field"), { strict: true })).rejects.toMatchObject({
      code: "MESSAGE_DEFECTIVE",
    });
    await expect(
      parseStream(bytesOf(file), { signal: AbortSignal.abort(new Error("stop")) }),
    ).rejects.toThrow("stop");
    const { message } = await parseStream(bytesOf(file), { limits: { decodedBytes: 3 } });
    await expect(readText(partAt(message, "2") as Message)).rejects.toMatchObject({
      option: "limits.decodedBytes",
    });
  });

  it("does not hold what is long between parts, and then frames anew", async () => {
    const long = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${"p".repeat(70_000)}\r\n--b\r\n\r\nx\r\n--b--\r\n`;
    const { message } = await parseStream(bytesOf(long));
    if (message.body.kind !== "multipart") throw new Error("parts were expected");
    expect(message.body.preamble).toBeUndefined();
    expect(message.body.framing).toBeUndefined();
    expect(await all(rawChunks(generate(message, verbatimPolicy)))).toBe(long);
  });
});

it("a slice of a source is its octets, whichever way it gets there", async () => {
  const bytes = octets("0123456789");
  for (const source of [bytesOf(bytes), plain(bytes), sliceOf(plain(bytes), 0, 10)]) {
    expect(text(await readAll(sliceOf(source, 2, 5)))).toBe("234");
    expect(text(await readAll(sliceOf(sliceOf(source, 2, 8), 1, 3)))).toBe("34");
    expect(text(await readAll(sliceOf(source, 4, 4)))).toBe("");
    expect(text(await readAll(sliceOf(source, 8, 20)))).toBe("89");
  }
});
