import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bytesOf, once, readAll } from "./byte-source.ts";
import { openFile } from "./node/open-file.ts";

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1);
  yield Uint8Array.of(2, 3);
}

describe("once", () => {
  it("gives its bytes a single time", async () => {
    const source = once(chunks());
    expect([...(await readAll(source))]).toEqual([1, 2, 3]);
    await expect(readAll(source)).rejects.toMatchObject({ code: "SOURCE_ALREADY_READ" });
  });
  it("reads a Web stream and lets go of it when the reader stops early", async () => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Uint8Array.of(7)),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const chunk of once(stream).open()) {
      expect([...chunk]).toEqual([7]);
      break;
    }
    expect(isCancelled).toBe(true);
  });
  it("ends with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(readAll(once(chunks()), { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

it("bytesOf can be opened again and again", async () => {
  const source = bytesOf("ü");
  for (let turn = 0; turn < 2; turn++) {
    const read: number[] = [];
    for await (const chunk of source.open()) read.push(...chunk);
    expect(read).toEqual([0xc3, 0xbc]);
  }
});

describe("openFile", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "letterwright-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("names, types and measures the file, and reads it each time", async () => {
    const path = join(folder, "Übersicht.csv");
    writeFileSync(path, "a;b\r\n");
    const file = openFile(path);
    expect(file).toMatchObject({ name: "Übersicht.csv", type: "text/csv" });
    expect(file.content.byteLength).toBe(5);
    for (let turn = 0; turn < 2; turn++) expect((await readAll(file.content)).length).toBe(5);
  });
  it("refuses at once what cannot be read", () => {
    expect(() => openFile(join(folder, "none"))).toThrow(
      expect.objectContaining({ code: "FILE_UNREADABLE" }),
    );
    expect(() => openFile(folder)).toThrow(expect.objectContaining({ code: "FILE_UNREADABLE" }));
  });
  it.each(["longer than before", ""])("rejects when the file now holds %j", async (content) => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "abc");
    const file = openFile(path);
    writeFileSync(path, content);
    await expect(readAll(file.content)).rejects.toMatchObject({ code: "FILE_CHANGED" });
  });
});
