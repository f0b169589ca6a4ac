/** Evaluating SPF: RFC 7208. */
import { isIP } from "node:net";
import { asked, type Resolver } from "./resolver.ts";

/** The results of RFC 7208 §2.6. */
export type SpfResult =
  | "none"
  | "neutral"
  | "pass"
  | "fail"
  | "softfail"
  | "temperror"
  | "permerror";

/** What is asked: may this address send for that domain? */
export interface SpfQuestion {
  readonly address: string;
  readonly domain: string;
  /** The reverse-path, for macros. Default `postmaster@` and the domain. */
  readonly sender?: string;
}

/** The answer, and what decided. */
export interface SpfAnswer {
  readonly result: SpfResult;
  /** The record of the domain, as published. */
  readonly record: string | undefined;
  /** The term that matched, or what was wrong. */
  readonly because: string;
}

/** RFC 7208 §4.6.4. */
const maxLookups = 10;
const maxVoidLookups = 2;

/**
 * Evaluates the SPF record of a domain for an address (RFC 7208 §4). The limits of §4.6.4 hold: ten terms that ask DNS,
 * two answers of nothing.
 */
export function evaluateSpf(question: SpfQuestion, resolver: Resolver): Promise<SpfAnswer> {
  return checkHost(question.domain, question, resolver, { lookups: 0, voids: 0 });
}

interface Budget {
  lookups: number;
  voids: number;
}

/** What ends the evaluation at once. */
class SpfError extends Error {
  readonly result: "temperror" | "permerror";
  constructor(result: "temperror" | "permerror", message: string) {
    super(message);
    this.result = result;
  }
}

async function checkHost(
  domain: string,
  question: SpfQuestion,
  resolver: Resolver,
  budget: Budget,
): Promise<SpfAnswer> {
  let record: string | undefined;
  try {
    record = await recordOf(domain, resolver);
    if (record === undefined)
      return { result: "none", record, because: `${domain} has no SPF record` };
    return await evaluate(record, domain, question, resolver, budget);
  } catch (error) {
    if (error instanceof SpfError) return { result: error.result, record, because: error.message };
    throw error;
  }
}

/** §4.5: exactly one record. */
async function recordOf(domain: string, resolver: Resolver): Promise<string | undefined> {
  const records = await asked(resolver.txt(domain));
  if (records === "failed") throw new SpfError("temperror", `DNS gave no answer for ${domain}`);
  if (typeof records === "string") return undefined;
  const found = records.filter((text) => /^v=spf1( |$)/i.test(text));
  if (found.length > 1)
    throw new SpfError(
      "permerror",
      `${domain} has ${found.length} SPF records, where one is allowed`,
    );
  return found[0];
}

async function evaluate(
  record: string,
  domain: string,
  question: SpfQuestion,
  resolver: Resolver,
  budget: Budget,
): Promise<SpfAnswer> {
  let redirect: string | undefined;
  for (const term of record.split(" ").slice(1)) {
    if (term === "") continue;
    const modifier = /^(redirect|exp)=(.*)$/i.exec(term);
    if (modifier !== null) {
      if (modifier[1]?.toLowerCase() === "redirect") redirect = modifier[2];
      continue;
    }
    if (/^[a-z][a-z0-9_.-]*=/i.test(term)) continue; // §6: unknown modifiers are passed over
    const parsed =
      /^([+?~-]?)([a-z0-9]+)(?::([^/\s]+))?((?:\/\d{1,3})?(?:\/\/\d{1,3})?)$/i.exec(term) ??
      /^([+?~-]?)(ip6):([0-9a-f:.]+)((?:\/\d{1,3})?)$/i.exec(term) ??
      undefined;
    if (parsed === undefined)
      throw new SpfError("permerror", `${JSON.stringify(term)} is no term of SPF`);
    const [, sign = "", name = "", argument, lengths = ""] = parsed;
    const mechanism: Mechanism = { name: name.toLowerCase(), argument, lengths };
    if (await matches(mechanism, domain, question, resolver, budget))
      return { result: results[sign] ?? "pass", record, because: term };
  }
  if (redirect !== undefined) {
    count(budget);
    const target = expand(redirect, domain, question);
    const answer = await checkHost(target, question, resolver, budget);
    // §6.1: a domain without a record is an error there.
    return answer.result === "none"
      ? { ...answer, result: "permerror", record }
      : { ...answer, record };
  }
  return { result: "neutral", record, because: "nothing matched" };
}

const results: Readonly<Record<string, SpfResult>> = {
  "+": "pass",
  "-": "fail",
  "~": "softfail",
  "?": "neutral",
};

interface Mechanism {
  readonly name: string;
  readonly argument: string | undefined;
  readonly lengths: string;
}

