/** Contents: transfer encodings, charsets, lines. RFC 2045 §6, RFC 2046 §4. */
import { lines, utf8, type HardMessage } from "./hard-message.ts";

type Row = readonly [
  title: string,
  section: string,
  fields: readonly string[],
  body: string,
  text: string,
];

const encoding = (name: string): string => `Content-Transfer-Encoding: ${name}`;
const charset = (name: string): string => `Content-Type: text/plain; charset=${name}`;

const rows: readonly Row[] = [
  [
    "quoted-printable, soft line ends",
    "RFC 2045 §6.7",
    [encoding("quoted-printable")],
    "a=\r\nb=\r\n=\r\nc",
    "abc",
  ],
  [
    "quoted-printable, blanks at a line's end are none",
    "RFC 2045 §6.7",
    [encoding("quoted-printable")],
    "a  \r\nb=20\r\n",
    "a\nb ",
  ],
  [
    "quoted-printable, blanks behind a soft line end",
    "RFC 2045 §6.7",
    [encoding("quoted-printable")],
    "a= \t\r\nb",
    "ab",
  ],
  [
    "quoted-printable, lower-case digits",
    "RFC 2045 §6.7",
    [charset("utf-8"), encoding("quoted-printable")],
    "=c3=a4",
    "ä",
  ],
  [
    "quoted-printable, an escape that is none stays",
    "RFC 2045 §6.7",
    [encoding("quoted-printable")],
    "a=XYb",
    "a=XYb",
  ],
  [
    "base64, on lines of odd lengths",
    "RFC 2045 §6.8",
    [encoding("base64")],
    "aG\r\nVsbG\r\n8=",
    "hello",
  ],
  [
    "base64, other characters are passed over",
    "RFC 2045 §6.8",
    [encoding("base64")],
    "aG!V*s bG8=",
    "hello",
  ],
  ["base64, without padding", "RFC 2045 §6.8", [encoding("base64")], "aGVsbG8", "hello"],
  ["an encoding in capitals", "RFC 2045 §6.1", [encoding("BASE64")], "aGVsbG8=", "hello"],
  [
    "an encoding with a comment",
    "RFC 2045 §6.1",
    [encoding("base64 (comment)")],
    "aGVsbG8=",
    "hello",
  ],
  [
    "an encoding behind a fold",
    "RFC 5322 §2.2.3",
    ["Content-Transfer-Encoding:\r\n base64"],
    "aGVsbG8=",
    "hello",
  ],
  ["iso-8859-1", "RFC 2046 §4.1.2", [charset("iso-8859-1"), encoding("8bit")], "\u00e4", "ä"],
  ["iso-8859-15", "RFC 2046 §4.1.2", [charset("iso-8859-15"), encoding("8bit")], "\u00a4", "€"],
  ["utf-8 in quotes", "RFC 2045 §5.1", [charset('"UTF-8"'), encoding("8bit")], utf8("ä"), "ä"],
  [
    "utf-16 with a mark of its order",
    "RFC 2781 §4.3",
    [charset("utf-16le"), encoding("base64")],
    "5AD2AA==",
    "äö",
  ],
  ["gb2312", "RFC 2046 §4.1.2", [charset("gb2312"), encoding("base64")], "1tC5+g==", "中国"],
  ["big5", "RFC 2046 §4.1.2", [charset("big5"), encoding("base64")], "pKSw6g==", "中國"],
  ["euc-kr", "RFC 2046 §4.1.2", [charset("euc-kr"), encoding("base64")], "x9E=", "한"],
  [
    "iso-2022-jp",
    "RFC 1468",
    [charset("iso-2022-jp"), encoding("7bit")],
    "\u001b$BF|K\\\u001b(B",
    "日本",
  ],
  ["no charset is ASCII", "RFC 2046 §4.1.2", ["Content-Type: text/plain"], "a", "a"],
  [
    "a type with a comment",
    "RFC 2045 §5.1",
    ["Content-Type: text/plain (c); charset=utf-8", encoding("8bit")],
    utf8("ä"),
    "ä",
  ],
  ["an empty body", "RFC 5322 §3.5", [], "", ""],
  ["lines that are too long", "RFC 5322 §2.1.1", [], "x".repeat(2000), "x".repeat(2000)],
  ["a lone dot", "RFC 5322 §3.5", [], ".\r\n..\r\nend", ".\n..\nend"],
  [
    "lines that begin with From",
    "RFC 5322 §3.5",
    [],
    "From here\r\n>From there",
    "From here\n>From there",
  ],
  [
    "a dash line that is no delimiter",
    "RFC 5322 §3.5",
    [],
    "--b\r\ntext\r\n--b--",
    "--b\ntext\n--b--",
  ],
];

const flowed = (parameters: string, ...body: readonly string[]): string =>
  lines("From: a@example.com", `Content-Type: text/plain; format=flowed${parameters}`, "", ...body);

export const bodyMessages: readonly HardMessage[] = [
  ...rows.map(([title, section, fields, body, text]): HardMessage => ({
    title: `text: ${title}`,
    section,
    octets: lines("From: ana@example.com", "MIME-Version: 1.0", ...fields, "", body),
    expected: { text },
  })),
  {
    title: "text: flowed lines are one",
    section: "RFC 3676 §4.1",
    octets: flowed("", "a long ", "paragraph", "next"),
    expected: { text: "a long paragraph\nnext" },
  },
  {
    title: "text: flowed, the blank before a line is taken off",
    section: "RFC 3676 §4.4",
    octets: flowed("", " From here", "  two"),
    expected: { text: "From here\n two" },
  },
  {
    title: "text: flowed with delsp, the blank at the end goes",
    section: "RFC 3676 §4.1",
    octets: flowed("; delsp=yes", "para ", "graph"),
    expected: { text: "paragraph" },
  },
  {
    title: "text: flowed, the line above a signature stays",
    section: "RFC 3676 §4.3",
    octets: flowed("", "text", "-- ", "Ana"),
    expected: { text: "text\n-- \nAna" },
  },
  {
    title: "text: octets that are none of the charset",
    section: "RFC 2045 §5.2",
    octets: lines("From: a@example.com", charset("utf-8"), encoding("8bit"), "", "a\u00ffb"),
    expected: { text: "a\ufffdb", defects: ["CHARSET_OCTETS_INVALID"] },
    isOpen: true,
  },
  {
    title: "text: a charset that nobody knows, octets that are UTF-8",
    section: "RFC 2045 §5.2",
    octets: lines("From: a@example.com", charset("x-none"), encoding("8bit"), "", utf8("ä")),
    expected: { text: "ä", defects: ["CHARSET_UNKNOWN"] },
    isOpen: true,
  },
  {
    title: "text: an encoding that nobody knows",
    section: "RFC 2045 §6.4",
    octets: lines("From: a@example.com", encoding("x-none"), "", "a=41"),
    expected: { text: "a=41", defects: ["ENCODING_UNKNOWN"] },
    isOpen: true,
  },
  {
    title: "text: two encodings",
    section: "RFC 2045 §6.1",
    octets: lines("From: a@example.com", encoding("7bit"), encoding("base64"), "", "aGk="),
    expected: { text: "aGk=", defects: ["ENCODING_DUPLICATE"] },
    isOpen: true,
  },
  {
    title: "text: a NUL",
    section: "RFC 5322 §4.1",
    octets: lines("From: a@example.com", "", "a\0b"),
    expected: { text: "a\0b", defects: ["NUL_OCTET"] },
    isOpen: true,
  },
];
