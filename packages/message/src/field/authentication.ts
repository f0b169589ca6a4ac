/** What signers and verifiers write: RFC 6376, RFC 8601, RFC 8617. */
import { UsageError } from "@letterwright/base/error";
import { isAscii } from "@letterwright/base/bytes";
import { isToken } from "@letterwright/base/grammar";
import { defineField, type FieldDefinition } from "./definition.ts";
import { FieldScanner } from "./scanner.ts";
import { fieldText } from "./text.ts";
import { opaque } from "./unstructured.ts";
import type { FieldUnit } from "./unit.ts";

/** A signature over exact bytes: its lines are never folded anew (RFC 6376 §3.7). */
export const dkimSignature: FieldDefinition<readonly string[], string | readonly string[]> =
  /* @__PURE__ */ opaque("DKIM-Signature");
export const arcSeal: FieldDefinition<readonly string[], string | readonly string[]> =
  /* @__PURE__ */ opaque("ARC-Seal");
export const arcMessageSignature: FieldDefinition<readonly string[], string | readonly string[]> =
  /* @__PURE__ */ opaque("ARC-Message-Signature");
export const arcAuthenticationResults: FieldDefinition<
  readonly string[],
  string | readonly string[]
> = /* @__PURE__ */ opaque("ARC-Authentication-Results");

/** One method and what it found, RFC 8601 §2.2. */
export interface AuthenticationResult {
  /** `"spf"`, `"dkim"`, `"dmarc"`. */
  readonly method: string;
  /** `"pass"`, `"fail"`, `"none"`. */
  readonly result: string;
  readonly reason?: string;
  /** `{ "smtp.mailfrom": "example.com" }`. An object without a prototype. */
  readonly properties: Readonly<Record<string, string>>;
}

/** What a verifier found, RFC 8601. Believe it only from a host of your own (§1.2). */
export interface AuthenticationResults {
  /** Who verified. */
  readonly authservId: string;
  /** Empty when nothing was verified, `none`. */
  readonly results: readonly AuthenticationResult[];
}

export const authenticationResults: FieldDefinition<AuthenticationResults> =
  /* @__PURE__ */ defineField<AuthenticationResults>("Authentication-Results", {
    maxCount: Infinity,
    of: checkedResults,
    format: ({ authservId, results }) => [
      { kind: "token", text: authservId },
      ...(results.length === 0
        ? ([semicolon, { kind: "token", text: "none" }] as const)
        : results.flatMap(resultUnits)),
    ],
    syntax: (wire, report) => {
      const scanner = new FieldScanner(wire, report);
      scanner.skipBlanks();
      const authservId = value(scanner);
      scanner.skipBlanks();
      scanner.run(isDigit); // the version, 1
      const results: AuthenticationResult[] = [];
      for (;;) {
        scanner.skipBlanks();
        if (scanner.isAtEnd) break;
        if (!scanner.take(";")) {
          scanner.fault('expected ";" and a result (RFC 8601 §2.2)');
          scanner.run((code) => code !== 0x3b);
          continue;
        }
        scanner.skipBlanks();
        if (scanner.isAtEnd) break;
        const result = scanResult(scanner);
        if (result !== undefined) results.push(result);
      }
      if (authservId !== "") return Object.freeze({ authservId, results: Object.freeze(results) });
      report("FIELD_SYNTAX", 0, "expected who verified (RFC 8601 §2.2)");
      return undefined;
    },
  });

const semicolon: FieldUnit = Object.freeze({ kind: "token", text: ";", glued: true });

function resultUnits({ method, result, reason, properties }: AuthenticationResult): FieldUnit[] {
  return [
    semicolon,
    { kind: "token", text: `${method}=${result}` },
    ...(reason === undefined ? [] : [{ kind: "token", text: `reason=${quoted(reason)}` } as const]),
    ...Object.keys(properties).map((name): FieldUnit => {
      return { kind: "token", text: `${name}=${quoted(properties[name] as string)}` };
    }),
  ];
}

function checkedResults({ authservId, results }: AuthenticationResults): AuthenticationResults {
  assertWord(authservId, authservId);
  return Object.freeze({
    authservId,
    results: Object.freeze(
      results.map(({ method, result, reason, properties }) => {
        assertWord(method, method.replace("/", ""));
        assertWord(result, result);
        const checked = Object.create(null) as Record<string, string>;
        for (const name of Object.keys(properties)) {
          assertWord(name, name);
          checked[name] = assertText(properties[name] as string);
        }
        return Object.freeze({
          method,
          result,
          ...(reason === undefined ? {} : { reason: assertText(reason) }),
          properties: Object.freeze(checked),
        });
      }),
    ),
  });
}

function assertWord(text: string, token: string): void {
  if (isToken(token)) return;
  throw new UsageError(`${JSON.stringify(text)} cannot stand in Authentication-Results`, {
    code: "FIELD_VALUE_INVALID",
    hint: "Methods, results, names of properties and who verified are tokens (RFC 8601 §2.2).",
  });
}

function assertText(text: string): string {
  fieldText(text, "Authentication-Results");
  if (isAscii(text)) return text;
  throw new UsageError(`${JSON.stringify(text)} cannot stand in Authentication-Results`, {
    code: "FIELD_NOT_ASCII",
    hint: "A structured field cannot be encoded: programs read it as it stands.",
  });
}

function scanResult(scanner: FieldScanner): AuthenticationResult | undefined {
  const pairs: [string, string][] = [];
  while (!scanner.isAtEnd && scanner.peek() !== ";") {
    const start = scanner.at;
    const name = scanner.run((code) => code > 0x20 && !stops.includes(String.fromCharCode(code)));
    scanner.skipBlanks();
    if (scanner.take("=")) {
      scanner.skipBlanks();
      pairs.push([name.toLowerCase(), value(scanner)]);
    } else if (name.toLowerCase() !== "none" || pairs.length > 0) {
      scanner.fault('expected name "=" value (RFC 8601 §2.2)', start);
    }
    scanner.skipBlanks();
    if (scanner.at === start) scanner.at++; // never the same place again
  }
  const [first, ...rest] = pairs;
  if (first === undefined) return undefined;
  const properties = Object.create(null) as Record<string, string>;
  let reason: string | undefined;
  for (const [name, found] of rest) {
    if (name === "reason") reason ??= found;
    else properties[name] ??= found;
  }
  const [method, result] = first;
  return Object.freeze({
    method,
    result: result.toLowerCase(),
    ...(reason === undefined ? {} : { reason }),
    properties: Object.freeze(properties),
  });
}

const stops = '=;("';

function value(scanner: FieldScanner): string {
  if (scanner.peek() === '"') return scanner.quotedString();
  return scanner.run((code) => code > 0x20 && code !== 0x3b && code !== 0x28 && code !== 0x22);
}

function quoted(text: string): string {
  const isPlain =
    text !== "" && [...text].every((character) => isToken(character) || "@/:".includes(character));
  if (isPlain) return text;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
