/** What DNS says of the sender's domain: MX, submission servers, SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489). */
import { defuse } from "@letterwright/base/display";
import type { Finding } from "./report.ts";
import { asked, type Resolver } from "./resolver.ts";
import { evaluateSpf, type SpfResult } from "./spf.ts";
import type { Cause } from "./tls-verdict.ts";

/** What to look at. */
export interface DomainQuestion {
  readonly domain: string;
  /** The domain of the reverse-path, for which SPF speaks. Default: the same. */
  readonly envelopeDomain?: string | undefined;
  /** The address from which mail is sent, as the world sees it. */
  readonly publicAddress?: string | undefined;
  readonly dkimSelector?: string | undefined;
  /** Whether the domain is to receive: then MX is looked at. */
  readonly looksAtMx: boolean;
}

/** What was found. */
export interface DomainReading {
  readonly findings: readonly Finding[];
  readonly cause: Cause | undefined;
}

/** Looks at a domain. */
export async function readDomain(
  question: DomainQuestion,
  resolver: Resolver,
): Promise<DomainReading> {
  const { domain, envelopeDomain = domain, publicAddress, dkimSelector } = question;
  const findings: Finding[] = [];
  const say = (status: Finding["status"], text: string): void => {
    findings.push({ stage: "domain", status, text: defuse(text) });
  };
  const [mx, submission, spf, dkim, dmarc] = await Promise.all([
    question.looksAtMx ? receives(domain, resolver) : undefined,
    submissionServers(domain, resolver),
    spfOf(envelopeDomain, publicAddress, resolver),
    dkimSelector === undefined ? undefined : dkimOf(domain, dkimSelector, resolver),
    dmarcOf(domain, resolver),
  ]);
  if (mx !== undefined) say(mx.isGood ? "ok" : "failed", mx.text);
  if (submission !== undefined) say("note", submission);
  say(spf.isBad ? "failed" : spf.result === "none" ? "note" : "ok", spf.text);
  if (dkim !== undefined) say(dkim.isGood ? "ok" : "failed", dkim.text);
  say(dmarc.policy === undefined ? "note" : "ok", dmarc.text);
  if (mx?.isGood === false)
    return {
      findings,
      cause: {
        id: "dns.no-mx",
        certainty: mx.isCertain ? "certain" : "likely",
        evidence: [mx.text],
      },
    };
  // What SPF says counts for From only where the two domains belong together (RFC 7489 §3.1.2).
  const aligned = isAligned(domain, envelopeDomain, dmarc.spfMode);
  const alignment =
    envelopeDomain === domain
      ? []
      : [
          `SPF speaks for ${envelopeDomain}, which ${aligned ? "stands" : "does not stand"} for ${domain} (${dmarc.spfMode})`,
        ];
  for (const text of alignment) say(aligned ? "ok" : "failed", text);
  // One of the two is enough for DMARC (RFC 7489 §4.2); of DKIM only a selector that was asked for is known.
  const isDkimOut = dkim !== undefined && !dkim.isGood;
  const isEnforced = dmarc.policy === "reject" || dmarc.policy === "quarantine";
  const isSpfOut = spf.isBad || (!aligned && isEnforced);
  const isRefused =
    isSpfOut && dkim?.isGood !== true && (isEnforced || spf.result === "fail" || isDkimOut);
  const evidence = [...alignment, spf.text, ...(dkim === undefined ? [] : [dkim.text]), dmarc.text];
  return {
    findings,
    cause: isRefused
      ? { id: "data.unauthenticated-sender", certainty: "likely", evidence }
      : undefined,
  };
}

async function receives(
  domain: string,
  resolver: Resolver,
): Promise<{ readonly isGood: boolean; readonly isCertain: boolean; readonly text: string }> {
  const found = await asked(resolver.mx(domain));
  if (found === "failed")
    return { isGood: true, isCertain: false, text: `MX of ${domain}: the resolver gave no answer` };
  if (typeof found !== "string" && found.length > 0) {
    // RFC 7505 §3: one record, the root, and nobody takes mail.
    const isNull = found.length === 1 && (found[0]?.exchange === "" || found[0]?.exchange === ".");
    const hosts = found.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
    return isNull
      ? { isGood: false, isCertain: true, text: `${domain} says that it takes no mail (null MX)` }
      : { isGood: true, isCertain: true, text: `MX of ${domain}: ${hosts.slice(0, 5).join(", ")}` };
  }
  // RFC 5321 §5.1: without MX, the address of the domain itself.
  const [four, six] = await Promise.all([
    asked(resolver.addresses(domain, 4)),
    asked(resolver.addresses(domain, 6)),
  ]);
  const hasAddress = [four, six].some((one) => typeof one !== "string" && one.length > 0);
  if (hasAddress)
    return {
      isGood: true,
      isCertain: true,
      text: `${domain} has no MX; its address takes the mail`,
    };
  const isCertain = four !== "failed" && six !== "failed";
  return { isGood: !isCertain, isCertain, text: `${domain} has neither MX nor address` };
}

