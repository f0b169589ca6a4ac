import { utf8, utf8Text } from "@letterwright/base/bytes";
import { describe, expect, it } from "vitest";
import { bytesOf } from "./byte-source.ts";
import {
  headBytes,
  rawByteLength,
  rawChunks,
  writeHeadInto,
  type RawField,
  type RawHead,
  type RawMessage,
} from "./raw-message.ts";

const field = (text: string): RawField => ({
  name: text.slice(0, text.indexOf(":")),
  bytes: utf8(text),
});
const byHand: RawMessage = {
  fields: [field("A: 1\r\n"), field("B: 2\r\n")],
  separator: utf8("\r\n"),
  body: bytesOf("body\r\n"),
  requires: new Set(),
};

/** Whose head is written at once; it says something else, so that it shows. */
class Made implements RawMessage {
  readonly fields = byHand.fields;
  readonly separator = byHand.separator;
  readonly body = byHand.body;
  readonly requires = byHand.requires;

  get head(): RawHead {
    const octets = utf8("A: one\r\nB: two\r\n\r\n");
    return {
      byteLength: octets.length,
      writeInto(target, offset) {
        target.set(octets, offset);
        return offset + octets.length;
      },
    };
  }
}

const made = new Made();
const rows: readonly [title: string, raw: RawMessage, head: string][] = [
  ["of its fields", byHand, "A: 1\r\nB: 2\r\n\r\n"],
  ["written at once", made, "A: one\r\nB: two\r\n\r\n"],
  ["of the fields of a copy", { ...made, fields: [field("C: 3\r\n")] }, "C: 3\r\n\r\n"],
  ["of nothing", { ...byHand, fields: [], separator: utf8("") }, ""],
];

describe.each(rows)("a head %s", (_title, raw, head) => {
  it("is one array", () => {
    expect(utf8Text(headBytes(raw))).toBe(head);
  });
  it("is written where it belongs, and nothing beside it", () => {
    const target = new Uint8Array(head.length + 4).fill(0x2e);
    expect(writeHeadInto(target, 2, raw)).toBe(head.length + 2);
    expect(utf8Text(target)).toBe(`..${head}..`);
  });
  it("counts, and comes before the body", async () => {
    expect(rawByteLength(raw)).toBe(head.length + 6);
    const chunks: string[] = [];
    for await (const chunk of rawChunks(raw)) chunks.push(utf8Text(chunk));
    expect(chunks).toEqual(head === "" ? ["body\r\n"] : [head, "body\r\n"]);
  });
});
