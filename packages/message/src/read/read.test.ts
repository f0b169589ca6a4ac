import { utf8 } from "@letterwright/base/bytes";
import { describe, expect, it } from "vitest";
import { attachment, inlineFile } from "../attachment.ts";
import { once } from "../byte-source.ts";
import { message } from "../compose.ts";
import { contentDisposition, contentType } from "../field/content.ts";
import { fieldOf, textField } from "../field/field.ts";
import { contentId } from "../field/identifiers.ts";
import { field } from "../holder.ts";
import { alternative, digest, encrypted, mixed, related, signed } from "../multipart.ts";
import { fieldGroupsPart, messagePart } from "../nested.ts";
import { withOrigin } from "../origin.ts";
import { bytesPart, textPart, type Part } from "../part.ts";
import { attachmentsOf, bodyOf, htmlOf, readText, textOf } from "./body.ts";
import { contentSource } from "./content-source.ts";
import { filenameOf, safeFilename } from "./filename.ts";
import { htmlText } from "./html-text.ts";
import { toJson } from "./json.ts";
import { renderPlain, structure } from "./plain.ts";
import { partAt, typeOf, walk } from "./walk.ts";

const html = (text: string): Part => textPart(text, { type: "text/html" });
const attached = (part: Part): Part => ({
  fields: [
    ...part.fields,
    fieldOf(contentDisposition, { disposition: "attachment", parameters: {} }),
  ],
  body: part.body,
});
const inner = message({ from: "ana@example.com", subject: "Inner", text: "inner text" });
const full = message({
  from: "Ana <ana@example.com>",
  to: "bob@example.org, Team: c@example.org;",
  subject: "Plan",
  date: new Date(0),
  text: "plain\n",
  html: '<p>rich <img src="cid:logo.png"></p>',
  inline: [inlineFile({ name: "logo.png", content: "x", cid: "logo@example.com" })],
  attachments: [attachment({ name: "a.csv", content: "1;2" })],
});

describe("contentSource", () => {
  it("gives the octets of leaves, and of what was read its own", () => {
    const bytes = utf8("Subject: x\r\n\r\nas it was");
    const read = {
      fields: [],
      body: { kind: "message", message: withOrigin(inner, bytes) },
    } as Part;
    const one = withOrigin(textField("Action", "failed"), utf8("Action:  failed\r\n"));
    const groups: Part = {
      fields: [],
      body: { kind: "field-groups", groups: [[one], [one, one]] },
    };
    const octets = (part: Part): string | undefined => {
      const source = contentSource(part);
      return source && new TextDecoder().decode(source.bytes);
    };
    expect(octets(textPart("Grüße"))).toBe("Grüße");
    expect(octets(bytesPart("a"))).toBe("a");
    expect(octets(read)).toBe("Subject: x\r\n\r\nas it was");
    expect(octets(groups)).toBe("Action:  failed\r\n\r\nAction:  failed\r\nAction:  failed\r\n");
  });

  it("gives nothing where only a generator can write", () => {
    const composed = fieldGroupsPart("delivery-status", [[textField("Action", "failed")]]);
    for (const part of [full, messagePart(inner), composed]) {
      expect(contentSource(part)).toBeUndefined();
    }
  });
});

