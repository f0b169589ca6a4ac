import { describe, expect, it } from "vitest";
import { formatAddress } from "./address/mailbox.ts";
import { attachment } from "./attachment.ts";
import { message, type MessageInit } from "./compose.ts";
import { envelopeOf } from "./envelope.ts";
import { bcc, cc, to } from "./field/addresses.ts";
import { inReplyTo, messageId, references } from "./field/identifiers.ts";
import { subject } from "./field/notice.ts";
import { forward } from "./forward.ts";
import { field, hasField, removeField } from "./holder.ts";
import { from } from "./field/addresses.ts";
import { attachmentsOf, htmlOf, textOf } from "./read/body.ts";
import { structure } from "./read/plain.ts";
import { quoteLines, reply, replyAll } from "./reply.ts";
import type { Message } from "./part.ts";

const me = "bob@example.org";
const original = (more: Partial<MessageInit> = {}): Message =>
  message({
    from: "Ana <ana@example.com>",
    to: ["Bob <bob@example.org>", "Carol <carol@example.net>"],
    cc: "dave@example.net",
    subject: "Lunch?",
    messageId: "<3@example.com>",
    text: "At noon?\n",
    ...more,
  });
const to_ = (mail: Message): readonly string[] | undefined => field(mail, to)?.map(formatAddress);
const cc_ = (mail: Message): readonly string[] | undefined => field(mail, cc)?.map(formatAddress);

describe("reply (RFC 5322 §3.6.3)", () => {
  it.each([
    ["the authors", {}, ["Ana <ana@example.com>"]],
    ["Reply-To when there is one", { replyTo: "list@example.com" }, ["list@example.com"]],
    [
      "the recipients of one's own message",
      { from: "Me <BOB@example.org>", to: "Ana <ana@example.com>" },
      ["Ana <ana@example.com>"],
    ],
    ["oneself when there is nobody else", { from: me, to: [], cc: [] }, [me]],
  ])("goes to %s", (_title, more: Partial<MessageInit>, expected) => {
    const answer = reply(original(more), { from: me, text: "Yes." });
    expect(to_(answer)).toEqual(expected);
    expect(hasField(answer, cc)).toBe(false);
  });

  it("needs somebody to answer", () => {
    const nobody = removeField(original(), from);
    expect(() => reply(nobody, { from: me })).toThrow(
      expect.objectContaining({ code: "REPLY_NOBODY" }),
    );
    expect(to_(reply(nobody, { from: me, to: "ana@example.com" }))).toEqual(["ana@example.com"]);
  });

  it.each([
    ["Lunch?", "Re: Lunch?"],
    ["Re: Lunch?", "Re: Lunch?"],
    ["RE: Lunch?", "RE: Lunch?"],
    ["Reise", "Re: Reise"],
    ["", "Re:"],
  ])("the subject %j becomes %j", (before, after) => {
    expect(field(reply(original({ subject: before }), { from: me }), subject)).toBe(after);
  });

  it.each([
    ["its identifier", {}, ["<3@example.com>"]],
    [
      "the thread",
      { references: ["<1@example.com>", "<2@example.com>"] },
      ["<1@example.com>", "<2@example.com>", "<3@example.com>"],
    ],
    ["its only parent", { inReplyTo: "<2@example.com>" }, ["<2@example.com>", "<3@example.com>"]],
    [
      "no parents when there are several",
      { inReplyTo: ["<1@example.com>", "<2@example.com>"] },
      ["<3@example.com>"],
    ],
    [
      "itself once",
      { references: ["<3@example.com>", "<2@example.com>"] },
      ["<2@example.com>", "<3@example.com>"],
    ],
  ])("References holds %s (RFC 5322 §3.6.4)", (_title, more: Partial<MessageInit>, expected) => {
    const answer = reply(original(more), { from: me });
    expect(field(answer, references)).toEqual(expected);
    expect(field(answer, inReplyTo)).toEqual(["<3@example.com>"]);
  });

  it("has no In-Reply-To when the original has no Message-ID", () => {
    const answer = reply(removeField(original(), messageId), { from: me });
    expect(hasField(answer, inReplyTo)).toBe(false);
    expect(hasField(answer, references)).toBe(false);
  });

  it("quotes the text below, in text and HTML, and nothing of the original's HTML", () => {
    const mail = original({
      text: "1 < 2\n> old\n\nbye",
      html: "<p onclick=evil>",
      date: new Date(0),
    });
    const answer = reply(mail, { from: me, text: "Yes.", html: "<p>Yes.</p>" });
    const line = "On Thu, 1 Jan 1970 00:00:00 +0000, Ana <ana@example.com> wrote:";
    expect(textOf(answer)).toBe(`Yes.\n\n${line}\n> 1 < 2\n>> old\n>\n> bye\n`);
    expect(htmlOf(answer)).toContain("1 &lt; 2<br>\n&gt; old");
    expect(htmlOf(answer)).not.toContain("onclick");
    expect(textOf(reply(mail, { from: me, text: "Yes.", quote: false }))).toBe("Yes.");
    expect(textOf(reply(mail, { from: me, text: "Y", attribution: "Ana:" }))).toContain(
      "\n\nAna:\n> 1",
    );
  });

  it("quotes what HTML says when there is no text", () => {
    const mail = original({ html: "<p>Hi <b>Bob</b>" });
    const only = message({ from: "ana@example.com", html: htmlOf(mail) ?? "" });
    expect(textOf(reply(only, { from: me, text: "Yes." }))).toContain("> Hi Bob");
  });
});

