import { describe, expect, it } from "vitest";
import { attachment, inlineFile } from "./attachment.ts";
import { message, type MessageInit } from "./compose.ts";
import { envelope, envelopeOf } from "./envelope.ts";
import { contentType } from "./field/content.ts";
import { field } from "./holder.ts";
import { addrSpec, group, mailbox } from "./address/mailbox.ts";
import type { Part } from "./part.ts";

const author = { from: "ana@example.com" };
const logo = inlineFile({ name: "logo.png", content: Uint8Array.of(1), cid: "l@example.com" });
const file = attachment({ name: "a.pdf", content: "x" });

/** The tree as nested media types. */
function shape(part: Part): unknown {
  const type = field(part, contentType)?.type;
  return part.body.kind === "multipart" ? [type, ...part.body.parts.map(shape)] : type;
}

describe("message: the tree has no more levels than it needs", () => {
  const rows: readonly [title: string, init: Partial<MessageInit>, tree: unknown][] = [
    ["nothing", {}, "text/plain"],
    ["text", { text: "a" }, "text/plain"],
    ["html", { html: "a" }, "text/html"],
    [
      "text and html",
      { text: "a", html: "b" },
      ["multipart/alternative", "text/plain", "text/html"],
    ],
    [
      "html and inline",
      { html: '<img src="cid:logo.png">', inline: [logo] },
      ["multipart/related", "text/html", "image/png"],
    ],
    [
      "text and attachment",
      { text: "a", attachments: [file] },
      ["multipart/mixed", "text/plain", "application/pdf"],
    ],
    [
      "everything",
      {
        text: "a",
        html: "<img src='cid:l@example.com'>",
        inline: [logo],
        attachments: [file, file],
      },
      [
        "multipart/mixed",
        ["multipart/related", ["multipart/alternative", "text/plain", "text/html"], "image/png"],
        "application/pdf",
        "application/pdf",
      ],
    ],
  ];
  it.each(rows)("%s", (_title, init, tree) => {
    expect(shape(message({ ...author, ...init }))).toEqual(tree);
  });
});

describe("message: what it refuses", () => {
  const rows: readonly [title: string, init: MessageInit, code: string][] = [
    ["no author", { from: [] }, "MESSAGE_FROM_MISSING"],
    ["an author left out by untyped code", {} as MessageInit, "MESSAGE_FROM_MISSING"],
    [
      "two authors without sender (RFC 5322 §3.6.2)",
      { from: ["a@x.example", "b@x.example"] },
      "MESSAGE_SENDER_MISSING",
    ],
    ["a group as author", { from: "g: a@x.example;" }, "ADDRESS_SYNTAX"],
    [
      "a line break in the subject",
      { ...author, subject: "a\r\nBcc: b@x.example" },
      "FIELD_CONTROL_CHARACTER",
    ],
    ["a bare LF in a header", { ...author, headers: { "X-A": "a\nb" } }, "FIELD_CONTROL_CHARACTER"],
    [
      "a line break in a header name",
      { ...author, headers: { "X-A\r\nBcc": "b" } },
      "FIELD_NAME_INVALID",
    ],
    ["a colon in a header name", { ...author, headers: { "X:A": "b" } }, "FIELD_NAME_INVALID"],
    [
      "a structured field as free text",
      { ...author, headers: { "Reply-To": "x" } },
      "FIELD_IS_STRUCTURED",
    ],
    ["a second subject", { ...author, subject: "a", headers: { Subject: "b" } }, "FIELD_TOO_MANY"],
    ["a content field", { ...author, headers: { "Content-MD5": "b" } }, "FIELD_IS_DERIVED"],
    ["a malformed message-id", { ...author, messageId: "a@b" }, "MESSAGE_ID_INVALID"],
    ["an invalid date", { ...author, date: new Date(NaN) }, "DATE_INVALID"],
    ["a dangling cid", { ...author, html: '<img src="cid:none">' }, "MESSAGE_INLINE_MISSING"],
    ["inline files without html", { ...author, inline: [logo] }, "MESSAGE_INLINE_WITHOUT_HTML"],
    [
      "an ambiguous cid",
      {
        ...author,
        html: '<img src="cid:logo.png">',
        inline: [logo, inlineFile({ name: "logo.png", content: "x" })],
      },
      "MESSAGE_INLINE_AMBIGUOUS",
    ],
    ["half a character in the text", { ...author, text: "\ud800" }, "TEXT_LONE_SURROGATE"],
    ["half a character in the subject", { ...author, subject: "\ud800" }, "TEXT_LONE_SURROGATE"],
  ];
  it.each(rows)("%s", (_title, init, code) => {
    expect(() => message(init)).toThrow(expect.objectContaining({ code }));
  });
});

describe("message: cid references (RFC 2392)", () => {
  const show = (html: string): string => {
    const mail = message({ ...author, html, inline: [logo] });
    const [first] = mail.body.kind === "multipart" ? mail.body.parts : [];
    return first?.body.kind === "text" ? first.body.text : "";
  };
  it.each([
    ['<img src="cid:logo.png">', '<img src="cid:l@example.com">'],
    ["<img src='CID:logo.png'>", "<img src='CID:l@example.com'>"],
    ["<img src=cid:logo.png width=1>", "<img src=cid:l@example.com width=1>"],
    ["<p style='background:url(cid:logo.png)'>", "<p style='background:url(cid:l@example.com)'>"],
    ['<img src="cid:l%40example.com">', '<img src="cid:l@example.com">'],
    ["<p>acid: cid:logo.png</p>", "<p>acid: cid:logo.png</p>"],
  ])("%j becomes %j", (html, linked) => expect(show(html)).toBe(linked));
});

describe("attachment", () => {
  it.each(["", "a/b", "C:\\x", "a\r\nb", "a\u0000"])("refuses the name %j", (name) => {
    expect(() => attachment({ name, content: "" })).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(
          /^(ATTACHMENT_NAME_INVALID|FIELD_CONTROL_CHARACTER)$/,
        ) as string,
      }),
    );
  });
  it("makes a cid that is unique", () => {
    expect(inlineFile({ name: "a", content: "" }).cid).not.toBe(
      inlineFile({ name: "a", content: "" }).cid,
    );
  });
});

describe("envelopeOf (RFC 5321 §2.3.1)", () => {
  it("takes Sender over From, and To, Cc and Bcc with groups opened, each mailbox once", () => {
    const mail = message({
      from: ["a@x.example", "b@x.example"],
      sender: "s@x.example",
      to: [group("team", [mailbox({ localPart: "t", domain: "x.example" })]), "u@x.example"],
      cc: "u@X.example, U@x.example",
      bcc: "hidden@x.example",
    });
    const { reversePath, recipients } = envelopeOf(mail);
    expect(reversePath && addrSpec(reversePath)).toBe("s@x.example");
    // Domains are matched without case, local-parts are not (RFC 5321 §2.4).
    expect(recipients.map((one) => addrSpec(one.mailbox))).toEqual([
      "t@x.example",
      "u@x.example",
      "U@x.example",
      "hidden@x.example",
    ]);
  });
  it("refuses a message for nobody", () => {
    expect(() => envelopeOf(message(author))).toThrow(
      expect.objectContaining({ code: "ENVELOPE_RECIPIENTS_MISSING" }),
    );
    expect(() => envelope({ reversePath: null, recipients: [] })).toThrow(
      expect.objectContaining({ code: "ENVELOPE_RECIPIENTS_MISSING" }),
    );
  });
});