describe("walk", () => {
  it("gives each part before its children, with its path", () => {
    expect([...walk(full)].map(({ path, type, depth }) => [path, type, depth])).toEqual([
      ["", "multipart/mixed", 0],
      ["1", "multipart/related", 1],
      ["1.1", "multipart/alternative", 2],
      ["1.1.1", "text/plain", 3],
      ["1.1.2", "text/html", 3],
      ["1.2", "image/png", 2],
      ["2", "text/csv", 1],
    ]);
  });

  it("enters messages in messages, or not", () => {
    const tree = mixed([textPart("a"), messagePart(inner)]);
    expect([...walk(tree)].map(({ path }) => path)).toEqual(["", "1", "2", "2.1"]);
    expect([...walk(tree, { into: "multiparts" })].map(({ path }) => path)).toEqual(["", "1", "2"]);
  });

  it("knows the default type of a part without Content-Type (RFC 2045 §5.2, RFC 2046 §5.1.5)", () => {
    const bare: Part = { fields: [], body: { kind: "message", message: inner } };
    expect([...walk(digest([bare]))].map(({ type }) => type)).toEqual([
      "multipart/digest",
      "message/rfc822",
      "text/plain",
    ]);
    expect(typeOf(bare)).toBe("text/plain");
  });

  it("finds by path what it names, and nothing by a path that is none", () => {
    for (const { part, path } of walk(full)) expect(partAt(full, path)).toBe(part);
    expect(partAt(full, "1.9")).toBeUndefined();
    expect(partAt(full, "2.1")).toBeUndefined();
    for (const path of ["0", "1.", ".1", "a", "1.-1", "1..2", "01", "1e3", "9999999999"]) {
      expect(() => partAt(full, path)).toThrow(
        expect.objectContaining({ code: "PART_PATH_INVALID" }),
      );
    }
  });

  it("refuses a tree of more than 256 levels", () => {
    let deep: Part = textPart("a");
    for (let level = 0; level < 256; level++) deep = mixed([deep]);
    expect([...walk(deep)]).toHaveLength(257);
    const deeper = mixed([deep]);
    const tooDeep = expect.objectContaining({ code: "MESSAGE_TOO_DEEP" }) as unknown;
    for (const read of [
      (part: Part) => [...walk(part)],
      textOf,
      attachmentsOf,
      toJson,
      structure,
    ]) {
      expect(() => read(deeper)).toThrow(tooDeep);
    }
  });
});

describe("bodyOf", () => {
  const plain = textPart("plain");
  const rich = html("rich");
  const rows: readonly [string, Part, Part | undefined, Part | undefined][] = [
    ["a text", plain, undefined, plain],
    ["versions", alternative([plain, rich]), rich, plain],
    ["a related root", related(rich, [plain]), rich, undefined],
    ["the first text of a mixed", mixed([plain, rich]), undefined, plain],
    ["not an attachment", mixed([attached(plain), rich]), rich, undefined],
    ["not bytes", mixed([bytesPart("x"), plain]), undefined, plain],
    ["what was signed", signed(plain, bytesPart("s"), { micalg: "pgp-sha256" }), undefined, plain],
    ["nothing of what is encrypted", encrypted(plain, rich), undefined, undefined],
    ["nothing of another message", mixed([messagePart(inner)]), undefined, undefined],
    ["nothing of a digest", digest([messagePart(inner)]), undefined, undefined],
    [
      "versions that are related",
      alternative([plain, related(rich, [bytesPart("i")])]),
      rich,
      plain,
    ],
  ];
  it.each(rows)("%s", (_title, tree, wantedHtml, wantedPlain) => {
    expect(bodyOf(tree, ["text/html"])).toBe(wantedHtml);
    expect(bodyOf(tree, ["text/plain"])).toBe(wantedPlain);
    expect(bodyOf(tree)).toBe(wantedHtml ?? wantedPlain);
  });

  it("takes the root that `start` names (RFC 2387 §3.2)", () => {
    const root: Part = {
      fields: [...rich.fields, fieldOf(contentId, "<root@example.com>")],
      body: rich.body,
    };
    const tree = related(plain, [root], { parameters: { start: "<root@example.com>" } });
    expect(bodyOf(tree)).toBe(root);
  });
});

describe("textOf, htmlOf, readText", () => {
  it("give the text", async () => {
    expect(textOf(full)).toBe("plain\n");
    expect(htmlOf(full)).toContain("cid:logo@example.com");
    expect(textOf(message({ from: "a@x.example", html: "<p>" }))).toBeUndefined();
    expect(await readText(textPart("a"))).toBe("a");
  });

  it("read octets in their charset", async () => {
    const latin = bytesPart(Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65), {
      type: "text/plain",
      parameters: { charset: "iso-8859-1" },
    });
    expect(textOf(latin)).toBe("Grüße");
    expect(await readText(latin)).toBe("Grüße");
    expect(textOf(bytesPart("Grüße", { type: "text/plain" }))).toBe("Grüße");
  });

  it("say so when the text is in a stream", async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(0x48);
      yield Uint8Array.of(0x69);
    }
    const streamed = bytesPart(once(chunks()), { type: "text/plain" });
    expect(() => textOf(streamed)).toThrow(expect.objectContaining({ code: "TEXT_NOT_IN_MEMORY" }));
    expect(await readText(streamed)).toBe("Hi");
  });

  it("refuse a part without text", async () => {
    await expect(readText(full)).rejects.toMatchObject({ code: "PART_HAS_NO_TEXT" });
  });
});

