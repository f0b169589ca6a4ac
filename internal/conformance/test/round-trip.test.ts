/** Composed, generated, and read back by two readers that know nothing of this project, and by our own. */
import { toBytes } from "@letterwright/generator";
import { scripts, type Composition, type ScriptName } from "@letterwright/testing";
import { describe, expect, it } from "vitest";
import { composed, expectedReading } from "../src/expected-reading.ts";
import { readWithLetterwright } from "../src/letterwright-reader.ts";
import { readWithMailparser } from "../src/mailparser-reader.ts";
import { readWithPostalMime } from "../src/postal-mime-reader.ts";

const plain: Composition = {
  from: { name: "Ana", localPart: "ana", domain: "example.com" },
  to: [{ localPart: "bob", domain: "example.org" }],
  cc: [],
  replyTo: [],
  subject: "Plain",
  date: new Date(Date.UTC(2026, 10, 23, 10, 12, 13)),
  text: "Hello\n",
  inline: [],
  attachments: [],
};

/** Where the text of a cell is put. */
const places: Readonly<Record<string, (text: string, base: Composition) => Composition>> = {
  subject: (text, base) => ({ ...base, subject: text }),
  "from name": (text, base) => ({
    ...base,
    from: { name: text, localPart: "ana", domain: "example.com" },
  }),
  "to names": (text, base) => ({
    ...base,
    to: [
      { name: text, localPart: "bob", domain: "example.org" },
      { localPart: "carl", domain: "example.org" },
      { name: text, localPart: "dora", domain: "example.org" },
    ],
  }),
  "file names": (text, base) => {
    const name = `${text.replaceAll("\\", "")}.pdf`;
    return { ...base, attachments: [{ name, content: Uint8Array.of(1, 2, 255) }] };
  },
  text: (text, base) => ({ ...base, text: `${text}\n\n.\n..\nFrom ${text} \n${text}` }),
  html: (text, base) => ({ ...base, html: `<p>\n${text}</p>\n` }),
};

/** What stands around it. */
const structures: Readonly<Record<string, (base: Composition) => Composition>> = {
  "text alone": (base) => base,
  "text, html, inline, attachment": (base) => ({
    ...base,
    html: base.html ?? "<p>Hello</p>",
    inline: [
      { name: "logo.png", content: Uint8Array.from({ length: 256 }, (_item, index) => index) },
    ],
    attachments: [
      ...base.attachments,
      { name: "b.txt", content: new TextEncoder().encode("plain\ntext\r\n") },
    ],
  }),
};

const lengths = { short: 5, "one line": 70, long: 400 } as const;

const cells = Object.entries(places).flatMap(([place, put]) =>
  (Object.keys(scripts) as ScriptName[]).flatMap((script) =>
    Object.entries(lengths).flatMap(([length, characters]) =>
      Object.entries(structures).map(([structure, around]): [string, Composition] => [
        `${place}, ${script}, ${length}, ${structure}`,
        around(put(scripts[script](characters), plain)),
      ]),
    ),
  ),
);

describe("round trip: place × script × length × structure", () => {
  it("has at least 200 cells", () => expect(cells.length).toBeGreaterThanOrEqual(200));

  it.each(cells)("%s", async (_title, composition) => {
    const bytes = toBytes(composed(composition));
    const expected = expectedReading(composition);
    expect(await readWithMailparser(bytes)).toEqual(expected);
    expect(await readWithPostalMime(bytes)).toEqual(expected);
    expect(await readWithLetterwright(bytes)).toEqual(expected);
  });
});
