/** The trace field that each server on the way adds: RFC 5321 §4.4. */
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { dateTime, formatDate, restAsDate, type DateTime } from "../date.ts";
import { defineField, type FieldDefinition } from "./definition.ts";
import { FieldScanner } from "./scanner.ts";
import { structuredText, trimBlanks, wordsBetween } from "./unstructured.ts";
import { tokensOf } from "./unit.ts";

/** A hop. Each text is as it stands, comments included: `"mx.example.org (mx.example.org [192.0.2.1])"`. */
export interface Received {
  readonly from?: string;
  readonly by?: string;
  readonly via?: string;
  readonly with?: string;
  readonly id?: string;
  readonly for?: string;
  /** When the hop was made; absent only where it could not be read. */
  readonly date?: DateTime;
}

/** What a {@link Received} is made from. */
export interface ReceivedInit extends Omit<Received, "date"> {
  readonly date: Date | DateTime;
}

const clauses = ["from", "by", "via", "with", "id", "for"] as const;
type Clause = (typeof clauses)[number];

/** Written by servers, newest first: use `prependField`. */
export const received: FieldDefinition<Received, ReceivedInit> = /* @__PURE__ */ defineField<
  Received,
  ReceivedInit
>("Received", {
  maxCount: Infinity,
  of: (init: ReceivedInit) => {
    const made: { -readonly [Name in keyof Received]: Received[Name] } = {};
    for (const clause of clauses) {
      const text = init[clause];
      if (text === undefined) continue;
      if (trimBlanks(text) === "" || text.includes(";")) {
        throw new UsageError(`the "${clause}" of Received is ${JSON.stringify(text)}`, {
          code: "RECEIVED_INVALID",
          hint: 'A clause says something, and has no ";", which starts the date (RFC 5321 §4.4).',
        });
      }
      made[clause] = structuredText(text, `the "${clause}" of Received`);
    }
    made.date = dateTime(init.date);
    return Object.freeze(made);
  },
  format: (value) => [
    ...clauses.flatMap((clause) => {
      const text = value[clause];
      return text === undefined ? [] : tokensOf(`${clause} ${text}`);
    }),
    ...(value.date === undefined
      ? []
      : [{ kind: "token", text: ";", glued: true } as const, ...tokensOf(formatDate(value.date))]),
  ],
  syntax: readReceived,
});

function readReceived(wire: string, report: Report): Received {
  const scanner = new FieldScanner(wire, report);
  const texts: (string | undefined)[] = [];
  let date: DateTime | undefined;
  let clause = -1; // the one that is being read
  let start = 0;
  for (;;) {
    scanner.skipBlanks();
    const { at } = scanner;
    const isEnd = scanner.isAtEnd;
    if (isEnd || wire.charCodeAt(at) === semicolon) {
      if (clause !== -1) texts[clause] ??= wordsBetween(wire, start, at);
      if (isEnd) scanner.fault("a date is missing (RFC 5321 §4.4)");
      else {
        scanner.at++;
        date = restAsDate(scanner);
      }
      break;
    }
    if (wire.charCodeAt(at) === quote) {
      scanner.quotedString();
      continue;
    }
    passWord(scanner);
    const named = clauseAt(wire, at, scanner.at);
    if (named !== -1 && texts[named] === undefined) {
      if (clause !== -1) texts[clause] ??= wordsBetween(wire, start, at);
      clause = named;
      start = scanner.at;
    } else if (scanner.at === at) scanner.at++; // a control character; never the same place again
    else if (clause === -1) {
      scanner.fault("words stand before the first clause (RFC 5321 §4.4)", at);
    }
  }
  return receivedOf(texts, date);
}

function receivedOf(texts: readonly (string | undefined)[], date: DateTime | undefined): Received {
  const made: { -readonly [Name in keyof Received]: Received[Name] } = {};
  const [from, by, via, protocol, id, forWhom] = texts;
  // Each under its own name: a name that is looked up costs more than all of this.
  if (from !== undefined) made.from = from;
  if (by !== undefined) made.by = by;
  if (via !== undefined) made.via = via;
  if (protocol !== undefined) made.with = protocol;
  if (id !== undefined) made.id = id;
  if (forWhom !== undefined) made.for = forWhom;
  if (date !== undefined) made.date = date;
  return Object.freeze(made);
}

const quote = 0x22;
const openParenthesis = 0x28;
const semicolon = 0x3b;

/** To the blank or control behind a word, or to what begins a date, a comment or a quoted-string. */
function passWord(scanner: FieldScanner): void {
  const { text } = scanner;
  let { at } = scanner;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === semicolon || code === openParenthesis || code === quote) break;
  }
  scanner.at = at;
}

/** Which of the clauses this word begins, in whatever case; most begin none, and are longer than their names. */
function clauseAt(wire: string, start: number, end: number): number {
  if (end - start > 4 || end - start < 2) return -1;
  return clauses.indexOf(wire.slice(start, end).toLowerCase() as Clause);
}
