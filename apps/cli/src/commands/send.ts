/** `letterwright send`: a message to a server. */
import { UsageError } from "@letterwright/base/error";
import { fit, smtpPolicy, toStream } from "@letterwright/generator";
import { createMailer } from "@letterwright/mailer";
import { takesToken } from "@letterwright/mailer/providers";
import {
  addrSpec,
  envelopeOf,
  type Envelope,
  type Message,
  type ServerOffer,
} from "@letterwright/message";
import { smtpTransport } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import { ExitStatus } from "../exit-status.ts";
import { confirm } from "../confirmation.ts";
import { refuseInbound, type SendTarget } from "../failed-sending.ts";
import { messageOf, type MessageFlags } from "../message-flags.ts";
import { progressLine } from "../progress-line.ts";
import { receiptLines } from "../receipt-lines.ts";
import { readSecret, type SecretFlags } from "../secret-input.ts";
import { receiptJson, sendSchema } from "../send-json.ts";
import { serverPlanOf, userOf, type ServerPlan } from "../server-flags.ts";
import { shownOnOneLine } from "../shown.ts";
import { printEvent } from "../transcript.ts";
import { writeOut } from "../write-out.ts";

/** The flags as they were given. */
export interface SendFlags extends MessageFlags, SecretFlags {
  readonly server?: string;
  readonly tls?: string;
  readonly tlsCa?: readonly string[];
  readonly user?: string;
  readonly timeout?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Sends; `onTarget` is told where it goes as soon as that is known. */
export async function send(
  flags: SendFlags,
  onTarget: (target: SendTarget) => void,
): Promise<number> {
  const plan = serverPlanOf(flags);
  const timeoutMs = timeoutOf(flags.timeout);
  const tlsContext = createTlsContext({ caFiles: flags.tlsCa ?? [] });
  const mail = await messageOf(flags);
  const envelope = envelopeOf(mail);
  const user = userOf(plan, flags, envelope);
  if (flags.dryRun === true) {
    await printPlan(plan, mail, envelope, { ...flags, ...(user === undefined ? {} : { user }) });
    return ExitStatus.done;
  }
  const { provider, ...server } = plan;
  const target = { ...server, user };
  onTarget(target);
  await refuseInbound(target);
  await confirm(envelope.recipients.length, flags);
  const secret = user === undefined ? undefined : await readSecret(flags, user, provider?.secret);
  const mechanism =
    provider !== undefined && takesToken(provider) ? { mechanism: "XOAUTH2" as const } : {};
  const transport = smtpTransport({
    ...server,
    tlsContext,
    ...(user === undefined || secret === undefined ? {} : { auth: { user, secret, ...mechanism } }),
    timeouts: {
      connectMs: timeoutMs,
      tlsMs: timeoutMs,
      greetingMs: timeoutMs,
      commandMs: timeoutMs,
    },
    ...(flags.verbose === true ? { onEvent: printEvent } : {}),
  });
  const interruption = new AbortController();
  // The second time it is not caught, and ends the program at once.
  const interrupt = (): void => interruption.abort(new DOMException("interrupted", "AbortError"));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const mailer = createMailer({ transport });
  const isQuiet = flags.json === true || flags.quiet === true || flags.verbose === true;
  const line = progressLine(isQuiet ? { write: () => undefined } : process.stderr);
  try {
    const receipt = await mailer
      .send(mail, { signal: interruption.signal, onProgress: line.update })
      .finally(line.clear);
    if (flags.json === true) console.log(JSON.stringify(receiptJson(receipt)));
    else if (flags.quiet !== true) console.log(receiptLines(receipt).join("\n"));
    return ExitStatus.done;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await mailer.close();
  }
}

/** What most servers offer; whether this one does is known only when it is asked. */
const usualServer: ServerOffer = {
  keywords: new Map([
    ["8BITMIME", []],
    ["SMTPUTF8", []],
  ]),
};

/** The plan to standard error and the bytes to standard output; with `--json`, both in one object. */
async function printPlan(
  { host, port, tls, provider }: ServerPlan,
  mail: Message,
  envelope: Envelope,
  { user, json }: SendFlags,
): Promise<void> {
  const from = envelope.reversePath === null ? "" : addrSpec(envelope.reversePath);
  const recipients = envelope.recipients.map(({ mailbox }) => addrSpec(mailbox));
  const chunks = toStream(mail, fit(smtpPolicy, usualServer, mail).policy);
  if (json === true) {
    const held: Uint8Array[] = [];
    for await (const chunk of chunks) held.push(chunk);
    const plan = {
      server: { host, port, tls, user, provider: provider?.id },
      envelope: { from, recipients },
    };
    const messageBase64 = Buffer.concat(held).toString("base64");
    console.log(
      JSON.stringify({
        schema: sendSchema,
        outcome: "planned",
        exitStatus: ExitStatus.done,
        ...plan,
        messageBase64,
      }),
    );
    return;
  }
  console.error(
    [
      "Nothing is sent. This is what would be:",
      `  server    ${shownOnOneLine(host)} port ${port}, TLS ${tls}`,
      ...(provider === undefined
        ? []
        : [
            `  provider  ${provider.name}, as known on ${provider.asOf}${provider.note === undefined ? "" : `: ${provider.note}`}`,
          ]),
      `  login     ${user === undefined ? "none" : `as ${shownOnOneLine(user)}`}`,
      `  from      <${shownOnOneLine(from)}>`,
      ...recipients.map((address) => `  to        <${shownOnOneLine(address)}>`),
      "  message   as for a server that offers 8BITMIME and, where an address needs it, SMTPUTF8",
    ].join("\n"),
  );
  await writeOut(chunks);
}

function timeoutOf(given: string | undefined): number {
  const seconds = given === undefined ? 30 : Number(given);
  if (seconds > 0 && seconds <= 3600) return Math.max(1, Math.round(seconds * 1000));
  throw new UsageError(`--timeout ${JSON.stringify(given)} is not a time`, {
    code: "CLI_NUMBER_INVALID",
    hint: "Give seconds, more than 0 and at most 3600.",
  });
}