describe("attachmentsOf", () => {
  it("gives what is attached, and what is shown when asked", () => {
    expect(
      attachmentsOf(full).map(({ path, filename, isInline }) => [path, filename, isInline]),
    ).toEqual([["2", "a.csv", false]]);
    expect(attachmentsOf(full, { inline: true }).map((one) => [one.path, one.contentId])).toEqual([
      ["1.2", "logo@example.com"],
      ["2", undefined],
    ]);
  });

  it("finds files however deep, second texts too, and takes a message as one", () => {
    const tree = mixed([
      alternative([textPart("a"), related(html("b"), [bytesPart("i")])]),
      html("second"),
      mixed([messagePart(inner), attached(textPart("log"))]),
    ]);
    expect(attachmentsOf(tree).map(({ path, type }) => `${path} ${type}`)).toEqual([
      "1.2.2 application/octet-stream",
      "2 text/html",
      "3.1 message/rfc822",
      "3.2 text/plain",
    ]);
  });
});

describe("filenameOf and safeFilename", () => {
  it("prefers Content-Disposition (RFC 2183 §2.3) to the name of Content-Type", () => {
    const part = bytesPart("x", {
      parameters: { name: "old.txt" },
      fields: [
        fieldOf(contentDisposition, {
          disposition: "attachment",
          parameters: { filename: "new.txt" },
        }),
      ],
    });
    expect(filenameOf(part)).toBe("new.txt");
    expect(filenameOf(bytesPart("x", { parameters: { name: "old.txt" } }))).toBe("old.txt");
    expect(filenameOf(textPart("x"))).toBeUndefined();
    expect(field(part, contentType)?.type).toBe("application/octet-stream");
  });

  it.each([
    ["report.pdf", "report.pdf"],
    ["Grüße 日本.txt", "Grüße 日本.txt"],
    ["/etc/passwd", "passwd"],
    ["..\\..\\boot.ini", "boot.ini"],
    ["../..", "attachment"],
    ["a/b/", "b"],
    [".", "attachment"],
    [".bashrc", "bashrc"],
    ["name. . ", "name"],
    ["a\0b\r\n.txt", "a_b__.txt"],
    ["a\u202egnp.exe", "agnp.exe"],
    ["a\u200b\ufeff\u2066.txt", "a.txt"],
    ["\u3164.txt", "txt"],
    ["CON", "_CON"],
    ["con.tar.gz", "_con.tar.gz"],
    ["nul .txt", "_nul .txt"],
    ["COM1", "_COM1"],
    ["lpt².txt", "_lpt².txt"],
    ["console.txt", "console.txt"],
    ['a:b|c?d*e<f>g"h.txt', "a_b_c_d_e_f_g_h.txt"],
    ["file.txt:stream", "file.txt_stream"],
    ["\ud800.txt", "txt"],
    ["e\u0301.txt", "é.txt"],
    ["", "attachment"],
    [undefined, "attachment"],
  ])("%j becomes %j", (name, safe) => {
    expect(safeFilename(name)).toBe(safe);
    expect(safeFilename(safe)).toBe(safe);
  });

  it("keeps the extension of a name that is too long", () => {
    const safe = safeFilename(`${"ü".repeat(300)}.pdf`);
    expect(safe.endsWith("ü.pdf")).toBe(true);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
    expect(safeFilename(`a.${"b".repeat(300)}`)).toHaveLength(200);
  });

  it("takes the fallback it is given", () => {
    expect(safeFilename("..", { fallback: "file.bin" })).toBe("file.bin");
  });
});

