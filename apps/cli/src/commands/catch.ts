/** `letterwright catch`: the receiver in the foreground. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@letterwright/base/error";
import { catchMail, type CaughtMessage } from "@letterwright/receiver";
import { ExitStatus } from "../exit-status.ts";
import { secretInFile } from "../secret-input.ts";
import { shown } from "../shown.ts";

/** The flags as they were given. */
export interface CatchFlags {
  readonly dir?: string;
  readonly host: string;
  readonly port?: string;
  readonly tls: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly until?: string;
  readonly fail?: string;
  readonly json?: boolean;
}

export async function catchCommand(flags: CatchFlags): Promise<number> {
  const port = flags.port === undefined ? 0 : whole("--port", flags.port);
  if (flags.fail !== undefined) {
    const { failCommand } = await import("./fail.ts");
    const { fail, host, dir, json } = flags;
    return failCommand({ fail, host, port, dir, json });
  }
  const { dir } = flags;
  if (dir === undefined) {
    throw new UsageError("there is no folder for what is caught", {
      code: "CLI_DIR_MISSING",
      hint: "Add --dir caught: each message becomes a file in it.",
    });
  }
  const until = flags.until === undefined ? Infinity : whole("--until", flags.until);
  let count = 0;
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const inbox = await catchMail({
    host: flags.host,
    port,
    tls: modeOf(flags.tls),
    store: dir,
    ...loginOf(flags),
    onMessage: (message) => {
      print(message, ++count, flags.json === true);
      if (count >= until) stop();
    },
  });
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const caFile = inbox.ca === "" ? undefined : join(dir, "letterwright-catch-ca.pem");
  if (caFile !== undefined) await writeFile(caFile, inbox.ca);
  announce(inbox.host, inbox.port, caFile, { ...flags, dir });
  await stopped;
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  await inbox.close();
  return ExitStatus.done;
}

function announce(
  host: string,
  port: number,
  caFile: string | undefined,
  flags: CatchFlags & { readonly dir: string },
): void {
  if (flags.json === true) {
    console.log(
      JSON.stringify({
        schema: "letterwright.catch/1",
        event: "listening",
        host,
        port,
        tls: flags.tls,
        caFile,
      }),
    );
    return;
  }
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const trust = caFile === undefined ? "" : ` --tls-ca ${quoted(caFile)}`;
  const login =
    flags.user === undefined
      ? ""
      : ` --user ${quoted(flags.user)} --password-file ${quoted(flags.passwordFile ?? "")}`;
  console.log(
    [
      `Catching mail on ${shownHost}:${port} (TLS ${flags.tls}); nothing is delivered.`,
      `  folder     ${flags.dir}`,
      ...(caFile === undefined ? [] : [`  authority  ${caFile}`]),
      `  try        letterwright send --server ${shownHost}:${port} --tls ${flags.tls}${trust}${login} -f a@example.com -t b@example.org -b Hello`,
    ].join("\n"),
  );
}

/** An argument as a POSIX shell reads it. */
function quoted(argument: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(argument)
    ? argument
    : `'${argument.replaceAll("'", "'\\''")}'`;
}

function print(
  { id, envelope, subject, path, bytes, session }: CaughtMessage,
  number: number,
  json: boolean,
): void {
  if (json) {
    const event = {
      schema: "letterwright.catch/1",
      event: "message",
      id,
      envelope,
      subject,
      path,
      byteLength: bytes.length,
      session,
    };
    console.log(JSON.stringify(event));
    return;
  }
  const to = envelope.recipients.join(", ");
  console.log(
    shown(
      `#${number}  ${envelope.reversePath} -> ${to}  ${JSON.stringify(subject)}  ${bytes.length} bytes  ${path ?? ""}`,
    ),
  );
}

function loginOf({
  user,
  passwordFile,
}: CatchFlags): { auth: { user: string; password: string }; requireAuth: true } | object {
  if (user === undefined && passwordFile === undefined) return {};
  if (user === undefined || passwordFile === undefined) {
    throw new UsageError("--user and --password-file belong together", {
      code: "CLI_LOGIN_INCOMPLETE",
      hint: "Give both, or neither: then anyone may log in.",
    });
  }
  const password = secretInFile(passwordFile).reveal();
  return { auth: { user, password }, requireAuth: true };
}

function modeOf(given: string): "implicit" | "starttls" | "none" {
  if (given === "implicit" || given === "starttls" || given === "none") return given;
  throw new UsageError(`--tls ${JSON.stringify(given)} is unknown`, {
    code: "CLI_TLS_INVALID",
    hint: "Choose implicit, starttls or none.",
  });
}

function whole(flag: string, text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} ${JSON.stringify(text)} is not a whole number`, {
    code: "CLI_NUMBER_INVALID",
    hint: `Write ${flag} 3, for example.`,
  });
}
