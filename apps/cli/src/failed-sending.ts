/** What the doctor makes of a sending that failed, from what is known already: nobody is asked. */
import type { Verdict } from "@letterwright/doctor";
import { UsageError, type LetterwrightError } from "@letterwright/base/error";
import type { TlsMode } from "@letterwright/tls";
import { stepLines } from "./diagnosis-lines.ts";

/** Where a sending goes, and as whom. */
export interface SendTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  readonly user?: string | undefined;
}

/**
 * Refuses a server that is known to receive mail only, before it is given anything: it logs nobody in, and on the
 * ports for sending nobody answers. On port 25 without a user it may be meant.
 *
 * @throws {UsageError} `CLI_SERVER_RECEIVES_ONLY`
 */
export async function refuseInbound(target: SendTarget): Promise<void> {
  const { host, port, user } = target;
  if (user === undefined && port !== 465 && port !== 587) return;
  const verdict = await verdictOn(target);
  if (verdict?.id !== "config.mx-used-for-submission") return;
  throw new UsageError(`${host} does not take mail from you; nothing was transmitted`, {
    code: "CLI_SERVER_RECEIVES_ONLY",
    hint: verdict.do.join(" "),
  });
}

/** What the doctor has to say of an error. */
export interface Advice {
  /** The likely cause, for programs. */
  readonly verdict: Verdict | undefined;
  /** Why, and what to do, where that is more than the error's own hint. */
  readonly instead: readonly string[];
  /** The command that looks closer. */
  readonly closer: string;
}

export async function adviceOn(error: LetterwrightError, target: SendTarget): Promise<Advice> {
  const verdict = await verdictOn(target, error);
  // Settings and logins depend on the provider, which the error does not know.
  const knowsMore = verdict !== undefined && /^(?:auth|config)\./.test(verdict.id);
  return {
    verdict,
    instead: knowsMore ? stepLines(verdict) : [],
    closer: verdict?.try.find((command) => command.startsWith(doctor)) ?? doctorOn(target),
  };
}

const doctor = "letterwright doctor ";

function doctorOn({ host, port, tls, user }: SendTarget): string {
  const server = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const plain = port === 465 || port === 587 ? "" : ` --tls ${tls}`;
  const who = user === undefined || !/^[\w@%+=:,./-]+$/.test(user) ? "" : ` --user ${user}`;
  return `${doctor}--server ${server}${plain}${who}`;
}

async function verdictOn(target: SendTarget, error?: unknown): Promise<Verdict | undefined> {
  const { diagnose } = await import("@letterwright/doctor");
  const given = error === undefined ? {} : { error };
  return (await diagnose(target, { offline: true, ...given })).verdict;
}
