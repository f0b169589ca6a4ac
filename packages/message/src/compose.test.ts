import { describe, expect, it } from "vitest";
import { attachment, inlineFile } from "./attachment.ts";
import { message, type MessageInit } from "./compose.ts";
import { contentType } from "./field/content.ts";
import { field } from "./holder.ts";
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

describe("message: what newsletters, invitations and urgent mail need", () => {
  const names = (init: Partial<MessageInit>): string[] =>
    message({ ...author, ...init }).fields.map(({ name }) => name);

  it("writes one-click unsubscription when there is an https address (RFC 8058 §3.1)", () => {
    const unsubscribe = ["mailto:leave@x.example", "https://x.example/leave"];
    expect(names({ list: { id: "news.x.example", unsubscribe } })).toEqual([
      "From",
      "List-Id",
      "List-Unsubscribe",
      "List-Unsubscribe-Post",
      "Content-Type",
    ]);
    expect(names({ list: { unsubscribe, oneClick: false } })).not.toContain(
      "List-Unsubscribe-Post",
    );
    expect(names({ list: { unsubscribe: "mailto:leave@x.example" } })).not.toContain(
      "List-Unsubscribe-Post",
    );
    expect(() => message({ ...author, list: { oneClick: true } })).toThrow(
      expect.objectContaining({ code: "LIST_ONE_CLICK_WITHOUT_HTTPS" }),
    );
    expect(
      names({ list: { post: false, help: "https://x.example/", owner: "mailto:o@x.example" } }),
    ).toContain("List-Post");
  });

  it("writes Importance and X-Priority, and nothing for normal", () => {
    expect(names({ priority: "high" })).toEqual([
      "From",
      "Importance",
      "X-Priority",
      "Content-Type",
    ]);
    expect(names({ priority: "normal" })).toEqual(["From", "Content-Type"]);
  });

  it("puts an invitation beside the text and into a file", () => {
    const content = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
    const mail = message({
      ...author,
      text: "Come",
      html: "<p>Come",
      calendar: { method: "REQUEST", content },
    });
    expect(shape(mail)).toEqual([
      "multipart/mixed",
      ["multipart/alternative", "text/plain", "text/html", "text/calendar"],
      "application/ics",
    ]);
    expect(() => message({ ...author, calendar: { method: "REPLY", content } })).toThrow(
      expect.objectContaining({ code: "CALENDAR_METHOD_MISMATCH" }),
    );
  });

  it("puts AMP between text and HTML, and not without HTML", () => {
    expect(shape(message({ ...author, text: "a", amp: "<html amp4email>", html: "<p>" }))).toEqual([
      "multipart/alternative",
      "text/plain",
      "text/x-amp-html",
      "text/html",
    ]);
    expect(() => message({ ...author, amp: "<html amp4email>" })).toThrow(
      expect.objectContaining({ code: "MESSAGE_AMP_WITHOUT_HTML" }),
    );
  });
});