async function matches(
  mechanism: Mechanism,
  domain: string,
  question: SpfQuestion,
  resolver: Resolver,
  budget: Budget,
): Promise<boolean> {
  const { name, argument, lengths } = mechanism;
  const target = (): string =>
    argument === undefined ? domain : expand(argument, domain, question);
  const family = isIP(question.address) === 6 ? 6 : 4;
  switch (name) {
    case "all":
      return true;
    case "ip4":
    case "ip6": {
      const bits = /^\/(\d+)/.exec(lengths)?.[1];
      if (argument === undefined || isIP(argument) === 0)
        throw new SpfError("permerror", `${name} without an address`);
      return (
        isIP(argument) === isIP(question.address) &&
        sameNetwork(argument, question.address, bits === undefined ? undefined : Number(bits))
      );
    }
    case "include": {
      count(budget);
      const answer = await checkHost(target(), question, resolver, budget);
      if (answer.result === "pass") return true;
      if (answer.result === "temperror" || answer.result === "permerror")
        throw new SpfError(answer.result, `${target()}: ${answer.because}`);
      // §5.2: including a domain without a record is an error.
      if (answer.result === "none")
        throw new SpfError("permerror", `${target()}, which is included, has no SPF record`);
      return false;
    }
    case "a": {
      count(budget);
      return anyIn(
        await addressesOf(target(), family, resolver, budget),
        question.address,
        lengths,
      );
    }
    case "mx": {
      count(budget);
      const exchanges = await asked(resolver.mx(target()));
      if (exchanges === "failed")
        throw new SpfError("temperror", `DNS gave no answer for ${target()}`);
      if (typeof exchanges === "string") return nothing(budget);
      if (exchanges.length > maxLookups)
        throw new SpfError("permerror", `${target()} has more than ${maxLookups} MX records`);
      for (const { exchange } of exchanges) {
        if (anyIn(await addressesOf(exchange, family, resolver, budget), question.address, lengths))
          return true;
      }
      return false;
    }
    case "exists": {
      count(budget);
      const found = await addressesOf(target(), 4, resolver, budget);
      return found.length > 0;
    }
    case "ptr": // §5.5: not to be used, and slow; it counts and is not followed.
      count(budget);
      return false;
    default:
      throw new SpfError("permerror", `${JSON.stringify(name)} is no mechanism of SPF`);
  }
}

function count(budget: Budget): void {
  budget.lookups += 1;
  if (budget.lookups > maxLookups)
    throw new SpfError("permerror", `more than ${maxLookups} terms ask DNS (RFC 7208 §4.6.4)`);
}

function nothing(budget: Budget): false {
  budget.voids += 1;
  if (budget.voids > maxVoidLookups)
    throw new SpfError(
      "permerror",
      `more than ${maxVoidLookups} names lead nowhere (RFC 7208 §4.6.4)`,
    );
  return false;
}

async function addressesOf(
  host: string,
  family: 4 | 6,
  resolver: Resolver,
  budget: Budget,
): Promise<readonly string[]> {
  const found = await asked(resolver.addresses(host, family));
  if (found === "failed") throw new SpfError("temperror", `DNS gave no answer for ${host}`);
  if (typeof found === "string" || found.length === 0) {
    nothing(budget);
    return [];
  }
  return found;
}

/** §5.6: `/24` for IPv4, `//64` for IPv6. */
function anyIn(networks: readonly string[], address: string, lengths: string): boolean {
  const [, four, six] = /^(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(lengths) ?? [];
  const bits = isIP(address) === 6 ? six : four;
  return networks.some(
    (network) =>
      isIP(network) === isIP(address) &&
      sameNetwork(network, address, bits === undefined ? undefined : Number(bits)),
  );
}

function sameNetwork(network: string, address: string, bits: number | undefined): boolean {
  const left = octetsOf(network);
  const right = octetsOf(address);
  const length = bits ?? left.length * 8;
  if (length > left.length * 8)
    throw new SpfError("permerror", `/${length} is longer than the address`);
  for (let at = 0; at < left.length; at++) {
    const used = Math.min(8, Math.max(0, length - at * 8));
    const mask = (0xff << (8 - used)) & 0xff;
    if (((left[at] ?? 0) & mask) !== ((right[at] ?? 0) & mask)) return false;
  }
  return true;
}

/** The octets of an address; the platform's URL knows how IPv6 is written. */
function octetsOf(address: string): readonly number[] {
  if (isIP(address) === 4) return address.split(".").map(Number);
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string | undefined): number[] =>
    text === undefined || text === ""
      ? []
      : text.split(":").map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = groups(tail);
  const middle =
    tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...middle, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

/** §7: macros. */
function expand(text: string, domain: string, { address, sender }: SpfQuestion): string {
  const from = sender ?? `postmaster@${domain}`;
  const at = from.lastIndexOf("@");
  const values: Readonly<Record<string, string>> = {
    s: from,
    l: at <= 0 ? "postmaster" : from.slice(0, at),
    o: from.slice(at + 1),
    d: domain,
    i: isIP(address) === 6 ? nibbles(address) : address,
    h: domain,
    v: isIP(address) === 6 ? "ip6" : "in-addr",
  };
  return text.replaceAll(
    /%(?:\{([a-z])(\d{0,3})(r?)([.+,/_=-]*)\}|[%_-])/gi,
    (whole, letter: string | undefined, digits: string, reverse: string, delimiters: string) => {
      if (letter === undefined) return whole === "%%" ? "%" : whole === "%_" ? " " : "%20";
      const value = values[letter.toLowerCase()];
      if (value === undefined) throw new SpfError("permerror", `${whole} is no macro of SPF`);
      const separators = delimiters === "" ? "." : delimiters;
      let parts = splitAt(value, separators);
      if (reverse !== "") parts = parts.toReversed();
      if (digits !== "") parts = parts.slice(-Number(digits));
      return parts.join(".");
    },
  );
}

function splitAt(value: string, separators: string): string[] {
  const parts = [""];
  for (const character of value) {
    if (separators.includes(character)) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function nibbles(address: string): string {
  return octetsOf(address)
    .flatMap((octet) => [octet >> 4, octet & 15])
    .map((nibble) => nibble.toString(16))
    .join(".");
}
