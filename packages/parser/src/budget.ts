/** What may still be decoded of one message. */
import { exceeded, type ParseLimits } from "./scan/limits.ts";

/** Counts decoded octets over all parts of a message. */
export class DecodingBudget {
  private readonly limits: ParseLimits;
  private taken = 0;

  constructor(limits: ParseLimits) {
    this.limits = limits;
  }

  /** @throws {LimitError} `PARSE_LIMIT` for `limits.decodedBytes` */
  take(octets: number): void {
    this.taken += octets;
    if (this.taken > this.limits.decodedBytes) throw exceeded(this.limits, "decodedBytes");
  }
}