describe("replyAll", () => {
  it("goes to the author, and in Cc to everybody else but oneself", () => {
    const answer = replyAll(original(), { from: me, text: "Yes." });
    expect(to_(answer)).toEqual(["Ana <ana@example.com>"]);
    expect(cc_(answer)).toEqual(["Carol <carol@example.net>", "dave@example.net"]);
  });

  it("writes to nobody twice, opens groups, and knows one's other addresses", () => {
    const mail = original({
      to: "Team: carol@example.net, BOB@EXAMPLE.ORG;, carol@EXAMPLE.net, ana@example.com",
      cc: ["b.other@example.org", "dave@example.net", "carol@example.net"],
    });
    const answer = replyAll(mail, { from: me, own: "B.Other@example.org" });
    expect(cc_(answer)).toEqual(["carol@example.net", "dave@example.net"]);
  });

  it("never writes to whom Bcc names", () => {
    const answer = replyAll(original({ bcc: "eve@example.net" }), { from: me });
    expect(
      envelopeOf(answer).recipients.map(({ mailbox }) => formatAddress(mailbox)),
    ).not.toContain("eve@example.net");
  });
});

describe("forward", () => {
  const mail = original({
    bcc: "eve@example.net",
    references: ["<1@example.com>"],
    attachments: [attachment({ name: "a.csv", content: "1" })],
  });

  it("attaches the whole message, without its Bcc", () => {
    const passed = forward(mail, { from: me, to: "fay@example.net", text: "FYI" });
    expect(structure(passed)).toBe(
      "multipart/mixed\n  1 text/plain\n  2 message/rfc822\n    2.1 multipart/mixed\n      2.1.1 text/plain\n      2.1.2 text/csv\n",
    );
    const [inner] = attachmentsOf(passed);
    const { body } = inner?.part ?? passed;
    expect(body.kind === "message" && hasField(body.message, bcc)).toBe(false);
    expect(body.kind === "message" && field(body.message, subject)).toBe("Lunch?");
    expect(field(passed, subject)).toBe("Fwd: Lunch?");
    expect(field(passed, references)).toEqual(["<1@example.com>", "<3@example.com>"]);
    expect(hasField(passed, inReplyTo)).toBe(false);
    expect(to_(passed)).toEqual(["fay@example.net"]);
  });

  it("or takes text and files over", () => {
    const passed = forward(mail, { from: me, to: "fay@example.net", text: "FYI\n", as: "inline" });
    expect(textOf(passed)).toContain(
      "FYI\n\n-------- Forwarded message --------\nFrom: Ana <ana@example.com>\n",
    );
    expect(textOf(passed)).toContain("\n\nAt noon?\n");
    expect(textOf(passed)).not.toContain("eve@");
    expect(attachmentsOf(passed).map(({ filename }) => filename)).toEqual(["a.csv"]);
    expect(field(forward(passed, { from: me, to: "x@example.net" }), subject)).toBe("Fwd: Lunch?");
  });
});

describe("quoteLines", () => {
  it.each([
    ["a\nb", "> a\n> b"],
    ["a\r\nb\r\n", "> a\n> b"],
    ["> a", ">> a"],
    ["", ">"],
    ["a\n\nb\n\n\n", "> a\n>\n> b"],
  ])("%j becomes %j", (text, quoted) => {
    expect(quoteLines(text)).toBe(quoted);
  });
});
