/** Addresses: quoted, commented, grouped, obsolete. RFC 5322 §3.4 and §4.4. */
import type { ReadMailbox } from "../reading.ts";
import { lines, utf8, type HardMessage } from "./hard-message.ts";

const box = (name: string, address: string): ReadMailbox => ({ name, address });

type Row = readonly [title: string, section: string, wire: string, to: readonly ReadMailbox[]];

const rows: readonly Row[] = [
  ["an address alone", "RFC 5322 §3.4", "a@example.com", [box("", "a@example.com")]],
  [
    "a comma in a quoted name",
    "RFC 5322 §3.2.4",
    '"Doe, Jane" <j@example.com>',
    [box("Doe, Jane", "j@example.com")],
  ],
  [
    "a quoted pair in a name",
    "RFC 5322 §3.2.4",
    '"a \\"b\\" c" <a@example.com>',
    [box('a "b" c', "a@example.com")],
  ],
  [
    "an address in a quoted name is none",
    "RFC 5322 §3.4",
    '"x <e@example.net>" <a@example.com>',
    [box("x <e@example.net>", "a@example.com")],
  ],
  [
    "a group",
    "RFC 5322 §3.4",
    "Team: a@example.com, B <b@example.com>;",
    [box("", "a@example.com"), box("B", "b@example.com")],
  ],
  ["a group without members", "RFC 5322 §3.4", "undisclosed-recipients:;", []],
  [
    "a group among mailboxes",
    "RFC 5322 §3.4",
    "x@example.com, G: y@example.com;, z@example.com",
    [box("", "x@example.com"), box("", "y@example.com"), box("", "z@example.com")],
  ],
  [
    "comments everywhere",
    "RFC 5322 §3.2.2",
    "(c) Ana (d) <(e) a@example.com (f)> (g)",
    [box("Ana", "a@example.com")],
  ],
  [
    "a comment in a comment",
    "RFC 5322 §3.2.2",
    "Ana (a (b) c) <a@example.com>",
    [box("Ana", "a@example.com")],
  ],
  [
    "a comma in a comment",
    "RFC 5322 §3.2.2",
    "Ana (a, b) <a@example.com>",
    [box("Ana", "a@example.com")],
  ],
  [
    "a dot in a name, obsolete",
    "RFC 5322 §4.1",
    "Jane Q. Doe <j@example.com>",
    [box("Jane Q. Doe", "j@example.com")],
  ],
  [
    "empty places in a list, obsolete",
    "RFC 5322 §4.4",
    "a@example.com, , b@example.com,",
    [box("", "a@example.com"), box("", "b@example.com")],
  ],
  [
    "a fold inside",
    "RFC 5322 §3.2.2",
    "Ana\r\n <a@example.com>,\r\n\tb@example.com",
    [box("Ana", "a@example.com"), box("", "b@example.com")],
  ],
  [
    "a name in UTF-8",
    "RFC 6532 §3.2",
    utf8("Jörg <j@example.com>"),
    [box("Jörg", "j@example.com")],
  ],
  [
    "a local part in UTF-8",
    "RFC 6532 §3.2",
    utf8("jörg@example.com"),
    [box("", "jörg@example.com")],
  ],
];

/** What few programs write and many do not read; ours does. */
const rare: readonly Row[] = [
  [
    "a local part in quotes",
    "RFC 5322 §3.4.1",
    '"a b"@example.com',
    [box("", '"a b"@example.com')],
  ],
  ["an @ in a local part", "RFC 5322 §3.4.1", '"a@b"@example.com', [box("", '"a@b"@example.com')]],
  ["an address literal", "RFC 5322 §3.4.1", "a@[192.0.2.1]", [box("", "a@[192.0.2.1]")]],
  [
    "a route, obsolete",
    "RFC 5322 §4.4",
    "Ana <@x.example,@y.example:a@example.com>",
    [box("Ana", "a@example.com")],
  ],
  [
    "blanks around the dots, obsolete",
    "RFC 5322 §4.4",
    "a . b @ example . com",
    [box("", "a.b@example.com")],
  ],
];

const hardAddress = ([title, section, wire, to]: Row): HardMessage => ({
  title: `To: ${title}`,
  section,
  octets: lines("From: ana@example.com", `To: ${wire}`, "", "text"),
  expected: { to },
});

export const addressMessages: readonly HardMessage[] = [
  ...rows.map(hardAddress),
  ...rare.map((row): HardMessage => ({ ...hardAddress(row), isOpen: true })),
];
