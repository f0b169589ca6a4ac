/** Header sections that are not as they should be: RFC 5322 §2.2, §3.6, §4.5. */
import { lines, utf8, type HardMessage } from "./hard-message.ts";

export const headMessages: readonly HardMessage[] = [
  {
    title: "a blank before the colon",
    section: "RFC 5322 §4.5",
    octets: lines("From: a@example.com", "Subject : x", "", "text"),
    expected: { subject: "x", text: "text", defects: ["FIELD_NAME_BLANK"] },
  },
  {
    title: "names in any case",
    section: "RFC 5322 §1.2.2",
    octets: lines("FROM: a@example.com", "sUbJeCt: x", "", "text"),
    expected: { subject: "x", from: [{ name: "", address: "a@example.com" }] },
  },
  {
    title: "no blank behind the colon",
    section: "RFC 5322 §2.2",
    octets: lines("From:a@example.com", "Subject:x", "", "text"),
    expected: { subject: "x", from: [{ name: "", address: "a@example.com" }] },
  },
  {
    title: "a field that is empty",
    section: "RFC 5322 §2.2",
    octets: lines("From: a@example.com", "Subject:", "To: b@example.com", "", "text"),
    expected: { subject: "", to: [{ name: "", address: "b@example.com" }] },
  },
  {
    title: "no fields at all",
    section: "RFC 5322 §3.5",
    octets: lines("", "text"),
    expected: { text: "text" },
  },
  {
    title: "no body at all",
    section: "RFC 5322 §3.5",
    octets: lines("From: a@example.com", "Subject: x"),
    expected: { subject: "x", text: "" },
  },
  {
    title: "a long field over many lines",
    section: "RFC 5322 §2.2.3",
    octets: lines(
      "From: a@example.com",
      `Subject: ${Array.from({ length: 50 }, () => "word").join("\r\n ")}`,
      "",
      "text",
    ),
    expected: { subject: Array.from({ length: 50 }, () => "word").join(" ") },
  },
  {
    title: "a Message-ID in a comment's company",
    section: "RFC 5322 §3.6.4",
    octets: lines("From: a@example.com", "Message-ID: (c) <1@example.com> (d)", "", "text"),
    expected: { messageId: "<1@example.com>" },
  },
  {
    title: "a Message-ID on a line of its own",
    section: "RFC 5322 §2.2.3",
    octets: lines("From: a@example.com", "Message-ID:", " <1@example.com>", "", "text"),
    expected: { messageId: "<1@example.com>" },
  },
  {
    title: "a line of a mailbox file before the fields",
    section: "RFC 4155 §A",
    octets: lines("From ana@example.com Mon Nov 23 10:12:13 2026", "Subject: x", "", "text"),
    expected: { subject: "x", text: "text", defects: ["ENVELOPE_LINE_MISPLACED"] },
    isOpen: true,
  },
  {
    title: "a line that is no field ends the fields",
    section: "RFC 5322 §2.1",
    octets: lines("From: a@example.com", "Subject: x", "no field", "", "text"),
    expected: { subject: "x", text: "no field\n\ntext", defects: ["SEPARATOR_MISSING"] },
    isOpen: true,
  },
  {
    title: "a subject that stands twice",
    section: "RFC 5322 §3.6",
    octets: lines("From: a@example.com", "Subject: x", "Subject: y", "", "text"),
    expected: { subject: "x", defects: ["FIELD_DUPLICATE"] },
    isOpen: true,
  },
  {
    title: "an author that stands twice",
    section: "RFC 5322 §3.6.2",
    octets: lines("From: a@example.com", "From: b@example.com", "", "text"),
    expected: {
      from: [{ name: "", address: "a@example.com" }],
      defects: ["FIELD_DUPLICATE", "FROM_AMBIGUOUS"],
    },
    isOpen: true,
  },
  {
    title: "a bare CR in a field",
    section: "RFC 5322 §2.2",
    octets: lines("From: a@example.com", "Subject: x\rTo: b@example.com", "", "text"),
    expected: { to: [], text: "text", defects: ["CARRIAGE_RETURN_BARE"] },
    isOpen: true,
  },
  {
    title: "octets that are no UTF-8 in a field",
    section: "RFC 6532 §3.2",
    octets: lines("From: a@example.com", "Subject: \u00e4", "", "text"),
    expected: { subject: "ä", defects: ["FIELD_EIGHT_BIT"] },
    isOpen: true,
  },
  {
    title: "a field in UTF-8 of which the last octet is missing",
    section: "RFC 6532 §3.2",
    octets: lines("From: a@example.com", `Subject: ${utf8("ä").slice(0, 1)}`, "", "text"),
    expected: { subject: "Ã", defects: ["FIELD_EIGHT_BIT"] },
    isOpen: true,
  },
];
