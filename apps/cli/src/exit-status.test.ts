import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitStatusOf } from "./exit-status.ts";

describe("exitStatusOf", () => {
  const rows: readonly [code: string, retry: unknown, status: number][] = [
    ["DELIVERY_PARTIAL", "no", 10],
    ["CLI_USAGE", undefined, 64],
    ["ADDRESS_SYNTAX", undefined, 64],
    ["CLI_PASSWORD_IN_ARGUMENTS", undefined, 64],
    ["SMTP_TLS_MODE_MISSING", undefined, 64],
    ["A_CODE_OF_TOMORROW", undefined, 64],
    ["DELIVERY_REFUSED", "no", 65],
    ["SMTP_DATA_REFUSED", "no", 65],
    ["SMTP_MESSAGE_TOO_LARGE", undefined, 65],
    ["SMTP_LENGTH_MISMATCH", undefined, 65],
    ["OUTGOING_HAS_NUL", undefined, 65],
    ["PARSE_LIMIT", undefined, 65],
    ["CLI_INPUT_TOO_LARGE", undefined, 65],
    ["FILE_UNREADABLE", undefined, 66],
    ["TLS_CA_UNREADABLE", undefined, 66],
    ["SMTP_HOST_NOT_FOUND", "no", 68],
    ["SMTP_CONNECTION_REFUSED", "later", 69],
    ["SMTP_STARTTLS_NOT_OFFERED", undefined, 69],
    ["SMTP_AUTH_NOT_OFFERED", undefined, 69],
    ["TLS_UNTRUSTED_ISSUER", undefined, 69],
    ["TLS_NAME_MISMATCH", undefined, 69],
    ["TLS_CERTIFICATE_EXPIRED", undefined, 69],
    ["SMTP_CONNECTION_LOST", "later", 74],
    ["SMTP_TIMEOUT", "later", 74],
    ["SMTP_OUTCOME_UNKNOWN", "no", 74],
    ["DELIVERY_REFUSED", "later", 75],
    ["SMTP_DATA_REFUSED", "later", 75],
    ["SMTP_GREETING_REFUSED", "later", 75],
    ["SMTP_SERVER_CLOSING", "later", 75],
    ["SMTP_NOT_SMTP", "no", 76],
    ["TLS_PLAINTEXT_ON_PORT", undefined, 76],
    ["SMTP_REPLY_MALFORMED", undefined, 76],
    ["SMTP_PLAINTEXT_AFTER_STARTTLS", undefined, 76],
    ["SMTP_AUTH_REFUSED", "no", 77],
    ["SMTP_SENDER_REFUSED", "no", 77],
    ["CLI_PASSWORD_COMMAND_FAILED", undefined, 78],
    ["TLS_CA_INVALID", undefined, 78],
  ];
  it.each(rows)("%s, retry %s: %i", (code, retry, status) => {
    expect(exitStatusOf(code, retry)).toBe(status);
  });

  it("never says that trying again is safe when the outcome is unknown", () => {
    expect(exitStatusOf("SMTP_OUTCOME_UNKNOWN", "later")).toBe(74);
  });

  it("names only codes that exist", () => {
    const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
    const source = readFileSync(new URL("exit-status.ts", import.meta.url), "utf8");
    const named = [...source.matchAll(/"([A-Z][A-Z0-9]*_[A-Z0-9_]+)"/g)].map(([, code]) => code);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((code) => !page.includes(`### ${code}\n`))).toEqual([]);
  });
});
