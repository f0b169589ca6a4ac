/** `letterwright send`: a message to a server. */
import { UsageError } from "@letterwright/base/error";
import { toChunks } from "@letterwright/generator";
import { createMailer } from "@letterwright/mailer";
import { addrSpec, envelopeOf } from "@letterwright/message";
import { smtpTransport, type SmtpEvent } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import { ExitStatus } from "../exit-status.ts";
import { messageOf, type MessageFlags } from "../message-flags.ts";
import { receiptLines } from "../receipt-lines.ts";
import { readSecret, refusePasswordFlag, type SecretFlags } from "../secret-input.ts";
import { serverPlanOf } from "../server-flags.ts";
import { shown } from "../shown.ts";
import { writeOut } from "../write-out.ts";

/** The flags as they were given. */
export interface SendFlags extends MessageFlags, SecretFlags {
  readonly server?: string;
  readonly tls?: string;
  readonly tlsCa: readonly string[];
  readonly user?: string;
  readonly timeout?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export async function send(flags: SendFlags): Promise<number> {
  refusePasswordFlag(flags);
  const plan = serverPlanOf(flags);
  const timeoutMs = timeoutOf(flags.timeout);
  const mail = messageOf(flags);
  const envelope = envelopeOf(mail);
  if (flags.dryRun === true) {
    const from = envelope.reversePath === null ? "<>" : addrSpec(envelope.reversePath);
    const to = envelope.recipients.map(({ mailbox }) => addrSpec(mailbox)).join(", ");
    console.error(
      `Would connect to ${plan.host}:${plan.port} (TLS ${plan.tls}), and send from ${shown(from)} to ${shown(to)}:`,
    );
    await writeOut(toChunks(mail));
    return ExitStatus.done;
  }
  const tlsContext = createTlsContext({ caFiles: flags.tlsCa });
  const { user } = flags;
  const secret = user === undefined ? undefined : await readSecret(flags, user);
  const transport = smtpTransport({
    ...plan,
    tlsContext,
    ...(user === undefined || secret === undefined ? {} : { auth: { user, secret } }),
    timeouts: {
      connectMs: timeoutMs,
      tlsMs: timeoutMs,
      greetingMs: timeoutMs,
      commandMs: timeoutMs,
    },
    ...(flags.verbose === true ? { onEvent: printEvent } : {}),
  });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new DOMException("interrupted", "AbortError"));
  process.once("SIGINT", interrupt);
  const mailer = createMailer({ transport });
  try {
    const receipt = await mailer.send(mail, { signal: interruption.signal });
    if (flags.json === true) {
      console.log(JSON.stringify({ schema: "letterwright.send/1", ...receipt }));
    } else console.log(receiptLines(receipt).join("\n"));
    return ExitStatus.done;
  } finally {
    process.off("SIGINT", interrupt);
    await mailer.close();
  }
}

function timeoutOf(given: string | undefined): number {
  const seconds = given === undefined ? 30 : Number(given);
  if (seconds > 0 && seconds <= 3600) return seconds * 1000;
  throw new UsageError(`--timeout ${JSON.stringify(given)} is not a time`, {
    code: "CLI_TIMEOUT_INVALID",
    hint: "Give seconds, more than 0 and at most 3600.",
  });
}

/** The conversation as it happens; the events hold no secret. */
function printEvent(event: SmtpEvent): void {
  switch (event.kind) {
    case "connected":
      console.error(`* connected to ${event.address} port ${event.port}`);
      return;
    case "secured":
      console.error(`* ${event.report.protocol}, ${event.report.cipher}`);
      return;
    case "command":
      console.error(`C: ${shown(event.line)}`);
      return;
    case "reply":
      for (const line of event.text.split("\n")) console.error(`S: ${event.code} ${shown(line)}`);
      return;
    case "content":
      console.error(`* ${event.byteLength} bytes of content`);
      return;
    case "closed":
      console.error("* closed");
  }
}
