/** From an error to its likely causes, without asking anybody. */
import { defuse } from "@letterwright/base/display";
import {
  failureOf,
  failures,
  isFailureId,
  type Failure,
  type FailureId,
} from "../catalogue/index.ts";
import { nearestHost } from "../near-host.ts";
import { providerOfInbound } from "../providers.ts";
import { signsOf } from "./rule.ts";
import { rules } from "./rules/index.ts";
import { symptomsOf, type FoundReply, type Symptoms } from "./symptoms.ts";
import { textOf, type Explainable } from "./text-of.ts";

/** How sure a candidate is. From words alone nothing is certain but what the words themselves name. */
export type Certainty = "certain" | "likely" | "possible";

/** A cause that the text speaks for. */
export interface Candidate {
  readonly id: FailureId;
  readonly certainty: Certainty;
  /** The signs in the text, as they were found. */
  readonly evidence: readonly string[];
  /** The line of the text in which the first sign stands, where it stands in one; at most 200 characters. */
  readonly excerpt: string | undefined;
  readonly failure: Failure;
}

/** What the text speaks for, the most likely first. */
export interface Explanation {
  /** Empty where nothing was recognised. */
  readonly candidates: readonly Candidate[];
  /** Replies in the text. */
  readonly replies: readonly FoundReply[];
  /** Whether the text was so long that only its start and its end were read: 64 Ki characters of each. */
  readonly isCut: boolean;
}

/** What is known besides the text. */
export interface ExplainContext {
  /** The server, as the user named it. */
  readonly host?: string | undefined;
  /** The SASL mechanism that was asked for. */
  readonly mechanism?: string | undefined;
}

const frequencies = new Map(failures.map(({ id, frequency }) => [id, frequency]));

/**
 * Explains an error: its text from whatever program, an `Error`, a reply, a bounce, or the name of a failure.
 *
 * It asks nobody, reads at most 128 Ki characters, and takes time in proportion to them. Where several causes show the
 * same words they are ranked; `diagnose` can tell them apart by probing.
 *
 * @example
 * ```ts
 * import { explain } from "@letterwright/doctor";
 *
 * const { candidates } = explain("550 5.7.26 Unauthenticated email from example.com is not accepted");
 * candidates[0]?.id; // => "data.unauthenticated-sender"
 * explain("auth.gmail-app-password").candidates[0]?.certainty; // => "certain"
 * explain("the cat sat on the mat").candidates; // => []
 * ```
 */
export function explain(input: Explainable, { host, mechanism }: ExplainContext = {}): Explanation {
  const text = textOf(input);
  const name = text.trim();
  if (isFailureId(name)) {
    const named: Candidate = {
      id: name,
      certainty: "certain",
      evidence: ["its name"],
      excerpt: undefined,
      failure: failureOf(name),
    };
    return { candidates: [named], replies: [], isCut: false };
  }
  const told = mechanism === undefined ? text : `${text}\nAUTH ${mechanism}`;
  const found = symptomsOf(told, host);
  const scored = new Map<FailureId, { weight: number; readonly evidence: Set<string> }>();
  const add = (id: FailureId, weight: number, signs: readonly string[]): void => {
    const known = scored.get(id);
    if (known === undefined) scored.set(id, { weight, evidence: new Set(signs) });
    else {
      // A second sign of the same cause makes it a little more likely.
      known.weight = Math.max(known.weight, weight) + 0.5;
      for (const sign of signs) known.evidence.add(sign);
    }
  };
  for (const rule of rules) {
    const signs = signsOf(rule, found);
    if (signs !== undefined) add(rule.id, rule.weight, signs);
  }
  for (const { id, weight, sign } of hostSigns(found)) add(id, weight, [sign]);
  const ranked = [...scored].toSorted(
    ([left, a], [right, b]) =>
      b.weight - a.weight || (frequencies.get(right) ?? 0) - (frequencies.get(left) ?? 0),
  );
  const [, second] = ranked;
  const candidates = ranked.map(([id, { weight, evidence }], at): Candidate => {
    const stands =
      at === 0 && weight >= 95 && (second === undefined || weight - second[1].weight >= 2);
    return {
      id,
      certainty: stands ? "certain" : weight >= 70 && at < 2 ? "likely" : "possible",
      evidence: [...evidence].map(defuse),
      excerpt: excerptOf(text, [...evidence]),
      failure: failureOf(id),
    };
  });
  return { candidates: candidates.slice(0, 5), replies: found.replies, isCut: found.isCut };
}

/** The first line that has one of the signs, as it was written. */
function excerptOf(text: string, signs: readonly string[]): string | undefined {
  const wanted = signs.map((sign) => sign.replaceAll('"', "").toLowerCase());
  const lines = text.slice(0, 65_536).split(/\r\n|\r|\n/, 2000);
  const found = lines.find((line) => {
    const low = line.toLowerCase();
    return wanted.some((sign) => low.includes(sign));
  });
  return found === undefined ? undefined : defuse(found.trim().slice(0, 200));
}

interface HostSign {
  readonly id: FailureId;
  readonly weight: number;
  readonly sign: string;
}

/** What the names of hosts say. */
function hostSigns(found: Symptoms): readonly HostSign[] {
  const signs: HostSign[] = [];
  const isReached =
    found.stage === "recipient" || found.stage === "content" || found.stage === "sender";
  const inbound = found.hosts.find((host) => providerOfInbound(host) !== undefined);
  const isStuck = found.replies.length === 0 || found.names.has("SMTP_AUTH_NOT_OFFERED");
  if (inbound !== undefined && !isReached && isStuck) {
    signs.push({
      id: "config.mx-used-for-submission",
      weight: 93,
      sign: `${inbound} only receives mail`,
    });
  }
  if (
    found.names.has("ENOTFOUND") ||
    found.names.has("SMTP_HOST_NOT_FOUND") ||
    found.text.includes("name or service not known")
  ) {
    for (const host of found.hosts) {
      const near = nearestHost(host);
      if (near !== undefined && near !== host) {
        signs.push({ id: "config.host-typo", weight: 91, sign: `${host} is nearly ${near}` });
        break;
      }
    }
  }
  return signs;
}
