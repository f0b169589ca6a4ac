/** Wire text read under each definition: what is right, and what is read all the same and reported. */
import { describe, expect, it } from "vitest";
import { formatAddress, formatMailbox, type Address } from "../address/mailbox.ts";
import * as addresses from "./addresses.ts";
import { arcSeal, authenticationResults, dkimSignature } from "./authentication.ts";
import * as content from "./content.ts";
import { date } from "./dates.ts";
import { defineField, type FieldDefinition } from "./definition.ts";
import { parseField, readField } from "./reading.ts";
import { contentId, inReplyTo, messageId, references } from "./identifiers.ts";
import * as list from "./mailing-list.ts";
import * as notice from "./notice.ts";
import { received } from "./received.ts";
import { standardField, standardFields } from "./standard.ts";
import { structured } from "./unstructured.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe("parseField", () => {
  it.each<[FieldDefinition, string, unknown]>([
    [notice.subject, " Hello  there ", "Hello  there"],
    [notice.subject, " a\r\n b\r\n\tc", "a b\tc"],
    [notice.subject, " =?utf-8?q?Gr=C3=BC?=\r\n =?utf-8?b?w59l?=", "Grüße"],
    [
      notice.keywords,
      ' one, =?utf-8?q?zw=C3=B6lf?=, "three, four"',
      ["one", "zwölf", "three, four"],
    ],
    [date, " Thu, 1 Jan 1970 00:00:00 +0000", { epochMs: 0, offsetMinutes: 0 }],
    [messageId, " <a@b.example>\r\n", "<a@b.example>"],
    [references, " <a@b.example>\r\n <c@[192.0.2.1]> (why)", ["<a@b.example>", "<c@[192.0.2.1]>"]],
    [contentId, " <logo@x.example>", "<logo@x.example>"],
    [content.mimeVersion, " 1.0 (produced by hand)", "1.0"],
    [content.mimeVersion, " 1.(comment)0", "1.0"],
    [
      content.contentType,
      ' Text/HTML; Charset="utf-8"; format=flowed',
      { type: "text/html", parameters: { charset: "utf-8", format: "flowed" } },
    ],
    [
      content.contentDisposition,
      " attachment;\r\n filename*0*=utf-8''%C3%BCber;\r\n filename*1=\" a.pdf\"",
      { disposition: "attachment", parameters: { filename: "über a.pdf" } },
    ],
    [content.contentTransferEncoding, " BASE64 ", "base64"],
    [content.contentLanguage, " de, en-GB (both)", ["de", "en-GB"]],
    [content.contentLocation, " https://x.example/a", "https://x.example/a"],
    [
      received,
      " from a.example (a.example [192.0.2.1])\r\n by b.example with ESMTPS id 1;2\r\n for <x@b.example>; Thu, 1 Jan 1970 00:00:00 +0000".replace(
        ";2",
        "",
      ),
      {
        from: "a.example (a.example [192.0.2.1])",
        by: "b.example",
        with: "ESMTPS",
        id: "1",
        for: "<x@b.example>",
        date: { epochMs: 0, offsetMinutes: 0 },
      },
    ],
    [addresses.returnPath, " <>", null],
    [
      list.listId,
      ' "News, weekly" <news.x.example>',
      { id: "news.x.example", name: "News, weekly" },
    ],
    [
      list.listUnsubscribe,
      " <mailto:a@x.example?subject=x>, (or)\r\n <https://x.example/u>",
      ["mailto:a@x.example?subject=x", "https://x.example/u"],
    ],
    [list.listPost, " NO (posting not allowed)", []],
    [list.listUnsubscribePost, " list-unsubscribe=one-click", "List-Unsubscribe=One-Click"],
    [
      notice.autoSubmitted,
      ' auto-replied; owner-email="a@x.example"',
      { keyword: "auto-replied", parameters: { "owner-email": "a@x.example" } },
    ],
    [notice.importance, " High", "high"],
    [notice.priority, " non-urgent", "non-urgent"],
    [
      authenticationResults,
      ' mx.example 1; spf=pass smtp.mailfrom=x.example;\r\n dkim=fail (bad) reason="body hash" header.d=x.example',
      {
        authservId: "mx.example",
        results: [
          { method: "spf", result: "pass", properties: { "smtp.mailfrom": "x.example" } },
          {
            method: "dkim",
            result: "fail",
            reason: "body hash",
            properties: { "header.d": "x.example" },
          },
        ],
      },
    ],
    [authenticationResults, " mx.example; none", { authservId: "mx.example", results: [] }],
    [dkimSignature, " v=1; a=rsa-sha256;\r\n\tb=AA", [" v=1; a=rsa-sha256;", "\tb=AA"]],
    [arcSeal, " i=1", [" i=1"]],
    [structured("Reporting-MTA"), " dns; mx.example", "dns; mx.example"],
  ])("%#: reads a %o", (definition, wire, value) => {
    expect(plain(parseField(definition, wire))).toEqual(value);
    expect(readField(definition, wire).defects).toEqual([]);
  });

  it("reads addresses with groups, comments and folds", () => {
    const read = parseField(
      addresses.to,
      ' "Doe, Jane" <j@x.example>,\r\n Team (all): a@x.example;',
    );
    expect(read.map(formatAddress)).toEqual(['"Doe, Jane" <j@x.example>', "Team: a@x.example;"]);
    expect(formatMailbox(parseField(addresses.sender, " a@x.example (why)"))).toBe("a@x.example");
  });
});

