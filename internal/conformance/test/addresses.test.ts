/** The strict reader beside an independent one, which follows the grammar of RFC 5322 rule by rule. */
import { mailboxesOf, parseAddressList, type Mailbox } from "@letterwright/message";
import emailAddresses from "email-addresses";
import fc from "fast-check";
import { expect, it } from "vitest";

const pieces = fc.constantFrom(
  ...'()<>@,;:\\". []',
  "a",
  "b.c",
  "é",
  '"',
  "a@b.example",
  "<a@b.example>",
  "(x)",
  '"q\\" r"',
  "\r\n ",
  "[192.0.2.1]",
  "Team:",
);

it("nothing is read as another address than email-addresses reads", () => {
  let agreed = 0;
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 9 }), (parts) => {
      const text = parts.join("");
      let ours: readonly Mailbox[];
      try {
        ours = mailboxesOf(parseAddressList(text));
      } catch {
        return; // refused is not misread
      }
      const theirs = emailAddresses({ input: text, rfc6532: true });
      expect(theirs, JSON.stringify(text)).not.toBeNull();
      const parsed = (theirs?.addresses ?? []).flatMap((one) =>
        one.type === "group" ? one.addresses : [one],
      );
      const plain = (text: string | undefined): string => (text ?? "").replaceAll(/\s+/g, "");
      expect(ours.map(({ domain }) => domain)).toEqual(parsed.map(({ domain }) => plain(domain)));
      expect(ours.map(({ localPart }) => plain(localPart))).toEqual(
        parsed.map(({ local }) => plain(local).replaceAll(/^"|"$|\\(.)/g, "$1")),
      );
      agreed++;
    }),
    { numRuns: 5000 },
  );
  expect(agreed).toBeGreaterThan(20);
});