describe("renderPlain", () => {
  it("shows who, what, the text and the files", () => {
    expect(renderPlain(full)).toBe(
      [
        "From: Ana <ana@example.com>",
        "To: bob@example.org, Team: c@example.org;",
        "Date: Thu, 1 Jan 1970 00:00:00 +0000",
        "Subject: Plan",
        "",
        "plain",
        "",
        "[shown 1.2: logo.png (image/png, 1 byte)]",
        "[attached 2: a.csv (text/csv, 3 bytes)]",
        "",
      ].join("\n"),
    );
  });

  it("lets nothing through that drives a terminal", () => {
    const mail = message({
      from: "ana@example.com",
      subject: "a\u202eb",
      text: "\u001b[2J\u009b1mred\tkept\n\u0007",
      attachments: [attachment({ name: "\u202egnp.exe", content: "x" })],
    });
    const shown = renderPlain(mail);
    expect(shown).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
    expect(shown).toContain("·[2J·1mred\tkept\n·");
  });

  it("shows HTML as text when there is no other", () => {
    expect(renderPlain(message({ from: "a@x.example", html: "<h1>Hi</h1><p>you &amp; me" }))).toBe(
      "From: a@x.example\n\nHi\n\nyou & me\n",
    );
  });
});

describe("htmlText", () => {
  it.each([
    ["<p>a</p><p>b</p>", "a\n\nb"],
    ["a<br>b<br/>c", "a\nb\nc"],
    ["a<br><br>b", "a\n\nb"],
    ["  a \n b\t c ", "a b c"],
    ["<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter"],
    ["<div>a</div><div>b</div>", "a\nb"],
    ["<style>p{}</style><script>if(a<b)</script>x<title>t</title>", "x"],
    ["<script>never closed", ""],
    ["<!-- <p>no --> yes", "yes"],
    ["<!-- never closed", ""],
    ['<a href="https://x.example/?a&amp;b">here</a>', "here <https://x.example/?a&b>"],
    ['<a href="https://x.example/">https://x.example/</a>', "https://x.example/"],
    ["<a href='javascript:alert(1)'>x</a>", "x"],
    ['<a href="mailto:a@x.example">mail</a>', "mail <mailto:a@x.example>"],
    ['<img alt="Logo" src="x"><img src="y">', "[Logo]"],
    [
      "&lt;b&gt; &amp;lt; &nbsp;&copy; &#8364; &#x20AC; &unknown; &#0; & &#xD800;",
      "<b> &lt;  © € € &unknown; � & �",
    ],
    ["1 < 2 <3 <", "1 < 2 <3 <"],
    ['<p title="a>b">c', "c"],
    ["<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"],
    ["<p>\u00a0</p>x", "x"],
    ["", ""],
  ])("%s", (source, text) => {
    expect(htmlText(source)).toBe(text);
  });
});

describe("structure and toJson", () => {
  it("structure draws the tree", () => {
    expect(structure(full)).toBe(
      [
        "multipart/mixed",
        "  1 multipart/related",
        "    1.1 multipart/alternative",
        "      1.1.1 text/plain",
        "      1.1.2 text/html",
        '    1.2 image/png "logo.png"',
        '  2 text/csv "a.csv"',
        "",
      ].join("\n"),
    );
  });

  it("toJson has no content unless asked", () => {
    const brief = JSON.stringify(toJson(full));
    expect(brief).not.toContain("plain\\n");
    expect(brief).not.toContain("MTsy");
    expect(brief).toContain('"localPart":"ana"');
    const all = JSON.stringify(toJson(full, { content: "all" }));
    expect(all).toContain("plain\\n");
    expect(all).toContain("MTsy");
    expect(JSON.parse(all)).toEqual(toJson(full, { content: "all" }));
  });

  it("toJson says every kind of body and value", () => {
    const tree = mixed([
      messagePart(inner),
      textPart("é", { charset: "iso-8859-1", lineEnds: "exact" }),
    ]);
    expect(toJson(tree).body).toMatchObject({
      kind: "multipart",
      parts: [
        { body: { kind: "message", message: { body: { kind: "text", length: 10 } } } },
        { body: { kind: "text", charset: "iso-8859-1", lineEnds: "exact" } },
      ],
    });
  });
});
