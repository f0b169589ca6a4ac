/** Events, whatever way the octets are cut. */
import { concatBytes } from "@letterwright/base/bytes";
import { messyMail, shred } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventParser, parse, parseEvents, type ParseEvent } from "./index.ts";

const octets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

/** On demand: LETTERWRIGHT_FUZZ=1000000 gives the number of inputs. */
const numRuns = Number(process.env["LETTERWRIGHT_FUZZ"] ?? 1000);
const timeout = numRuns > 1000 ? 3_600_000 : 60_000;

function eventsOf(chunks: readonly Uint8Array[]): readonly ParseEvent[] {
  const parser = createEventParser();
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}

/** Content that was cut is put together; defects stand by themselves, in the order of their offsets. */
function joined(events: readonly ParseEvent[]): readonly unknown[] {
  const result: ParseEvent[] = [];
  for (const event of events.filter(({ type }) => type !== "defect")) {
    const last = result.at(-1);
    if (event.type === "content" && last?.type === "content") {
      result[result.length - 1] = { ...last, bytes: concatBytes([last.bytes, event.bytes]) };
    } else result.push(event);
  }
  const defects = events
    .flatMap((event) => (event.type === "defect" ? [`${event.offset} ${event.defect.code}`] : []))
    .sort();
  return [...result.map(readable), ...defects];
}

function readable(event: ParseEvent): unknown {
  return "bytes" in event ? { ...event, bytes: String.fromCharCode(...event.bytes) } : event;
}

const example = octets(
  "From: a@example.com\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n\r\npre\r\n--b\r\n\r\none\r\n--b--\r\nend",
);

describe("events", () => {
  it("tell the structure with offsets", () => {
    const events = eventsOf([example]);
    expect(events.map(({ type, offset }) => [type, offset])).toEqual([
      ["part-start", 0],
      ["field", 0],
      ["field", 21],
      ["separator", 66],
      ["content", 68],
      ["delimiter", 71],
      ["part-start", 78],
      ["separator", 78],
      ["content", 80],
      ["part-end", 83],
      ["delimiter", 83],
      ["content", 92],
      ["part-end", 95],
    ]);
  });

  it("are the same however the octets are cut", { timeout }, () => {
    fc.assert(
      fc.property(messyMail, fc.array(fc.nat(50), { maxLength: 20 }), (bytes, cuts) => {
        const whole = joined(eventsOf([bytes]));
        const random: Uint8Array[] = [];
        let at = 0;
        for (const length of cuts) {
          random.push(bytes.subarray(at, at + length));
          at += length;
        }
        random.push(bytes.subarray(at));
        for (const [way, chunks] of [...shred(bytes), ["at random", random] as const]) {
          expect(joined(eventsOf(chunks)), way).toEqual(whole);
        }
      }),
      { numRuns },
    );
  });

  it("hold all the octets, in their order and at their offsets", { timeout }, () => {
    fc.assert(
      fc.property(messyMail, (bytes) => {
        let at = 0;
        for (const event of eventsOf(shred(bytes)[2]?.[1] ?? [])) {
          if (!("bytes" in event)) continue;
          expect(event.offset).toBe(at);
          expect(event.bytes).toEqual(bytes.subarray(at, at + event.bytes.length));
          at += event.bytes.length;
        }
        expect(at).toBe(bytes.length);
      }),
      { numRuns },
    );
  });

  it("open and close every part", () => {
    fc.assert(
      fc.property(messyMail, (bytes) => {
        let depth = 0;
        for (const { type } of eventsOf([bytes])) {
          if (type === "part-start") depth++;
          if (type === "part-end") depth--;
          expect(depth).toBeGreaterThanOrEqual(0);
        }
        expect(depth).toBe(0);
      }),
    );
  });

  it("hold back no more than a line or a field", () => {
    const parser = createEventParser();
    parser.push(octets("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"));
    const told = (text: string): number =>
      parser
        .push(octets(text))
        .reduce((sum, event) => sum + ("bytes" in event ? event.bytes.length : 0), 0);
    expect(told("x".repeat(5000))).toBe(5000);
    expect(told("y\r\n")).toBe(1); // the line end may belong to a delimiter
    expect(told("--b")).toBe(0);
    expect(told(" ".repeat(500))).toBe(0);
    expect(told(" ".repeat(1000))).toBe(1505); // more blanks than a line has
    expect(told("z")).toBe(1);
  });

  it("come from a stream", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const octet of example) controller.enqueue(Uint8Array.of(octet));
        controller.close();
      },
    });
    const events: ParseEvent[] = [];
    for await (const event of parseEvents(stream)) events.push(event);
    expect(joined(events)).toEqual(joined(eventsOf([example])));
  });

  it("end with an error, and there is nothing after it", () => {
    const parser = createEventParser({ limits: { fields: 1 } });
    expect(() => parser.push(octets("A: 1\r\nB: 2\r\nC: 3\r\n"))).toThrow(/fields/);
    expect(() => parser.push(octets("x"))).toThrow(
      expect.objectContaining({ code: "PARSER_ENDED" }),
    );
    const other = createEventParser();
    other.end();
    expect(() => other.end()).toThrow(expect.objectContaining({ code: "PARSER_ENDED" }));
  });
});

it("takes a megabyte of one field, one line, or one blank after another, octet by octet", () => {
  const length = 200_000;
  for (const text of [
    "X: ",
    "X: a\r\n\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n\r\n--b",
  ]) {
    const parser = createEventParser({ limits: { fieldBytes: length * 2 } });
    parser.push(octets(text));
    for (let count = 0; count < length; count++) parser.push(Uint8Array.of(0x20));
    expect(parser.end().length).toBeGreaterThan(0);
  }
  expect(parse(example).defects).toEqual([]);
});