describe("readField: what is not as the standard has it is reported, and read when it can be", () => {
  it.each<[FieldDefinition, string, unknown, number]>([
    [content.contentType, "text/plain; charset=utf-8;", { charset: "utf-8" }, 1],
    [content.contentType, "text/plain; name=a b.pdf; x=1", { name: "a b.pdf", x: "1" }, 1],
    [content.contentType, "text/plain; =1; ok=2", { ok: "2" }, 1],
    [content.contentType, 'text/plain; name="open', { name: "open" }, 1],
    [content.contentType, "text/plain charset=utf-8", { charset: "utf-8" }, 1],
    [content.contentType, 'text/plain; name="=?utf-8?q?=C3=BC?="', { name: "ü" }, 1],
    [content.contentType, "text/plain; charset=a; charset=b", { charset: "a" }, 1],
  ])("%#: parameters of %o", (definition, wire, parameters, defects) => {
    const reading = readField(definition as typeof content.contentType, wire);
    expect({ ...reading.value?.parameters }).toEqual(parameters);
    expect(reading.defects).toHaveLength(defects);
  });

  it.each<[FieldDefinition, string, unknown]>([
    [content.contentType, "plain", undefined],
    [content.contentType, "", undefined],
    [content.contentTransferEncoding, "8-bit", undefined],
    [content.mimeVersion, "2.0", undefined],
    [content.contentLanguage, "de,,en", ["de", "en"]],
    [messageId, "no brackets", undefined],
    [messageId, "<a@b> <c@d>", "<a@b>"],
    [inReplyTo, "Your message of <a@b.example>", ["<a@b.example>"]],
    [inReplyTo, "<not-an-id>", ["<not-an-id>"]],
    [references, "<a b@c>", []],
    [references, "<a@b", []],
    [list.listId, "News", undefined],
    [list.listUnsubscribe, "https://x.example", []],
    [list.listUnsubscribe, "<no uri>", []],
    [notice.importance, "very", undefined],
    [notice.keywords, "a,,b", ["a", "b"]],
    [received, "from a.example by b.example", { from: "a.example", by: "b.example" }],
    [
      received,
      "(qmail 1 invoked) ; 1 Jan 1970 00:00:00 +0000",
      { date: { epochMs: 0, offsetMinutes: 0 } },
    ],
    [authenticationResults, "", undefined],
    [authenticationResults, "mx.example; spf", { authservId: "mx.example", results: [] }],
    [
      addresses.to,
      "Smith, John <j@x.example>",
      [{ kind: "mailbox", name: "John", localPart: "j", domain: "x.example" }],
    ],
    [addresses.sender, "no address", undefined],
  ])("%#: %o", (definition, wire, value) => {
    const reading = readField(definition, wire);
    expect(reading.value === undefined ? undefined : plain(reading.value)).toEqual(value);
    if (!wire.startsWith("(qmail")) expect(reading.defects).not.toEqual([]);
    if (reading.defects.length > 0) {
      expect(() => parseField(definition, wire)).toThrow(
        expect.objectContaining({ code: "FIELD_SYNTAX" }),
      );
    }
  });

  it.each(standardFields.map((definition) => [definition.name, definition] as const))(
    "%s reads any text without throwing, and without standing still",
    (_name, definition) => {
      const pieces = [
        "",
        " ",
        "(",
        ")",
        "\\",
        '"',
        ";",
        "=",
        "<",
        ">",
        ",",
        "\0",
        "é",
        "\r\n ",
        "a@b",
        "=?",
      ];
      for (const first of pieces) {
        for (const second of pieces) {
          for (const third of pieces) readField(definition, first + second + third + first);
        }
      }
    },
  );

  it("finds each definition by its name in any case", () => {
    for (const definition of standardFields) {
      expect(standardField(definition.name.toUpperCase())).toBe(definition);
    }
    expect(standardField("X-Other")).toBeUndefined();
  });

  it("reads a field of one's own by the name of a standard syntax", () => {
    const owners = defineField("X-Owners", {
      of: (owners: readonly Address[]) => owners,
      format: () => [],
      syntax: "address-list",
    });
    const read = parseField(owners, " Ana <ana@example.com>, bob@example.org");
    expect(read.map(formatAddress)).toEqual(["Ana <ana@example.com>", "bob@example.org"]);
  });
  it("says so when a definition of a user's own cannot read", () => {
    const own = defineField("X-A", { of: (text: string) => text, format: () => [] });
    expect(() => readField(own, "a")).toThrow(
      expect.objectContaining({ code: "FIELD_PARSE_MISSING" }),
    );
  });

  it.each([
    [" text/plain; charset=utf-8", 0],
    [' text/HTML; Charset="utf-8"', 0],
    [" text/plain; charset=utf-8;", 1],
    [" text/plain charset=utf-8", 1],
    [" text/plain; charset=", 1],
    [" text/plain; charset=utf-8; charset=latin1", 1],
    [" text/plain; charset==?utf-8?q?utf-8?=", 2],
  ])("reads %j the same each time, and tells each time what is wrong", (wire, count) => {
    const first = readField(content.contentType, wire);
    expect(first.defects).toHaveLength(count);
    for (let time = 0; time < 3; time++)
      expect(readField(content.contentType, wire)).toEqual(first);
    expect(first.value?.type).toMatch(/^text\/(plain|html)$/);
  });
});
