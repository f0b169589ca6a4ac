/** Logging in over a connection: who, with what, and once more with a fresh token. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import { secret as concealed, type Secret } from "@letterwright/base/secret";
import type { ServerOffer } from "@letterwright/message";
import { authenticate, type Channel, type Credentials } from "@letterwright/smtp-protocol";
import type { TlsReport } from "@letterwright/tls";
import { canBind, lackingHashes } from "./computation.ts";
import type { Exchange } from "./exchange.ts";
import type { SmtpAuth, SmtpSettings } from "./options.ts";
import type { Place } from "./place.ts";
import { secretText } from "./secret-source.ts";
import type { TokenSource } from "./token-source.ts";

/** A connection that is to be logged in. */
export interface LoginPlace {
  readonly exchange: Exchange;
  readonly settings: SmtpSettings;
  readonly place: Place;
  readonly security: TlsReport | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Logs in where there are credentials. */
export async function login(connection: LoginPlace, offer: ServerOffer): Promise<void> {
  const { exchange, settings, place, security, signal } = connection;
  const { auth } = settings;
  if (auth === undefined) return;
  if (security === undefined && !settings.allowPlaintextAuth) {
    throw new UsageError("user and secret would travel unencrypted", {
      code: "SMTP_AUTH_WOULD_BE_PLAINTEXT",
      hint: 'Choose "implicit" or "starttls" for `tls`. Everyone on the path could read the password.',
    });
  }
  const { user, mechanism, authorizationIdentity } = auth;
  const who: Credentials = {
    ...(user === undefined ? {} : { user }),
    ...(mechanism === undefined ? {} : { mechanism }),
    ...(authorizationIdentity === undefined ? {} : { authorizationIdentity }),
  };
  const channel: Channel = {
    host: place.host,
    ...(place.port === undefined ? {} : { port: place.port }),
    isVerified: security !== undefined && security.trustSource !== "nobody",
    canBind: canBind(exchange.stream),
    lacks: lackingHashes(),
  };
  const attempt = (credentials: Credentials): Promise<void> =>
    exchange.run(authenticate(credentials, offer, channel), { stage: "login", signal });

  if (auth.token === undefined) {
    const secret = await exchange.whileOpen(() => secretText(auth.secret), "login", signal);
    await attempt({ ...who, secret });
    return;
  }
  const { token } = auth;
  const first = await exchange.whileOpen(() => tokenOf(token, undefined, signal), "login", signal);
  try {
    await attempt({ ...who, token: first.reveal() });
  } catch (error) {
    if (!isSource(token) || !isRefusal(error)) throw error;
    // It may have been revoked before its time. Another is tried once, and only if it is another.
    const next = await exchange.whileOpen(() => tokenOf(token, first, signal), "login", signal);
    if (next.reveal() === first.reveal()) throw error;
    await attempt({ ...who, token: next.reveal() });
  }
}

/** Whether the server has refused what it was given for good: a "later" says nothing about the token. */
function isRefusal(error: unknown): boolean {
  return (
    LetterwrightError.is(error) &&
    error.code === "SMTP_AUTH_REFUSED" &&
    "retry" in error &&
    error.retry === "no"
  );
}

function isSource(token: NonNullable<SmtpAuth["token"]>): token is TokenSource {
  return typeof token === "object" && "token" in token;
}

async function tokenOf(
  token: NonNullable<SmtpAuth["token"]>,
  refused: Secret | undefined,
  signal: AbortSignal | undefined,
): Promise<Secret> {
  if (!isSource(token)) return concealed(await secretText(token));
  return token.token({
    ...(refused === undefined ? {} : { refused }),
    ...(signal === undefined ? {} : { signal }),
  });
}
