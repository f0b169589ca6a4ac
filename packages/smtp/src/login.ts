/** Logging in over a connection: who, with what, and once more with a fresh token. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import { secret as concealed, type Secret } from "@letterwright/base/secret";
import type { ServerOffer } from "@letterwright/message";
import { authenticate, type Channel, type Credentials } from "@letterwright/smtp-protocol";
import { lackingHashes } from "./computation.ts";
import type { Connection } from "./connection.ts";
import type { SmtpAuth, SmtpSettings } from "./options.ts";
import { secretText } from "./secret-source.ts";
import type { TokenSource } from "./token-source.ts";

/** Logs in where there are credentials. */
export async function login(
  connection: Connection,
  offer: ServerOffer,
  settings: SmtpSettings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { auth, host, port } = settings;
  if (auth === undefined) return;
  if (connection.security === undefined && !settings.allowPlaintextAuth) {
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
    host,
    port,
    isVerified: connection.security !== undefined && connection.security.trustSource !== "nobody",
    canBind: connection.canBind,
    lacks: lackingHashes(),
  };
  const attempt = (credentials: Credentials): Promise<void> =>
    connection.run(authenticate(credentials, offer, channel), "login");

  if (auth.token === undefined) {
    const secret = await connection.whileOpen(() => secretText(auth.secret), "login");
    await attempt({ ...who, secret });
    return;
  }
  const { token } = auth;
  const first = await connection.whileOpen(() => tokenOf(token, undefined, signal), "login");
  try {
    await attempt({ ...who, token: first.reveal() });
  } catch (error) {
    if (!isSource(token) || !isRefusal(error)) throw error;
    // It may have been revoked before its time. Another is tried once, and only if it is another.
    const next = await connection.whileOpen(() => tokenOf(token, first, signal), "login");
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