/** RFC 8314 §5.1, RFC 6186 §3. */
async function submissionServers(domain: string, resolver: Resolver): Promise<string | undefined> {
  const [implicit, starttls] = await Promise.all([
    asked(resolver.srv(`_submissions._tcp.${domain}`)),
    asked(resolver.srv(`_submission._tcp.${domain}`)),
  ]);
  const named = [implicit, starttls]
    .flatMap((found) => (typeof found === "string" ? [] : found))
    .filter(({ name }) => name !== "" && name !== ".");
  if (named.length === 0) return undefined;
  return `submission servers by SRV: ${named
    .slice(0, 4)
    .map(({ name, port }) => `${name}:${port}`)
    .join(", ")}`;
}

async function spfOf(
  domain: string,
  address: string | undefined,
  resolver: Resolver,
): Promise<{
  readonly result: SpfResult | "present";
  readonly isBad: boolean;
  readonly text: string;
}> {
  if (address !== undefined) {
    const { result, because } = await evaluateSpf({ address, domain }, resolver);
    const isBad = result !== "pass" && result !== "neutral" && result !== "temperror";
    return { result, isBad, text: `SPF of ${domain} for ${address}: ${result} (${because})` };
  }
  const records = await asked(resolver.txt(domain));
  if (records === "failed")
    return {
      result: "temperror",
      isBad: false,
      text: `SPF of ${domain}: the resolver gave no answer`,
    };
  const found =
    typeof records === "string" ? undefined : records.find((text) => /^v=spf1( |$)/i.test(text));
  if (found === undefined)
    return { result: "none", isBad: true, text: `${domain} has no SPF record` };
  return { result: "present", isBad: false, text: `SPF of ${domain}: ${found.slice(0, 200)}` };
}

async function dkimOf(
  domain: string,
  selector: string,
  resolver: Resolver,
): Promise<{ readonly isGood: boolean; readonly text: string }> {
  const name = `${selector}._domainkey.${domain}`;
  const records = await asked(resolver.txt(name));
  if (records === "failed")
    return { isGood: true, text: `DKIM ${name}: the resolver gave no answer` };
  if (typeof records === "string" || records.length === 0)
    return { isGood: false, text: `DKIM: there is no key at ${name}` };
  const tags = tagsOf(records[0] ?? "");
  const key = tags.get("p");
  // RFC 6376 §3.6.1: an empty key is a revoked one.
  if (key === undefined || key === "")
    return {
      isGood: false,
      text: `DKIM: the key at ${name} is ${key === undefined ? "missing" : "revoked"}`,
    };
  return { isGood: true, text: `DKIM: there is a key at ${name} (${tags.get("k") ?? "rsa"})` };
}

/** RFC 7489 §6.6.3: at the domain, else at the organisation's. */
async function dmarcOf(
  domain: string,
  resolver: Resolver,
): Promise<{
  readonly policy: string | undefined;
  readonly spfMode: "relaxed" | "strict";
  readonly text: string;
}> {
  const parent = domain.split(".").slice(-2).join(".");
  for (const at of new Set([domain, parent])) {
    const records = await asked(resolver.txt(`_dmarc.${at}`));
    if (records === "failed")
      return {
        policy: undefined,
        spfMode: "relaxed",
        text: `DMARC of ${at}: the resolver gave no answer`,
      };
    if (typeof records === "string") continue;
    const record = records.find((text) => /^v=DMARC1\s{0,5}(;|$)/.test(text));
    if (record === undefined) continue;
    const tags = tagsOf(record);
    const policy = (at !== domain ? tags.get("sp") : undefined) ?? tags.get("p") ?? "none";
    const strict = [
      tags.get("aspf") === "s" ? "SPF" : "",
      tags.get("adkim") === "s" ? "DKIM" : "",
    ].filter((one) => one !== "");
    const alignment =
      strict.length === 0 ? "alignment relaxed" : `alignment strict for ${strict.join(" and ")}`;
    const spfMode = tags.get("aspf") === "s" ? "strict" : "relaxed";
    return { policy, spfMode, text: `DMARC of ${at}: p=${policy.slice(0, 20)}, ${alignment}` };
  }
  return { policy: undefined, spfMode: "relaxed", text: `${domain} has no DMARC record` };
}

/** RFC 6376 §3.2. */
function tagsOf(record: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const part of record.slice(0, 4096).split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0) tags.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return tags;
}

/**
 * Whether a domain that SPF or DKIM vouched for stands for the From domain (RFC 7489 §3.1): the same, or, relaxed, of
 * the same organisation. Without a list of public suffixes the organisation is the last two labels.
 */
export function isAligned(from: string, vouched: string, mode: "relaxed" | "strict"): boolean {
  const [left, right] = [from, vouched].map((name) => name.toLowerCase().replace(/\.$/, ""));
  if (left === right) return true;
  const organisation = (name = ""): string => name.split(".").slice(-2).join(".");
  return mode === "relaxed" && organisation(left) === organisation(right);
}
