/** The comparisons of the compliance suite: it needs no test runner. */
import { ComplianceError } from "./harness.ts";

/** @throws {ComplianceError} with what was expected and what was found */
export function expectEqual(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [shown(found), shown(expected)];
  if (one !== other) throw new ComplianceError(`${what}: expected ${other}, found ${one}`);
}

/** @throws {ComplianceError} */
export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new ComplianceError(what);
}

/** What the promise was rejected with; one that is fulfilled is a fault. */
export async function rejectionOf(promise: Promise<unknown>, when: string): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new ComplianceError(`send was fulfilled ${when}`);
}

/** The code of an error of the family, else what it is. */
export function codeOf(error: unknown): string {
  const code: unknown =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : String(error);
}

/** Whether `error` is `wanted`, or was caused by it. */
export function isCausedBy(error: unknown, wanted: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 10; depth++) {
    if (at === wanted) return true;
    if (!(at instanceof Error)) return false;
    at = at.cause;
  }
  return false;
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) {
    let text = "";
    for (const octet of value) {
      text +=
        octet >= 0x20 && octet < 0x7f
          ? String.fromCharCode(octet)
          : `\\x${octet.toString(16).padStart(2, "0")}`;
    }
    return text;
  }
  return JSON.stringify(value) ?? String(value);
}
