/** Writing into an array that the caller brought. */
import { UsageError } from "./error.ts";

/** @throws {UsageError} `TARGET_TOO_SMALL` */
export function assertRoom(target: Uint8Array, offset: number, next: number): void {
  if (Number.isInteger(offset) && offset >= 0 && next <= target.length) return;
  throw new UsageError(
    `octets ${offset} to ${next} do not lie in a target of ${target.length} octets`,
    {
      code: "TARGET_TOO_SMALL",
      hint: "Ask the function that tells the length first, and make room for that much.",
    },
  );
}
