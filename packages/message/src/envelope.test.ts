import { describe, expect, it } from "vitest";
import { addrSpec, group, mailbox } from "./address/mailbox.ts";
import { message } from "./compose.ts";
import { envelope, envelopeOf, type EnvelopeInit, type RecipientInput } from "./envelope.ts";
import { resentTo, to } from "./field/addresses.ts";
import { fieldOf } from "./field/field.ts";
import { prependField } from "./holder.ts";
import { withFields } from "./part.ts";
import { resent } from "./resent.ts";

const author = { from: "ana@example.com" };
const names = ({ recipients }: ReturnType<typeof envelope>): string[] =>
  recipients.map((one) => addrSpec(one.mailbox));

describe("envelopeOf (RFC 5321 §2.3.1)", () => {
  it("takes Sender over From, and To, Cc and Bcc with groups opened, each mailbox once", () => {
    const made = envelopeOf(
      message({
        from: ["a@x.example", "b@x.example"],
        sender: "s@x.example",
        to: [group("team", [mailbox({ localPart: "t", domain: "x.example" })]), "u@x.example"],
        cc: "u@X.example, U@x.example",
        bcc: "hidden@x.example",
      }),
    );
    expect(made.reversePath && addrSpec(made.reversePath)).toBe("s@x.example");
    // Domains are matched without case, local-parts are not (RFC 5321 §2.4).
    expect(names(made)).toEqual(["t@x.example", "u@x.example", "U@x.example", "hidden@x.example"]);
  });

  it("takes every To of a message that has several, as a message that was read may", () => {
    const mail = message({ ...author, to: "a@x.example" });
    const twice = withFields(mail, [...mail.fields, fieldOf(to, "b@x.example")]);
    expect(names(envelopeOf(twice))).toEqual(["a@x.example", "b@x.example"]);
  });

  it("takes the latest Resent- block instead, when there is one (RFC 5322 §3.6.6)", () => {
    const date = new Date(0);
    const mail = message({ ...author, to: "first@x.example" });
    const once = resent(mail, { from: "b@x.example", to: "second@x.example", date });
    const again = resent(once, {
      from: ["c@x.example", "d@x.example"],
      sender: "e@x.example",
      bcc: "third@x.example",
      date,
    });
    expect(names(envelopeOf(once))).toEqual(["second@x.example"]);
    expect(names(envelopeOf(again))).toEqual(["third@x.example"]);
    expect(envelopeOf(again).reversePath?.localPart).toBe("e");
    expect(envelopeOf(once).reversePath?.localPart).toBe("b");
  });

  it("asks a block without an author for one", () => {
    const mail = message({ ...author, to: "a@x.example" });
    expect(() => envelopeOf(prependField(mail, resentTo, "b@x.example"))).toThrow(
      expect.objectContaining({ code: "MESSAGE_FROM_MISSING" }),
    );
  });

  it("carries wishes for reports to every recipient (RFC 3461 §4)", () => {
    const mail = message({ ...author, to: "a@x.example, b@x.example" });
    const made = envelopeOf(mail, {
      notify: ["failure", "failure"],
      reports: { id: "batch 7", return: "headers" },
    });
    expect(made.recipients.map(({ notify }) => notify)).toEqual([["failure"], ["failure"]]);
    expect(made.reports).toEqual({ id: "batch 7", return: "headers" });
  });

  it("refuses a message for nobody", () => {
    expect(() => envelopeOf(message(author))).toThrow(
      expect.objectContaining({ code: "ENVELOPE_RECIPIENTS_MISSING" }),
    );
  });
});

describe("envelope", () => {
  const rows: readonly [string, Partial<EnvelopeInit>, string][] = [
    ["nobody", { recipients: [] }, "ENVELOPE_RECIPIENTS_MISSING"],
    [
      "an empty notify",
      { recipients: [{ mailbox: "a@x.example", notify: [] }] },
      "ENVELOPE_NOTIFY_INVALID",
    ],
    [
      "a notify that is not known",
      {
        // As it may come from a program without types.
        recipients: JSON.parse(
          '[{"mailbox":"a@x.example","notify":["always"]}]',
        ) as RecipientInput[],
      },
      "ENVELOPE_NOTIFY_INVALID",
    ],
    ["an id too long", { reports: { id: "x".repeat(101) } }, "ENVELOPE_ID_INVALID"],
    ["an id with a line break", { reports: { id: "a\r\nb" } }, "ENVELOPE_ID_INVALID"],
    ["a recipient that is no address", { recipients: ["nobody"] }, "ADDRESS_SYNTAX"],
    [
      "an original recipient that is not ASCII",
      {
        recipients: [
          { mailbox: "a@x.example", originalRecipient: { type: "rfc822", address: "ü@x" } },
        ],
      },
      "ENVELOPE_ORIGINAL_RECIPIENT_INVALID",
    ],
  ];
  it.each(rows)("refuses %s", (_title, init, code) => {
    expect(() => envelope({ reversePath: null, recipients: ["a@x.example"], ...init })).toThrow(
      expect.objectContaining({ code }),
    );
  });
  it("takes text and values, and keeps what is said of a recipient", () => {
    const made = envelope({
      reversePath: "a@x.example",
      recipients: [
        mailbox({ localPart: "b", domain: "x.example" }),
        {
          mailbox: "c@x.example",
          notify: "never",
          originalRecipient: { type: "utf-8", address: "ü@x.example" },
        },
      ],
    });
    expect(names(made)).toEqual(["b@x.example", "c@x.example"]);
    expect(made.recipients[1]?.notify).toBe("never");
    expect(Object.isFrozen(made.recipients[1])).toBe(true);
  });
});
