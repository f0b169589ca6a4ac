/** What is remembered of a host: whether it bears what is not the plainest way to talk to it. */

/** What a host is still trusted with. */
export type Manners =
  /** Everything it offers. */
  | "full"
  /** One transaction at a time, content after the envelope was answered, no chunks unless the content needs them. */
  | "plain"
  /** One command at a time. */
  | "turns";

/** A host's record. */
export interface HostMemory {
  readonly manners: Manners;
  /** A connection broke, or a reply made no sense, while so much was under way on it. */
  broke(underWay: { readonly transactions: number; readonly isPipelined: boolean }): void;
  /** A message was answered as it should be. */
  behaved(): void;
}

// Lines break everywhere now and then. Only what breaks again and again while several transactions share it is taken
// for a server that cannot bear them.
const patience = 3;
// A server that was mended, or a path that was, is trusted again.
const forgivenAfter = 500;

/** A record without an entry. */
export function createHostMemory(): HostMemory {
  let strikes = 0;
  let good = 0;
  let manners: Manners = "full";
  return {
    get manners() {
      return manners;
    },
    broke({ transactions, isPipelined }) {
      good = 0;
      if (manners === "full" ? transactions < 2 : manners === "turns" || !isPipelined) return;
      strikes += 1;
      if (strikes < patience) return;
      strikes = 0;
      manners = manners === "full" ? "plain" : "turns";
    },
    behaved() {
      good += 1;
      if (good < forgivenAfter) {
        if (good > 50) strikes = 0;
        return;
      }
      good = 0;
      strikes = 0;
      manners = "full";
    },
  };
}
