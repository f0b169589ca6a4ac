/** What DNS says of the host, and whether it is a server that only receives. */
import { isIP } from "node:net";
import type { Finding } from "./report.ts";
import { asked, type Absence, type Resolver } from "./resolver.ts";
import { domainOf, type DiagnoseTarget, type Goal } from "./target.ts";

/** What was found. */
export interface NamesReading {
  readonly findings: readonly Finding[];
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** Why there is no address at all. */
  readonly absence: Absence | undefined;
  /** The domains whose mail the host receives. */
  readonly receivesFor: readonly string[];
}

/** Looks the names up. What is on this machine is not asked about. */
export async function readNames(
  target: DiagnoseTarget,
  goal: Goal,
  resolver: Resolver,
  now: () => number,
): Promise<NamesReading> {
  const family = isIP(goal.host);
  if (goal.isLoopback || family !== 0) {
    return {
      findings: [],
      ipv4: family === 4 ? [goal.host] : [],
      ipv6: family === 6 ? [goal.host] : [],
      absence: undefined,
      receivesFor: [],
    };
  }
  const started = now();
  const domains = [
    ...new Set(
      [domainOf(target.user), domainOf(target.from), parentOf(goal.host)].filter(
        (one) => one !== undefined,
      ),
    ),
  ];
  const [ipv4, ipv6, ...exchanges] = await Promise.all([
    asked(resolver.addresses(goal.host, 4)),
    asked(resolver.addresses(goal.host, 6)),
    ...domains.map((domain) => asked(resolver.mx(domain))),
  ]);
  const receivesFor = domains.filter((_, at) => {
    const found = exchanges[at];
    return (
      Array.isArray(found) &&
      found.some(
        ({ exchange }) => exchange.toLowerCase().replace(/\.$/, "") === goal.host.toLowerCase(),
      )
    );
  });
  const found4 = Array.isArray(ipv4) ? (ipv4 as readonly string[]) : [];
  const found6 = Array.isArray(ipv6) ? (ipv6 as readonly string[]) : [];
  const isFound = found4.length + found6.length > 0;
  const absence = isFound ? undefined : absenceOf(ipv4, ipv6);
  const findings: Finding[] = [
    {
      stage: "dns",
      status: isFound ? "ok" : "failed",
      text: isFound
        ? `${found4.length} IPv4, ${found6.length} IPv6`
        : `${goal.host}: ${words[absence ?? "failed"]}`,
      tookMs: now() - started,
    },
    ...receivesFor.map((domain): Finding => ({
      stage: "dns",
      status: "note",
      text: `${goal.host} is in the MX records of ${domain}`,
    })),
  ];
  return { findings, ipv4: found4, ipv6: found6, absence, receivesFor };
}

const words: Readonly<Record<Absence, string>> = {
  "no-name": "there is no such name",
  "no-record": "the name has no address",
  failed: "the resolver gave no answer",
};

function absenceOf(left: readonly string[] | Absence, right: readonly string[] | Absence): Absence {
  const both = [left, right].filter((one): one is Absence => typeof one === "string");
  // One family that could not be asked leaves open whether there is an address.
  if (both.includes("failed")) return "failed";
  return both.includes("no-record") || both.length < 2 ? "no-record" : "no-name";
}

/** `smtp.google.com` → `google.com`; without a list of public suffixes, the last two labels. */
export function parentOf(host: string): string | undefined {
  const labels = host.split(".");
  return labels.length < 3 ? undefined : labels.slice(-2).join(".");
}
