/** Who sends over the long line. */
import { createMailer, createTlsContext, message, smtpTransport } from "@letterwright/mailer";
import { createTransport } from "nodemailer";

/** How the server is reached. */
export interface Line {
  readonly port: number;
  readonly tls: "none" | "starttls" | "implicit";
  /** PEM; absent without TLS. */
  readonly ca: string | undefined;
  readonly auth: boolean;
}

/** Something that sends the same small message as often as it is asked to, over one connection if it can. */
export interface TripClient {
  send(): Promise<void>;
  close(): Promise<void>;
}

const parts = {
  from: "ana@example.com",
  to: "bob@example.org",
  subject: "How long is the line?",
  text: "This long.\n",
};
const [user, password] = ["ana@example.com", "password"];

/** This project's transport; `options` ask for what is not the default. */
export const letterwright =
  (options: Readonly<Record<string, unknown>> = {}) =>
  ({ port, tls, ca, auth }: Line): TripClient => {
    const mailer = createMailer({
      transport: smtpTransport({
        host: "127.0.0.1",
        port,
        tls,
        clientName: "client.example",
        ...(ca === undefined ? {} : { tlsContext: createTlsContext({ ca, trust: "none" }) }),
        ...(auth ? { auth: { user, secret: password }, dangerouslyAllowPlaintextAuth: true } : {}),
        ...options,
      }),
    });
    return {
      send: async () => {
        await mailer.send(message(parts));
      },
      close: () => mailer.close(),
    };
  };

export function nodemailer({ port, tls, ca, auth }: Line): TripClient {
  const transport = createTransport({
    host: "127.0.0.1",
    port,
    pool: true,
    maxConnections: 1,
    maxMessages: Infinity,
    secure: tls === "implicit",
    ignoreTLS: tls === "none",
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(auth ? { auth: { user, pass: password } } : {}),
  });
  return {
    send: async () => {
      await transport.sendMail(parts);
    },
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}
