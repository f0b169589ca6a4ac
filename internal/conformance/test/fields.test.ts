/** The law of every field: what is written under a definition reads back under it as the same value. */
import { smtpPolicy, writeField } from "@letterwright/generator";
import {
  arcSeal,
  authenticationResults,
  autoSubmitted,
  bcc,
  cc,
  comments,
  contentDescription,
  contentDisposition,
  contentId,
  contentLanguage,
  contentLocation,
  contentMd5,
  contentTransferEncoding,
  contentType,
  date,
  dispositionNotificationTo,
  dkimSignature,
  fieldOf,
  from,
  group,
  importance,
  inReplyTo,
  keywords,
  listArchive,
  listHelp,
  listId,
  listOwner,
  listPost,
  listSubscribe,
  listUnsubscribe,
  listUnsubscribePost,
  mailbox,
  messageId,
  mimeVersion,
  parseField,
  priority,
  received,
  references,
  replyTo,
  resentBcc,
  resentCc,
  resentDate,
  resentFrom,
  resentMessageId,
  resentSender,
  resentTo,
  returnPath,
  sender,
  sensitivity,
  standardFields,
  subject,
  to,
  arcAuthenticationResults,
  arcMessageSignature,
  type FieldDefinition,
} from "@letterwright/message";
import { fieldText } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const text = fieldText(60);
const words = text.filter((one) => one.trim() !== "");
const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/);
const ascii = fc
  .array(fc.stringMatching(/^[!-~]{1,30}$/), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(" "));
const parameters = fc.dictionary(token, text, { maxKeys: 4 });
const box = fc
  .record({
    name: fc.option(words, { nil: undefined }),
    localPart: fc.stringMatching(/^[ -~]{1,20}$/),
    domain: fc.constantFrom("example.com", "mail.example.org", "[192.0.2.1]"),
  })
  .map((init) => mailbox(init));
const boxes = fc.array(box, { minLength: 1, maxLength: 4 });
const addresses = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: box },
    fc.tuple(words, fc.array(box, { maxLength: 3 })).map(([name, members]) => group(name, members)),
  ),
  { minLength: 1, maxLength: 4 },
);
const id = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{1,80}$/), fc.stringMatching(/^[a-z0-9]{1,20}$/))
  .map(([left, right]) => `<${left}@${right}.example>` as const);
const ids = fc.array(id, { minLength: 1, maxLength: 5 });
const moment = fc.record({
  epochMs: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
  offsetMinutes: fc.option(fc.integer({ min: -1439, max: 1439 })),
});
const uri = fc.oneof(
  fc.webUrl().filter((one) => !/[<>,]/.test(one) && /^[!-~]*$/.test(one)),
  fc.constant("mailto:leave@example.com?subject=out"),
);
const uris = fc.array(uri, { minLength: 1, maxLength: 4 });
const lines = fc
  .array(fc.stringMatching(/^[!-~]{1,60}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part) => `\t${part}`));
const mediaType = fc.constantFrom("text/plain", "application/x-thing+xml", "multipart/mixed");
const clause = fc
  .stringMatching(/^[a-z0-9.-]{1,30}( \([a-z0-9 ]{0,20}\))?$/)
  .filter(isNoClauseName);

function isNoClauseName(value: string): boolean {
  return !["from", "by", "via", "with", "id", "for"].includes(value.split(" ")[0] ?? "");
}

// Each definition with what can be given for it.
const rows: readonly (readonly [FieldDefinition, fc.Arbitrary<unknown>])[] = [
  ...[subject, comments, contentDescription].map((definition) => [definition, text] as const),
  [keywords, fc.array(words, { minLength: 1, maxLength: 4 })],
  ...[from, resentFrom, dispositionNotificationTo].map((one) => [one, boxes] as const),
  ...[sender, resentSender].map((one) => [one, box] as const),
  ...[to, cc, bcc, replyTo, resentTo, resentCc, resentBcc].map((one) => [one, addresses] as const),
  [returnPath, fc.option(box.map(({ localPart, domain }) => mailbox({ localPart, domain })))],
  ...[date, resentDate].map((one) => [one, moment] as const),
  ...[messageId, resentMessageId, contentId].map((one) => [one, id] as const),
  ...[inReplyTo, references].map((one) => [one, ids] as const),
  [mimeVersion, fc.constant("1.0")],
  [contentType, fc.record({ type: mediaType, parameters })],
  [contentDisposition, fc.record({ disposition: token, parameters })],
  [contentTransferEncoding, fc.constantFrom("7bit", "8bit", "binary", "base64")],
  [contentLanguage, fc.array(fc.constantFrom("de", "en-GB", "zh-Hant"), { minLength: 1 })],
  ...[contentLocation, contentMd5].map((one) => [one, ascii] as const),
  [autoSubmitted, fc.record({ keyword: token, parameters })],
  [importance, fc.constantFrom("high", "normal", "low")],
  [priority, fc.constantFrom("urgent", "normal", "non-urgent")],
  [sensitivity, fc.constantFrom("personal", "private", "company-confidential")],
  [
    received,
    fc.record(
      { from: clause, by: clause, with: clause, id: clause, for: clause, date: moment },
      { requiredKeys: ["date"] },
    ),
  ],
  [
    listId,
    fc.record(
      { id: fc.constantFrom("news.example.com", "a.b.c.example"), name: words },
      { requiredKeys: ["id"] },
    ),
  ],
  ...[listHelp, listUnsubscribe, listSubscribe, listOwner, listArchive].map(
    (one) => [one, uris] as const,
  ),
  [listPost, fc.oneof(uris, fc.constant([]))],
  [listUnsubscribePost, fc.constant("List-Unsubscribe=One-Click")],
  ...[dkimSignature, arcSeal, arcMessageSignature, arcAuthenticationResults].map(
    (one) => [one, lines] as const,
  ),
  [
    authenticationResults,
    fc.record({
      authservId: token,
      results: fc.array(
        fc.record(
          {
            method: token.filter((name) => name !== "none"),
            result: token,
            reason: ascii,
            properties: fc.dictionary(
              token.filter((name) => name !== "reason"),
              ascii,
              { maxKeys: 3 },
            ),
          },
          { requiredKeys: ["method", "result", "properties"] },
        ),
        { maxLength: 3 },
      ),
    }),
  ],
];

describe("what is written under a definition reads back as the same value", () => {
  it("speaks of every standard field", () => {
    expect(new Set(rows.map(([{ name }]) => name))).toEqual(
      new Set(standardFields.map(({ name }) => name)),
    );
  });

  it.each(rows.map(([definition, inputs]) => [definition.name, definition, inputs] as const))(
    "%s",
    (name, definition, inputs) => {
      fc.assert(
        fc.property(inputs, (input) => {
          const made = fieldOf(definition, input);
          const written = writeField(made, smtpPolicy);
          expect(written.startsWith(`${name}:`) && written.endsWith("\r\n")).toBe(true);
          const wire = written.slice(name.length + 1, -2);
          expect(plain(parseField(definition, wire))).toEqual(plain(made.value));
        }),
        { numRuns: 200 },
      );
    },
  );
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
