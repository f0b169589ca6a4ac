/** Dates, obsolete ones too: RFC 5322 §3.3 and §4.3. */
import { withField, type HardMessage } from "./hard-message.ts";

type Row = readonly [title: string, section: string, wire: string, iso: string];

const rows: readonly Row[] = [
  [
    "as it should be",
    "RFC 5322 §3.3",
    "Mon, 23 Nov 2026 10:12:13 +0100",
    "2026-11-23T09:12:13.000Z",
  ],
  [
    "without day and seconds",
    "RFC 5322 §3.3",
    "23 Nov 2026 10:12 -0000",
    "2026-11-23T10:12:00.000Z",
  ],
  [
    "with a comment",
    "RFC 5322 §3.2.2",
    "Mon, 23 Nov 2026 10:12:13 +0000 (UTC)",
    "2026-11-23T10:12:13.000Z",
  ],
  [
    "with comments between",
    "RFC 5322 §4.3",
    "Mon (a), 23 (b) Nov 2026 10:12:13 (c) +0000",
    "2026-11-23T10:12:13.000Z",
  ],
  [
    "a year of two digits from 50 on",
    "RFC 5322 §4.3",
    "1 Jan 99 10:00:00 +0000",
    "1999-01-01T10:00:00.000Z",
  ],
  [
    "a year of two digits before 50",
    "RFC 5322 §4.3",
    "1 Jan 26 10:00:00 +0000",
    "2026-01-01T10:00:00.000Z",
  ],
  [
    "a year of three digits",
    "RFC 5322 §4.3",
    "1 Jan 126 10:00:00 +0000",
    "2026-01-01T10:00:00.000Z",
  ],
  ["a zone with a name", "RFC 5322 §4.3", "1 Jul 2026 10:00:00 PDT", "2026-07-01T17:00:00.000Z"],
  [
    "a zone of one letter says nothing",
    "RFC 5322 §4.3",
    "1 Jul 2026 10:00:00 A",
    "2026-07-01T10:00:00.000Z",
  ],
  [
    "blanks around the colons",
    "RFC 5322 §4.3",
    "1 Jul 2026 10 : 00 : 00 +0000",
    "2026-07-01T10:00:00.000Z",
  ],
];

export const dateMessages: readonly HardMessage[] = rows.map(
  ([title, section, wire, iso]): HardMessage => ({
    title: `Date: ${title}`,
    section,
    octets: withField(`Date: ${wire}`),
    expected: { date: iso },
  }),
);
