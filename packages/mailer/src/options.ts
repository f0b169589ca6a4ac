/** What a mailer is made from. */
import type { Policy } from "@letterwright/generator";
import type { MailboxInput } from "@letterwright/message";
import type { SecretSource, SmtpOptions, SmtpProxy, TokenSource } from "@letterwright/smtp";
import type { TlsContext } from "@letterwright/tls";
import type { Transport } from "@letterwright/transport";
import type { Sign } from "./signature.ts";

/** Options of `createMailer`. Only `transport` has to be given. */
export interface MailerOptions {
  /**
   * Where mail goes: a URL (`smtps://user@host` for implicit TLS, `smtp://user@host` for STARTTLS), the name of a
   * provider (`"gmail"`, `"ses:eu-west-1"`; `@letterwright/mailer/providers` has them all), SMTP options, or any
   * transport. There is no default host.
   */
  readonly transport: string | SmtpOptions | Transport;
  /**
   * Who logs in, where the URL does not say it. For a provider that takes the whole address, `from` says it as
   * well; for one that takes a fixed word, nobody has to.
   */
  readonly user?: string | undefined;
  /** The password or token of the user; a function is asked each time it is needed. */
  readonly secret?: SecretSource | undefined;
  /**
   * An OAuth access token in place of `secret`, or what gives one: a source of `@letterwright/smtp/oauth` renews it by
   * itself.
   */
  readonly token?: SecretSource | TokenSource | undefined;
  /** A proxy to the server of a URL or a provider: `socks5://…` or `http://…`. */
  readonly proxy?: string | SmtpProxy | undefined;
  /** Whom to trust, for a URL or a provider. Default: the system's certificate authorities. */
  readonly tlsContext?: TlsContext | undefined;
  /** How messages are written, before they are fitted to what the server offers. */
  readonly policy?: Policy;
  /** The author of messages that have none. */
  readonly from?: MailboxInput | undefined;
  /** Gives one field to stand on top, made over the bytes as they leave: a signature. */
  readonly sign?: Sign | undefined;
}
