/** Which ports take a connection, and what it means when the chosen one does not. */
import type { Destination, DoorState } from "./connector.ts";
import { platformOf, proxyVariableOf } from "./environment.ts";
import type { NamesReading } from "./names.ts";
import { attempt, type Probing } from "./probing.ts";
import type { Goal } from "./target.ts";
import type { Cause } from "./tls-verdict.ts";

/** What the ports said. */
export interface Doors {
  readonly state: DoorState;
  readonly to: Destination;
  /** Other ports that take connections. */
  readonly open: readonly number[];
  readonly allSilent: boolean;
  readonly text: string;
}

const doorWords: Readonly<Record<DoorState, string>> = {
  open: "open",
  refused: "refused",
  silent: "no answer in 3 s",
  unreachable: "unreachable",
  "no-name": "no such name",
  failed: "failed",
};

/** What stands around: the platform and a proxy; a host to compare with is tried only when it is asked for. */
export async function lookAround(
  probing: Probing,
  goal: Goal,
  neutralHost: string | undefined,
): Promise<void> {
  const { environment } = probing;
  const platform = platformOf(environment);
  if (platform !== undefined)
    probing.say({ stage: "network", status: "note", text: `this runs on ${platform}` });
  const proxy = proxyVariableOf(environment);
  if (proxy !== undefined)
    probing.say({
      stage: "network",
      status: "note",
      text: `${proxy} is set; mail does not use it by itself`,
    });
  if (neutralHost === undefined || goal.isLoopback) return;
  const state = await attempt(probing, { host: neutralHost, port: 443 });
  probing.say({
    stage: "network",
    status: state === "open" ? "ok" : "failed",
    text: `${neutralHost}:443 ${doorWords[state]}`,
  });
}

/** The chosen port over both families, and the other ports for sending, all at once. */
export async function tryDoors(
  probing: Probing,
  goal: Goal,
  { ipv4, ipv6 }: NamesReading,
): Promise<Doors> {
  const { host, port } = goal;
  const first = { host, port, address: ipv4[0] ?? ipv6[0] };
  const others = goal.isLoopback ? [] : [465, 587, 2525, 25].filter((one) => one !== port);
  const both = ipv4[0] !== undefined && ipv6[0] !== undefined;
  const [state, state6, ...states] = await Promise.all([
    attempt(probing, first),
    both ? attempt(probing, { host, port, address: ipv6[0] }) : undefined,
    ...others.map((other) => attempt(probing, { ...first, port: other })),
  ]);
  const useSix = state !== "open" && state6 === "open";
  const open = others.filter((_, at) => states[at] === "open");
  const shown = (one: DoorState): string => doorWords[one];
  const family = state6 === undefined || state === state6 ? "" : ` (IPv4), ${shown(state6)} (IPv6)`;
  const rest = others.map((other, at) => `${other} ${shown(states[at] ?? "failed")}`);
  const text = [`${port} ${shown(state)}${family}`, ...rest].join("; ");
  const isOpen = state === "open" || useSix;
  probing.say({ stage: "connect", status: isOpen ? "ok" : "failed", text });
  const answered = [state, ...states];
  return {
    state: isOpen ? "open" : state,
    to: useSix ? { host, port, address: ipv6[0] } : first,
    open,
    allSilent: answered.every((one) => one === "silent"),
    text,
  };
}

/** Why the chosen port does not open. */
export function causeOfClosed(
  { environment }: Probing,
  goal: Goal,
  { state, open, allSilent, text }: Doors,
  names: NamesReading,
): Cause {
  const evidence = [text];
  if (state === "refused") return { id: "connect.refused", certainty: "certain", evidence };
  if (state === "unreachable") {
    const isOnlySix = names.ipv4.length === 0 && names.ipv6.length > 0;
    return {
      id: isOnlySix ? "dns.ipv6-unroutable" : "connect.timeout",
      certainty: "likely",
      evidence,
    };
  }
  if (state === "no-name") return { id: "dns.nxdomain", certainty: "likely", evidence };
  if (goal.port === 25 && open.length > 0)
    return { id: "connect.port25-blocked", certainty: "likely", evidence };
  const platform = platformOf(environment);
  if (allSilent && platform !== undefined)
    return {
      id: "connect.platform-blocks-smtp",
      certainty: "likely",
      evidence: [...evidence, `this runs on ${platform}`],
    };
  if (state === "silent") return { id: "connect.timeout", certainty: "likely", evidence };
  return { id: "connect.reset", certainty: "likely", evidence };
}
