/** Domains of recipients that a connection has served, where the server limits them. RFC 9422 §4.3. */
import { asciiDomain, type Envelope } from "@letterwright/message";

export class Reach {
  readonly #domains: Set<string> = new Set();
  readonly #max: number;

  constructor(max: number = Infinity) {
    this.#max = max;
  }

  /** Whether one message alone has more than the server takes in all. */
  get isExceeded(): boolean {
    return this.#domains.size > this.#max;
  }

  /** Counts the domains of a message in, unless the connection would then exceed the limit. The first is always let in. */
  admit({ recipients }: Envelope): boolean {
    if (this.#max === Infinity) return true;
    const domains = new Set(this.#domains);
    for (const { mailbox } of recipients) domains.add(asciiDomain(mailbox.domain).toLowerCase());
    if (domains.size > this.#max && this.#domains.size > 0) return false;
    for (const domain of domains) this.#domains.add(domain);
    return true;
  }
}
