/** `letterwright doctor`: why it did not work. */
import { UsageError } from "@letterwright/base/error";
import {
  diagnose,
  explain,
  type Diagnosis,
  type DiagnoseTarget,
  type Finding,
} from "@letterwright/doctor";
import { createTlsContext, type TlsMode } from "@letterwright/tls";
import { findingLines, marksFor, verdictLines } from "../diagnosis-lines.ts";
import { readErrorFile, readPipe } from "../error-text.ts";
import { ExitStatus } from "../exit-status.ts";
import { readSecret, secretInFile, type SecretFlags } from "../secret-input.ts";
import { hostAndPort } from "../server-flags.ts";
import { masked, maskedValue } from "../share.ts";
import { printExplanation } from "./explain.ts";

/** The flags as they were given. */
export interface DoctorFlags extends SecretFlags {
  readonly server?: string;
  readonly tls?: string;
  readonly tlsCa?: readonly string[];
  readonly user?: string;
  readonly login?: boolean;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly domain?: string;
  readonly dkimSelector?: string;
  readonly publicAddress?: string;
  readonly bounce?: string;
  readonly offline?: boolean;
  readonly neutralHost?: string;
  readonly json?: boolean;
  readonly share?: boolean;
  readonly all?: boolean;
}

/** The name of the shape of `--json`. */
const doctorSchema = "letterwright.doctor/1";

/**
 * @throws {UsageError} `CLI_NOTHING_TO_DIAGNOSE`, `CLI_SERVER_INVALID`, `CLI_TLS_INVALID`, `CLI_USER_MISSING`
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export async function doctor(flags: DoctorFlags): Promise<number> {
  if (flags.bounce !== undefined) return explained(readErrorFile(flags.bounce), flags);
  if (flags.server === undefined && flags.domain === undefined) {
    const text = process.stdin.isTTY ? "" : await readPipe(process.stdin);
    if (text.trim() !== "") return explained(text, flags);
    throw new UsageError("there is nothing to look at", {
      code: "CLI_NOTHING_TO_DIAGNOSE",
      hint: "Name a server: letterwright doctor --server smtp.example.com; or pipe an error: node app.js 2>&1 | letterwright doctor",
    });
  }
  const target = await targetOf(flags);
  const also = flags.user === undefined ? [] : [flags.user];
  const show = (text: string): string => (flags.share === true ? masked(text, also) : text);
  const marks = marksFor(process.env);
  const diagnosis = await diagnose(target, {
    ...(flags.offline === true ? { offline: true } : {}),
    ...(flags.neutralHost === undefined ? {} : { neutralHost: flags.neutralHost }),
    tlsContext: createTlsContext({ caFiles: flags.tlsCa ?? [] }),
    onFinding: (finding: Finding) => {
      if (flags.json !== true) console.log(show(findingLines(finding, marks).join("\n")));
    },
  });
  const exitStatus = diagnosis.verdict === undefined ? ExitStatus.done : ExitStatus.problems;
  if (flags.json === true)
    printJson(diagnosis, exitStatus, flags.share === true ? also : undefined);
  else console.log(show(verdictLines(diagnosis).join("\n")));
  return exitStatus;
}

function printJson(
  diagnosis: Diagnosis,
  exitStatus: number,
  mask: readonly string[] | undefined,
): void {
  const object = { schema: doctorSchema, exitStatus, ...diagnosis };
  console.log(JSON.stringify(mask === undefined ? object : maskedValue(object, mask)));
}

/** A text is an error somebody has: that it is explained means that something is wrong. */
function explained(text: string, flags: DoctorFlags): number {
  printExplanation(explain(text), flags, { folder: process.cwd() });
  return ExitStatus.problems;
}

async function targetOf(flags: DoctorFlags): Promise<DiagnoseTarget> {
  const { server, user, login } = flags;
  if (login === true && user === undefined) {
    throw new UsageError("a login needs a user", {
      code: "CLI_USER_MISSING",
      hint: "Add --user, often the whole address: --user ana@example.com.",
    });
  }
  const place = server === undefined ? {} : placeOf(server);
  const hasSecret = flags.passwordFile !== undefined || flags.passwordCommand !== undefined;
  const secret =
    user === undefined || !(login === true || hasSecret)
      ? undefined
      : flags.passwordFile !== undefined && flags.passwordCommand === undefined
        ? secretInFile(flags.passwordFile)
        : await readSecret(flags, user);
  return {
    ...place,
    tls: modeOf(flags.tls),
    user,
    secret,
    login: login === true,
    from: flags.from,
    to: flags.to,
    domain: flags.domain,
    dkimSelector: flags.dkimSelector,
    publicAddress: flags.publicAddress,
  };
}

/** What is no host is for the doctor to say: an empty text, a URL, a host with a blank. */
function placeOf(server: string): { readonly host: string; readonly port?: number } {
  const isPlain = /^(\[[0-9a-f:.]+\]|[^\s/@[\]:]+)(:\d+)?$/i.test(server);
  if (!isPlain) return { host: server };
  const { host, port } = hostAndPort(server);
  return /:\d+$/.test(server) ? { host, port } : { host };
}

function modeOf(given: string | undefined): TlsMode | undefined {
  switch (given) {
    case undefined:
    case "implicit":
    case "starttls":
    case "opportunistic":
    case "none":
      return given;
    default:
      throw new UsageError(`--tls ${JSON.stringify(given)} is unknown`, {
        code: "CLI_TLS_INVALID",
        hint: "Choose implicit, starttls, opportunistic or none; without it, it is found out.",
      });
  }
}
