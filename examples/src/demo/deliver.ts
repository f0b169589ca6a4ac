/** The way of the letter: composed, written, sent over verified TLS with a login, stored. */
import { readFile } from "node:fs/promises";
import {
  createMailer,
  createTlsContext,
  smtpTransport,
  type SendReceipt,
  type Transport,
} from "@letterwright/mailer";
import { rawChunks } from "@letterwright/message";
import { catchMail } from "@letterwright/receiver";
import type { Arrival } from "./compare.ts";
import { composeLetter, type Letter } from "./letter.ts";

/** What came of a delivery. */
export interface Delivery {
  readonly receipt: SendReceipt;
  /** The message as it left. */
  readonly sent: Uint8Array;
  readonly path: string;
  readonly arrival: Arrival;
}

/**
 * Sends the letter to a receiver that is started for it on loopback, with a certificate authority of
 * its own, trusted explicitly: verification stays on.
 */
export async function deliverLetter(letter: Letter, folder: string): Promise<Delivery> {
  const password = "a password of the demo";
  const inbox = await catchMail({
    tls: "implicit",
    auth: { user: "demo", password },
    requireAuth: true,
    store: folder,
  });
  try {
    const sent: Uint8Array[] = [];
    const transport = recorded(
      smtpTransport({
        host: inbox.host,
        port: inbox.port,
        tls: "implicit",
        tlsContext: createTlsContext({ ca: inbox.ca, trust: "none" }),
        auth: { user: "demo", secret: password },
      }),
      sent,
    );
    const mailer = createMailer({ transport });
    const receipt = await mailer.send(composeLetter(letter));
    await mailer.close();
    const caught = await inbox.waitFor({ to: letter.bcc });
    if (caught.path === undefined) throw new Error("the receiver stored nothing");
    return {
      receipt,
      sent: new Uint8Array(Buffer.concat(sent)),
      path: caught.path,
      arrival: {
        recipients: caught.envelope.recipients,
        bytes: new Uint8Array(await readFile(caught.path)),
      },
    };
  } finally {
    await inbox.close();
  }
}

/** A transport that also keeps the bytes it is given, once they have been fitted to the server. */
function recorded(transport: Transport, sent: Uint8Array[]): Transport {
  return {
    ...transport,
    send: (outgoing, envelope, options) =>
      transport.send(
        async (offer) => {
          const raw = typeof outgoing === "function" ? await outgoing(offer) : outgoing;
          for await (const chunk of rawChunks(raw)) sent.push(chunk.slice());
          return raw;
        },
        envelope,
        options,
      ),
  };
}
