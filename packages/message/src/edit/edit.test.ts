import { describe, expect, it } from "vitest";
import { attachment, inlineFile } from "../attachment.ts";
import { message } from "../compose.ts";
import { from, subject } from "../index.ts";
import { field } from "../holder.ts";
import { alternative, mixed, related, signed } from "../multipart.ts";
import { messagePart } from "../nested.ts";
import { bytesPart, textPart, type Message, type Part } from "../part.ts";
import { textOf } from "../read/body.ts";
import { structure } from "../read/plain.ts";
import { partAt, walk } from "../read/walk.ts";
import { addAlternative, addAttachment, addRelated } from "./add.ts";
import { contentOf, withContent } from "./content.ts";
import { removePart, replacePart } from "./replace.ts";

const html = textPart("<p>", { type: "text/html" });
const amp = textPart("<html amp4email>", { type: "text/x-amp-html" });
const csv = attachment({ name: "a.csv", content: "1" });
const logo = inlineFile({ name: "logo.png", content: "x", cid: "logo@example.com" });
const plain = message({ from: "ana@example.com", subject: "s", text: "t" });
const shape = (mail: Part): string =>
  structure(mail)
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().replace(/^[\d.]+ /, ""))
    .join(" ");
const withTree = (tree: Part): Message => withContent(plain, tree);
const signedTree = withTree(signed(textPart("t"), bytesPart("s"), { micalg: "pgp-sha256" }));

describe("adding to a message", () => {
  const rows: readonly [string, Message, string][] = [
    ["a file to text", addAttachment(plain, csv), 'multipart/mixed text/plain text/csv "a.csv"'],
    [
      "a second file",
      addAttachment(addAttachment(plain, csv), bytesPart("x")),
      'multipart/mixed text/plain text/csv "a.csv" application/octet-stream',
    ],
    ["HTML to text", addAlternative(plain, html), "multipart/alternative text/plain text/html"],
    [
      "HTML after the file",
      addAlternative(addAttachment(plain, csv), html),
      'multipart/mixed multipart/alternative text/plain text/html text/csv "a.csv"',
    ],
    [
      "text to HTML",
      addAlternative(message({ from: "a@x.example", html: "<p>" }), textPart("t")),
      "multipart/alternative text/plain text/html",
    ],
    [
      "AMP before HTML",
      addAlternative(addAlternative(plain, html), amp),
      "multipart/alternative text/plain text/x-amp-html text/html",
    ],
    [
      "an image to HTML",
      addRelated(addAlternative(plain, html), logo),
      'multipart/related multipart/alternative text/plain text/html image/png "logo.png"',
    ],
    [
      "a version below related",
      addAlternative(withTree(related(html, [bytesPart("i")])), textPart("t")),
      "multipart/related multipart/alternative text/plain text/html application/octet-stream",
    ],
    [
      "a second image, beside a file",
      addRelated(addRelated(addAttachment(addAlternative(plain, html), csv), logo), logo),
      'multipart/mixed multipart/related multipart/alternative text/plain text/html image/png "logo.png" image/png "logo.png" text/csv "a.csv"',
    ],
    [
      "a file to what is signed",
      addAttachment(signedTree, csv),
      'multipart/mixed multipart/signed text/plain application/octet-stream text/csv "a.csv"',
    ],
  ];
  it.each(rows)("%s", (_title, mail, expected) => {
    expect(shape(mail)).toBe(expected);
    expect(field(mail, from)?.length).toBe(1);
    const [root, ...below] = [...walk(mail)];
    expect(root?.part).toBe(mail);
    for (const { part } of below) {
      expect(part.fields.every(({ name }) => name.startsWith("Content-"))).toBe(true);
    }
    expect(
      Object.isFrozen(mail) && Object.isFrozen(mail.body) && Object.isFrozen(mail.fields),
    ).toBe(true);
  });

  it("keeps what is not touched the same objects", () => {
    const before = addAttachment(addAlternative(plain, html), csv);
    const after = addAttachment(before, csv);
    expect(partAt(after, "1")).toBe(partAt(before, "1"));
    expect(partAt(after, "2")).toBe(partAt(before, "2"));
    expect(after.fields).toBe(before.fields);
    expect(before.body).toMatchObject({ parts: { length: 2 } });
  });

  it("refuses images without HTML, and versions of what is signed", () => {
    expect(() => addRelated(plain, logo)).toThrow(
      expect.objectContaining({ code: "MESSAGE_INLINE_WITHOUT_HTML" }),
    );
    const signedError = expect.objectContaining({ code: "PART_IS_SIGNED" }) as unknown;
    expect(() => addAlternative(signedTree, html)).toThrow(signedError);
    expect(() => replacePart(signedTree, "1", html)).toThrow(signedError);
    expect(() => removePart(signedTree, "2")).toThrow(signedError);
  });
});

describe("replacePart and removePart", () => {
  const tree = withTree(
    mixed([alternative([textPart("a"), html]), messagePart(plain), bytesPart("x")]),
  );

  it("change one part and leave the others", () => {
    const changed = replacePart(tree, "1.1", textPart("b"));
    expect(textOf(changed)).toBe("b");
    expect(partAt(changed, "1.2")).toBe(html);
    expect(partAt(changed, "2")).toBe(partAt(tree, "2"));
    expect(textOf(tree)).toBe("a");
    expect(field(changed, subject)).toBe("s");
  });

  it("replace the content of a message, and of a message in it, under its own fields", () => {
    const outer = replacePart(tree, "", html);
    expect(shape(outer)).toBe("text/html");
    expect(field(outer, subject)).toBe("s");
    const changed = replacePart(tree, "2.1", html);
    const inner = partAt(changed, "2.1") as Message;
    expect(field(inner, subject)).toBe("s");
    expect(shape(inner)).toBe("text/html");
  });

  it("remove a part, and a multipart that would be empty", () => {
    expect(shape(removePart(tree, "2"))).toBe(
      "multipart/mixed multipart/alternative text/plain text/html application/octet-stream",
    );
    const twice = removePart(removePart(tree, "1.1"), "1.1");
    expect(shape(twice)).toBe("multipart/mixed message/rfc822 text/plain application/octet-stream");
    expect(shape(removePart(tree, "2.1"))).not.toContain("message/rfc822");
  });

  it.each([
    ["", "PART_IS_ROOT"],
    ["4", "PART_NOT_FOUND"],
    ["1.1.1", "PART_NOT_FOUND"],
    ["x", "PART_PATH_INVALID"],
  ])("refuse to remove %j: %s", (path, code) => {
    expect(() => removePart(tree, path)).toThrow(expect.objectContaining({ code }));
  });

  it("give the same object when nothing changes", () => {
    expect(replacePart(tree, "1.2", html)).toBe(tree);
  });
});

describe("contentOf and withContent", () => {
  it("part a message into what it says and what is said about it", () => {
    const content = contentOf(plain);
    expect(content.fields.map(({ name }) => name)).toEqual(["Content-Type"]);
    expect(withContent(plain, content)).toEqual(plain);
  });
});
