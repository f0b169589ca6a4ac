/** How the time of the field scanners grows, on input made to make them slow. */
import { decodeWords } from "@letterwright/base/codec";
import { smtpPolicy, writeField } from "@letterwright/generator";
import {
  authenticationResults,
  contentType,
  fieldOf,
  keywords,
  listUnsubscribe,
  parseMessageIds,
  readField,
  received,
  references,
  subject,
  type FieldDefinition,
} from "@letterwright/message";
import type { Growth } from "./comparison.ts";

const repeated =
  (piece: string, start = "") =>
  (length: number): string =>
    start + piece.repeat(Math.ceil(length / piece.length));

function reading(
  name: string,
  definition: FieldDefinition<unknown, never>,
  piece: string,
  start?: string,
): Growth {
  return {
    name: `read ${name}: ${JSON.stringify(piece)}`,
    input: repeated(piece, start),
    run: (input) => readField(definition, input as string),
  };
}

export const fieldGrowths: readonly Growth[] = [
  ...["word ", "=?utf-8?q?a?= ", "=?", "=?a?q?", " ", "é"].map((piece) =>
    reading("Subject", subject, piece),
  ),
  ...["; a=b", '; a="\\"', ";", "=", "(", "; a*0*=", "; a*1=x"].map((piece) =>
    reading("Content-Type", contentType, piece, "text/plain"),
  ),
  ...["<a@b> ", "<", ">", "(", '"'].map((piece) => reading("References", references, piece)),
  ...["a, ", '"', "(a)"].map((piece) => reading("Keywords", keywords, piece)),
  ...["<https://a.example/>, ", "<", ","].map((piece) =>
    reading("List-Unsubscribe", listUnsubscribe, piece),
  ),
  ...["from a ", ";", "(", "("].map((piece) => reading("Received", received, piece)),
  ...["; a=b c=d", ";", "="].map((piece) =>
    reading("Authentication-Results", authenticationResults, piece),
  ),
  {
    name: "parse references",
    input: repeated("<0123456789@example.com> "),
    run: (input) => parseMessageIds(input as string),
  },
  {
    name: "decode words split in characters",
    input: repeated("=?utf-8?q?=C3?= =?utf-8?q?=A9?= "),
    run: (input) => decodeWords(input as string),
  },
  ...["word ", "é ", "é", " ", "=?", "日本語"].map((piece): Growth => ({
    name: `write Subject: ${JSON.stringify(piece)}`,
    input: (length) => fieldOf(subject, repeated(piece)(length)),
    run: (input) => writeField(input as ReturnType<typeof fieldOf<string, string>>, smtpPolicy),
  })),
];
