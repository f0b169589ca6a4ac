import { field, listUnsubscribe, walk } from "@letterwright/message";
import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";
import { readMessage } from "./read-message.ts";

const octets = (...lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(`${lines.join("\r\n")}\r\n`);

const rich = octets(
  "Received: by mx.example.com;\r\n\tMon, 23 Nov 2026 10:12:13 +0100",
  "From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>",
  'To: "Doe, Jane" <jane@example.org>, Team: a@example.net, B <b@example.net>;',
  "Cc: c@example.net",
  "Reply-To: answers@example.com",
  "Subject: =?utf-8?b?R3LDvMOfZQ==?=",
  "Date: Mon, 23 Nov 2026 10:12:13 +0100",
  "Message-ID: <1@example.com>",
  "List-Unsubscribe: <https://example.com/u>",
  "MIME-Version: 1.0",
  "Content-Type: multipart/mixed; boundary=m",
  "",
  "--m",
  "Content-Type: multipart/related; boundary=r",
  "",
  "--r",
  "Content-Type: multipart/alternative; boundary=a",
  "",
  "--a",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Gr=C3=BC=C3=9Fe",
  "zwei",
  "",
  "--a",
  "Content-Type: text/html; charset=iso-8859-1",
  "Content-Transfer-Encoding: base64",
  "",
  "PHA+R3L8PGltZyBzcmM9ImNpZDpsQGUiPg==",
  "--a--",
  "--r",
  "Content-Type: image/png",
  "Content-ID: <l@e>",
  "Content-Disposition: inline; filename=logo.png",
  "Content-Transfer-Encoding: base64",
  "",
  "AAEC/w==",
  "--r--",
  "--m",
  "Content-Type: application/pdf",
  "Content-Disposition: attachment; filename*=utf-8''%C3%9C.pdf",
  "",
  "%PDF",
  "--m--",
);

describe("readMessage", () => {
  it("finds what mailparser finds", async () => {
    const mine = readMessage(rich);
    const other = await simpleParser(Buffer.from(rich), {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
    });
    const boxes = (found: typeof other.to): unknown =>
      [found ?? []]
        .flat()
        .flatMap(({ value }) => value.flatMap((one) => one.group ?? [one]))
        .map(({ name, address }) => ({ name, address }));
    expect(mine).toMatchObject({
      subject: other.subject,
      from: boxes(other.from),
      to: boxes(other.to),
      cc: boxes(other.cc),
      replyTo: boxes(other.replyTo),
      date: other.date,
      messageId: other.messageId,
      text: other.text,
      html: other.html,
    });
    expect(mine.attachments).toEqual(
      other.attachments.map((file) => ({
        name: file.filename,
        type: file.contentType,
        cid: file.cid,
        content: new Uint8Array(file.content),
      })),
    );
    expect(mine.headers.map(({ name }) => name.toLowerCase())).toEqual(
      other.headerLines.map(({ key }) => key),
    );
  });

  it("gives the message itself, and what is wrong with it", () => {
    const { message, defects, headers } = readMessage(rich);
    expect(field(message, listUnsubscribe)).toEqual(["https://example.com/u"]);
    expect([...walk(message)]).toHaveLength(7);
    expect(defects).toEqual([]);
    expect(headers[0]).toEqual({
      name: "Received",
      value: "by mx.example.com;\tMon, 23 Nov 2026 10:12:13 +0100",
    });
    const broken = readMessage(octets("Subject: a", "Subject: b", "", "\u00fc"));
    expect(broken.defects.map(({ code }) => code)).toEqual([
      "FROM_MISSING",
      "FIELD_DUPLICATE",
      "BODY_EIGHT_BIT",
    ]);
    expect(broken.subject).toBe("a");
  });

  it("keeps the octets of a message and of a delivery status that are inside (RFC 3464 §2)", () => {
    const { attachments } = readMessage(
      octets(
        "From: a@example.com",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "",
        "--b",
        "",
        "It did not arrive.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.com",
        "",
        "Final-Recipient: rfc822; b@example.org",
        "Action: failed",
        "--b",
        "Content-Type: message/rfc822",
        "",
        "Subject:  as it was",
        "",
        "Hello",
        "--b--",
      ),
    );
    expect(attachments.map(({ type, content }) => [type, Buffer.from(content).toString()])).toEqual(
      [
        [
          "message/delivery-status",
          "Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; b@example.org\r\nAction: failed",
        ],
        ["message/rfc822", "Subject:  as it was\r\n\r\nHello"],
      ],
    );
  });
});
