/** Our own client, against a variant of the lab. */
import { createMailer } from "@letterwright/mailer";
import { attachment, message, type Message } from "@letterwright/message";
import type { SendReceipt } from "@letterwright/transport";
import type { ClientPart, RunningFault } from "@letterwright/receiver/faults";
import { smtpTransport } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";

/** The text of the message of the story. */
export function labText({ message: kind }: ClientPart): string {
  const line = "A line of sixty-four characters, which is not too long for mail.\n";
  return kind === "large" ? line.repeat(1024) : "See you.\n";
}

/** The message of the story. */
export function labMessage(client: ClientPart): Message {
  const { from, to, message: kind } = client;
  const program = attachment({ name: "setup.exe", content: new Uint8Array([0x4d, 0x5a]) });
  return message({
    from,
    to: [...to],
    subject: "Minutes",
    text: labText(client),
    ...(kind === "program" ? { attachments: [program] } : {}),
  });
}

/** What became of it: the receipt, or what was thrown. */
export async function sendToFault({
  variant,
  host,
  port,
  ca,
}: RunningFault): Promise<{ readonly receipt: SendReceipt } | { readonly error: unknown }> {
  const { client } = variant;
  const waitMs = 2500;
  const transport = smtpTransport({
    host,
    port,
    tls: client.tls,
    tlsContext: createTlsContext({ ca, trust: "none", servername: client.host }),
    ...(client.user === undefined || client.secret === undefined
      ? {}
      : {
          auth: {
            user: client.user,
            secret: client.secret,
            ...(client.mechanism === undefined ? {} : { mechanism: client.mechanism }),
          },
        }),
    // Nothing leaves this machine, and some stories are about logging in without TLS.
    dangerouslyAllowPlaintextAuth: true,
    clientName: "client.example.com",
    timeouts: {
      connectMs: waitMs,
      tlsMs: waitMs,
      greetingMs: waitMs,
      commandMs: waitMs,
      dataMs: waitMs,
      endMs: waitMs,
    },
  });
  await using mailer = createMailer({ transport });
  try {
    return { receipt: await mailer.send(labMessage(client)) };
  } catch (error) {
    return { error };
  }
}
