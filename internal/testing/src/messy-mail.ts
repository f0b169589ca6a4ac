/** Octets as a parser may meet them: mail, almost mail, and anything else. */
import fc from "fast-check";

const lineEnds = ["\r\n", "\n", "\r", "\r\n\r\n", "\n\n", ""] as const;

const lines = [
  "From: Ana <ana@example.com>",
  "From: =?utf-8?q?=C3=84?= <a@example.com>, b@example.com",
  "From MAILER-DAEMON Fri Nov 27 10:00:00 2026",
  ">From x@example.com",
  "Subject: =?utf-8?b?w6kgIMOp?= x",
  "Subject : blank before colon",
  "Subject: folded\r\n and more\n\ttoo",
  " continues",
  "\tcontinues",
  ": no name",
  "no colon here",
  "Date: yesterday",
  "Date: Fri, 27 Nov 2026 10:00:00 +0000",
  "X-High: \u00e9\u00ff",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  'Content-Type: text/plain; charset=x-unknown; name="a"; name=b',
  "Content-Type: multipart/mixed; boundary=b",
  'Content-Type: multipart/mixed; boundary="b b"; boundary=c',
  "Content-Type: multipart/alternative; boundary=bb",
  "Content-Type: MULTIPART/digest;\r\n boundary=c",
  "Content-Type: multipart/mixed",
  "Content-Type: message/rfc822",
  "Content-Type: message/global",
  "Content-Type: message/delivery-status",
  "Content-Type: (comment) message/rfc822",
  "Content-Transfer-Encoding: base64",
  "Content-Transfer-Encoding: quoted-printable",
  "Content-Transfer-Encoding: 8bit",
  "Content-Transfer-Encoding: strange",
  "Content-Disposition: attachment; filename=a; filename*=utf-8''b",
  "",
  "",
  "",
  "--b",
  "--b--",
  "--bb",
  "--bb--  ",
  "--b \t",
  "--bX",
  "--c",
  "--c--",
  "--b b",
  "-",
  "--",
  "=E4=F6 =",
  "aGVsbG8=",
  "RnJvbTogYQ0KDQpib2R5",
  "Reporting-MTA: dns; mx.example",
  "text \0 and \x1b[2J",
] as const;

const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Lines of mail in any order, with any line ends between. */
const linesOfMail: fc.Arbitrary<Uint8Array> = fc
  .array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom(...lineEnds)), { maxLength: 25 })
  .map((pieces) => latin1(pieces.flat().join("")));

/** The same with the usual line end, so that more of it is structure. */
const orderlyLines: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(fc.constantFrom(...lines), { maxLength: 40 }), fc.constantFrom("\r\n", "\n"))
  .map(([pieces, lineEnd]) => latin1(pieces.join(lineEnd)));

/** Octets with what was done to them: cut, or with some of them changed, left out or put in. */
export function mutated(from: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    at: fc.nat(100_000),
    kind: fc.constantFrom("cut", "set", "drop", "insert"),
    octets: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  });
  return fc.tuple(from, fc.array(change, { maxLength: 4 })).map(([octets, changes]) => {
    let result = octets;
    for (const { at, kind, octets: others } of changes) {
      const place = result.length === 0 ? 0 : at % (result.length + 1);
      const rest = kind === "insert" ? place : place + others.length;
      const middle = kind === "set" || kind === "insert" ? others : new Uint8Array(0);
      result =
        kind === "cut"
          ? result.subarray(0, place)
          : Uint8Array.from([...result.subarray(0, place), ...middle, ...result.subarray(rest)]);
    }
    return result;
  });
}

/** Any octets, and octets that look like mail more or less. */
export const messyMail: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 3, arbitrary: linesOfMail },
  { weight: 4, arbitrary: orderlyLines },
  { weight: 2, arbitrary: mutated(orderlyLines) },
);
