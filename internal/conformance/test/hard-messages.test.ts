/** Messages that readers find hard: ours, mailparser and postal-mime beside the standards. */
import { walk } from "@letterwright/message";
import { parse } from "@letterwright/parser";
import { describe, expect, it } from "vitest";
import { hardMessages, type HardMessage } from "../src/hard-messages/index.ts";
import { readWithLetterwright } from "../src/letterwright-reader.ts";
import { readWithMailparser } from "../src/mailparser-reader.ts";
import { readWithPostalMime } from "../src/postal-mime-reader.ts";
import type { Reading } from "../src/reading.ts";

const octetsOf = ({ octets }: HardMessage): Uint8Array =>
  Uint8Array.from(octets, (character) => character.charCodeAt(0));

/** Of a reading, what is judged. */
function judged(reading: Reading, { expected }: HardMessage): object {
  const { tree: _tree, defects: _defects, ...wanted } = expected;
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, reading[key as keyof Reading]]));
}

const readers = { mailparser: readWithMailparser, "postal-mime": readWithPostalMime } as const;

it("are more than sixty, each with a title of its own", () => {
  expect(hardMessages.length).toBeGreaterThan(60);
  expect(new Set(hardMessages.map(({ title }) => title)).size).toBe(hardMessages.length);
});

describe("our parser reads", () => {
  it.each(hardMessages)("$title ($section)", async (hard) => {
    const octets = octetsOf(hard);
    const { tree, defects, ...wanted } = hard.expected;
    expect(judged(await readWithLetterwright(octets), hard)).toEqual(wanted);
    const parsed = parse(octets);
    if (tree !== undefined) expect([...walk(parsed.message)].map(({ type }) => type)).toEqual(tree);
    const codes = parsed.defects.map(({ code }) => code);
    if (defects !== undefined) expect(codes).toEqual(expect.arrayContaining([...defects]));
    if (hard.isOpen === true && defects !== undefined) expect(codes).not.toEqual([]);
  });
});

/** What the other readers find that is not what the standards say, a row a property. */
async function differences(): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = [];
  for (const hard of hardMessages) {
    if (hard.isOpen === true) continue;
    for (const [name, read] of Object.entries(readers)) {
      const found = judged(await read(octetsOf(hard)), hard);
      const wanted: Readonly<Record<string, unknown>> = hard.expected;
      for (const [key, value] of Object.entries(found)) {
        if (JSON.stringify(value) === JSON.stringify(wanted[key])) continue;
        rows.push([hard.title, hard.section, key, shown(wanted[key]), name, shown(value)]);
      }
    }
  }
  return rows;
}

/** Short enough for a table. */
function shown(value: unknown): string {
  const isNow = typeof value === "string" && Math.abs(Date.parse(value) - Date.now()) < 600_000;
  const text = isNow ? "the time of reading" : JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `\`${short.replaceAll("|", "\\|")}\``;
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const all = [["message", "rule", "of it", "the rule says", "reader", "it finds"], ...rows];
  const widths = (all[0] as readonly string[]).map((_, at) =>
    Math.max(...all.map((row) => [...(row[at] as string)].length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell + " ".repeat((widths[at] as number) - [...cell].length)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = all;
  return [line(head as readonly string[]), rule, ...body.map(line)].join("\n");
}

const page = `# Where readers differ

What mailparser and postal-mime find in hand-written messages of ours where it is not what the standards say; our parser finds what
they say in all of them, and so do the others in all that is not listed. A test writes this page and holds it to what is found
today. Messages of which the standards leave open what they say are not in it. The messages are in \`src/hard-messages\`.
`;

it("the page of differences says what is found", async () => {
  const text = `${page}\n${tableOf(await differences())}\n`;
  await expect(text).toMatchFileSnapshot("../reader-differences.md");
}, 60_000);
