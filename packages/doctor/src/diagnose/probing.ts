/** What each step of a diagnosis works with, and how long it may take. */
import type { TlsContext } from "@letterwright/tls";
import { tryDoor, type Connector, type Destination, type DoorState } from "./connector.ts";
import type { Environment } from "./environment.ts";
import type { Finding } from "./report.ts";
import type { DiagnoseTarget } from "./target.ts";

/** The tools of a diagnosis under way. */
export interface Probing {
  readonly target: DiagnoseTarget;
  readonly connect: Connector;
  /** Whom to trust; made when it is first asked for. */
  readonly tlsContext: () => TlsContext;
  readonly environment: Environment;
  /** Ends every step. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly say: (finding: Finding) => void;
}

const doorMs = 3000;

/** Whether a port answers in time. */
export function attempt({ connect, signal }: Probing, to: Destination): Promise<DoorState> {
  return tryDoor(connect, to, AbortSignal.any([signal, AbortSignal.timeout(doorMs)]));
}

/** The value, or nothing when it does not come in time. */
export async function within<Value>(
  signal: AbortSignal,
  value: Promise<Value>,
  limitMs: number,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
    // What comes too late is of no use, and no failure of anybody's.
    value.catch(() => undefined);
  }
}
