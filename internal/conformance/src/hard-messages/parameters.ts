/** Parameters: continued, encoded, quoted, commented. RFC 2045 §5.1, RFC 2231. */
import { file, lines, utf8, type HardMessage } from "./hard-message.ts";

type Row = readonly [title: string, section: string, parameters: string, name: string];

const rows: readonly Row[] = [
  ["a token", "RFC 2183 §2", "filename=a.txt", "a.txt"],
  ["a quoted string", "RFC 2045 §5.1", 'filename="a b.txt"', "a b.txt"],
  ["quoted pairs", "RFC 2045 §5.1", 'filename="a\\"b\\\\c.txt"', 'a"b\\c.txt'],
  ["a semicolon in quotes", "RFC 2045 §5.1", 'filename="a;b=c.txt"', "a;b=c.txt"],
  ["extended", "RFC 2231 §4", "filename*=utf-8''%C3%A4.txt", "ä.txt"],
  [
    "extended, in another charset, with a language",
    "RFC 2231 §4",
    "filename*=iso-8859-1'de'%E4.txt",
    "ä.txt",
  ],
  ["continued", "RFC 2231 §3", 'filename*0="a b";\r\n filename*1=c.txt', "a bc.txt"],
  ["continued, out of order", "RFC 2231 §3", "filename*1=b.txt; filename*0=a", "ab.txt"],
  [
    "continued, more than ten",
    "RFC 2231 §3",
    Array.from({ length: 12 }, (_, at) => `filename*${at}=${at}.`).join("; "),
    "0.1.2.3.4.5.6.7.8.9.10.11.",
  ],
  [
    "continued and extended",
    "RFC 2231 §4.1",
    "filename*0*=utf-8''%C3%A4; filename*1=b.txt",
    "äb.txt",
  ],
  [
    "continued, plain behind extended keeps its percent signs",
    "RFC 2231 §4.1",
    "filename*0*=utf-8''a; filename*1=%41.txt",
    "a%41.txt",
  ],
  [
    "continued, a character split between two sections",
    "RFC 2231 §4.1",
    "filename*0*=utf-8''%C3; filename*1*=%A4.txt",
    "ä.txt",
  ],
  ["extended before plain", "RFC 2231 §4", "filename=b.txt; filename*=utf-8''%C3%A4.txt", "ä.txt"],
  ["a name in capitals", "RFC 2045 §5.1", "FILENAME=a.txt", "a.txt"],
  ["a comment", "RFC 2045 §5.1", "filename=a.txt (a comment)", "a.txt"],
  ["a fold before it", "RFC 5322 §2.2.3", "\r\n\tfilename=a.txt", "a.txt"],
  ["UTF-8 in quotes", "RFC 6532 §3.2", utf8('filename="ä.txt"'), "ä.txt"],
  ["a percent sign in a plain value is one", "RFC 2231 §4", 'filename="a%41.txt"', "a%41.txt"],
];

export const parameterMessages: readonly HardMessage[] = rows.map(
  ([title, section, parameters, name]): HardMessage => ({
    title: `file name: ${title}`,
    section,
    octets: lines(
      "From: ana@example.com",
      "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "",
      "text",
      "--b",
      "Content-Type: application/x-data",
      `Content-Disposition: attachment; ${parameters}`,
      "Content-Transfer-Encoding: base64",
      "",
      "eA==",
      "--b--",
    ),
    expected: { files: [file(name, "x", "application/x-data")] },
  }),
);
