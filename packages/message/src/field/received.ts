/** The trace field that each server on the way adds: RFC 5321 §4.4. */
import { UsageError } from "@letterwright/base/error";
import { dateTime, formatDate, scanDate, type DateTime } from "../date.ts";
import { defineField, type FieldDefinition } from "./definition.ts";
import { FieldScanner } from "./scanner.ts";
import { structuredText, trimBlanks, wordsOf } from "./unstructured.ts";
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
  syntax: (wire, report) => {
    const scanner = new FieldScanner(wire, report);
    const made: { -readonly [Name in keyof Received]: Received[Name] } = {};
    let clause: Clause | undefined;
    let start = 0;
    const close = (end: number): void => {
      if (clause !== undefined) made[clause] ??= wordsOf(wire.slice(start, end));
    };
    for (;;) {
      scanner.skipBlanks();
      const at = scanner.at;
      if (scanner.isAtEnd) {
        close(at);
        scanner.fault("a date is missing (RFC 5321 §4.4)");
        break;
      }
      if (scanner.take(";")) {
        close(at);
        const date = scanDate(wire.slice(scanner.at), (code, index, message) =>
          report(code, index + at + 1, message),
        );
        if (date !== undefined) made.date = date;
        break;
      }
      if (wire.charCodeAt(at) === 0x22) {
        scanner.quotedString();
        continue;
      }
      const word = scanner.run(isWordCode);
      const named = clauseNamed(word);
      if (named !== undefined && made[named] === undefined) {
        close(at);
        clause = named;
        start = scanner.at;
      } else if (word === "") scanner.at++; // a control character; never the same place again
      else if (clause === undefined) {
        scanner.fault("words stand before the first clause (RFC 5321 §4.4)", at);
        clause = undefined;
      }
    }
    return Object.freeze(made);
  },
});

/** The clause that this word begins; most words begin none, and are longer than their names. */
function clauseNamed(word: string): Clause | undefined {
  if (word.length > 4) return undefined;
  const lower = word.toLowerCase();
  return clauses.find((one) => one === lower);
}

/** What belongs to a word: no blank or control, and nothing that begins a date, a comment or a quoted-string. */
function isWordCode(code: number): boolean {
  return code > 0x20 && code !== 0x3b && code !== 0x28 && code !== 0x22;
}
