/** Encoded-words of every odd kind: RFC 2047, RFC 2231 §5, RFC 6532. */
import { lines, utf8, withField, type HardMessage } from "./hard-message.ts";

type Row = readonly [title: string, section: string, wire: string, subject: string];

const subjects: readonly Row[] = [
  [
    "two words, the blank between them is none",
    "RFC 2047 §6.2",
    "=?utf-8?q?a?= =?utf-8?q?b?=",
    "ab",
  ],
  ["two words with a fold between them", "RFC 2047 §6.2", "=?utf-8?q?a?=\r\n  =?utf-8?q?b?=", "ab"],
  ["a word and text, the blank counts", "RFC 2047 §6.2", "=?utf-8?q?a?= b", "a b"],
  ["a blank inside a word", "RFC 2047 §6.2", "=?utf-8?q?a_?= =?utf-8?q?b?=", "a b"],
  ["two words in two encodings", "RFC 2047 §6.2", "=?utf-8?q?=C3=A4?= =?utf-8?b?w7Y=?=", "äö"],
  ["two words in two charsets", "RFC 2047 §3", "=?iso-8859-1?q?=E4?= =?iso-8859-2?q?=B1?=", "äą"],
  ["an underscore that is encoded", "RFC 2047 §4.2", "=?utf-8?q?a=5Fb?=", "a_b"],
  ["a question mark that is encoded", "RFC 2047 §4.2", "=?utf-8?q?a=3F?=", "a?"],
  ["lower-case hexadecimal digits", "RFC 2047 §4.2", "=?utf-8?q?=c3=a4?=", "ä"],
  ["names in capitals", "RFC 2047 §2", "=?UTF-8?Q?=C3=A4?= =?UTF-8?B?w7Y=?=", "äö"],
  ["a language tag", "RFC 2231 §5", "=?utf-8*de?q?=C3=A4?=", "ä"],
  ["ISO-2022-JP", "RFC 2047 §3", "=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"],
  [
    "ISO-2022-JP, a word of each two characters",
    "RFC 2047 §3",
    "=?iso-2022-jp?b?GyRCRnwbKEI=?= =?iso-2022-jp?b?GyRCS1wbKEI=?=",
    "日本",
  ],
  ["GB18030", "RFC 2047 §3", "=?gb18030?b?1tA=?=", "中"],
  ["KOI8-R", "RFC 2047 §3", "=?koi8-r?q?=C1?=", "а"],
  ["Shift_JIS", "RFC 2047 §3", "=?shift_jis?b?k/o=?=", "日"],
  ["windows-1251", "RFC 2047 §3", "=?windows-1251?q?=C0?=", "А"],
  ["US-ASCII", "RFC 2047 §3", "=?us-ascii?q?a?=", "a"],
  [
    "what looks like a word inside a word",
    "RFC 2047 §2",
    "=?utf-8?b?PT91dGYtOD9xP2E/PQ==?=",
    "=?utf-8?q?a?=",
  ],
  ["no word: the charset is missing", "RFC 2047 §2", "=??q?a?=", "=??q?a?="],
  ["no word: an encoding that is none", "RFC 2047 §2", "=?utf-8?x?a?=", "=?utf-8?x?a?="],
  ["no word: it has no end", "RFC 2047 §2", "=?utf-8?q?a", "=?utf-8?q?a"],
  ["text that is UTF-8", "RFC 6532 §3.2", utf8("Grüße 日本"), "Grüße 日本"],
  ["UTF-8 and a word", "RFC 6532 §3.2", utf8("ä =?utf-8?q?=C3=B6?="), "ä ö"],
  ["a fold at a tab", "RFC 5322 §2.2.3", "a\r\n\tb", "a\tb"],
  ["a fold inside a run of blanks", "RFC 5322 §2.2.3", "a \r\n  b", "a   b"],
  ["a line of blanks alone, obsolete", "RFC 5322 §4.2", "a\r\n \r\n b", "a  b"],
];

export const wordMessages: readonly HardMessage[] = [
  ...subjects.map(([title, section, wire, subject]): HardMessage => ({
    title: `Subject: ${title}`,
    section,
    octets: withField(`Subject: ${wire}`),
    expected: { subject },
  })),
  {
    title: "Subject: text touches a word, which most readers decode all the same",
    section: "RFC 2047 §5",
    octets: withField("Subject: a=?utf-8?q?b?="),
    expected: { subject: "ab", defects: ["ENCODED_WORD_NOT_SEPARATED"] },
    isOpen: true,
  },
  {
    title: "the octets of a character split between two words of base64",
    section: "RFC 2047 §5",
    octets: withField("Subject: =?utf-8?b?5pc=?= =?utf-8?b?pQ==?="),
    expected: { subject: "日", defects: ["ENCODED_WORD_SPLIT_CHARACTER"] },
    isOpen: true,
  },
  {
    title: "a name of a mailbox as a word",
    section: "RFC 2047 §5",
    octets: lines("From: =?utf-8?q?J=C3=B6rg_M=2E?= <j@example.com>", "", "text"),
    expected: { from: [{ name: "Jörg M.", address: "j@example.com" }] },
  },
  {
    title: "a comma inside a word of a name does not end the mailbox",
    section: "RFC 2047 §5",
    octets: lines("From: =?utf-8?q?Doe=2C_J=C3=B6?= <j@example.com>", "", "text"),
    expected: { from: [{ name: "Doe, Jö", address: "j@example.com" }] },
  },
  {
    title: "an address inside a word of a name is none",
    section: "RFC 2047 §5",
    octets: lines("From: =?utf-8?q?=3Cevil=40example=2Enet=3E?= <j@example.com>", "", "text"),
    expected: { from: [{ name: "<evil@example.net>", address: "j@example.com" }] },
  },
  {
    title: "a word in a quoted-string is text",
    section: "RFC 2047 §5",
    octets: lines('From: "=?utf-8?q?a?=" <j@example.com>', "", "text"),
    expected: { from: [{ name: "=?utf-8?q?a?=", address: "j@example.com" }] },
  },
  {
    title: "words of a name with a fold between them",
    section: "RFC 2047 §6.2",
    octets: lines("From: =?utf-8?q?Ana?=\r\n =?utf-8?q?_Ruiz?= <a@example.com>", "", "text"),
    expected: { from: [{ name: "Ana Ruiz", address: "a@example.com" }] },
  },
];
