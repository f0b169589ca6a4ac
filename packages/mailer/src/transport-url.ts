/** A transport as a URL. */
import { isAscii } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { asciiDomain } from "@letterwright/message";
import type { SecretSource, SmtpOptions, TokenSource } from "@letterwright/smtp";
import type { TlsContext } from "@letterwright/tls";

/** What stands beside the URL. */
interface Beside {
  readonly user: string | undefined;
  readonly secret: SecretSource | undefined;
  readonly token?: SecretSource | TokenSource | undefined;
  readonly tlsContext: TlsContext | undefined;
}

/**
 * The SMTP options that a URL says: `smtps:` is implicit TLS (default port 465), `smtp:` is STARTTLS,
 * required (default port 587; RFC 8314 §3.3).
 *
 * @throws {UsageError} `MAILER_URL_INVALID`, `MAILER_USER_MISSING`, `MAILER_USER_TWICE`, `MAILER_SECRET_MISSING`,
 * `MAILER_SECRET_TWICE`
 */
export function smtpOptionsOf(text: string, beside: Beside): SmtpOptions {
  const { secret, token, tlsContext } = beside;
  const url = parsed(text);
  if (url.protocol !== "smtps:" && url.protocol !== "smtp:")
    throw invalid(`its scheme is ${url.protocol}`);
  if (url.hostname === "") throw invalid("it names no host");
  if (url.pathname !== "" && url.pathname !== "/") throw invalid("it has a path");
  if (url.search !== "" || url.hash !== "") {
    throw invalid(
      'it has a "?" or "#" part; in a user name or password they are written %3F and %23',
    );
  }
  const isImplicit = url.protocol === "smtps:";
  if (url.username !== "" && beside.user !== undefined) {
    throw new UsageError("the URL names a user, and `user` gives another", {
      code: "MAILER_USER_TWICE",
      hint: "Keep one of them.",
    });
  }
  const user = beside.user ?? decoded(url.username);
  const options: SmtpOptions = {
    host: hostOf(url.hostname),
    port: url.port === "" ? (isImplicit ? 465 : 587) : Number(url.port),
    tls: isImplicit ? "implicit" : "starttls",
    ...(tlsContext === undefined ? {} : { tlsContext }),
  };
  const password = url.password === "" ? undefined : decoded(url.password);
  const all = [password, secret, token].filter((one) => one !== undefined);
  if (all.length > 1) throw secretTwice();
  const [given] = all;
  if (user === "" && given === undefined) return options;
  if (user === "") {
    throw new UsageError("there is a secret, but no user that it belongs to", {
      code: "MAILER_USER_MISSING",
      hint: "Pass `user`, or write it into the URL, an @ as %40: smtps://ana%40example.com@host.",
    });
  }
  if (given === undefined) {
    throw new UsageError(`there is the user ${JSON.stringify(user)}, and no secret`, {
      code: "MAILER_SECRET_MISSING",
      hint: "Pass `secret`, the password or a function that fetches it. Is the variable it comes from set?",
    });
  }
  return {
    ...options,
    auth: token === undefined ? { user, secret: given as SecretSource } : { user, token },
  };
}

/** Two that say the same, and nobody knows which of them is right. */
export function secretTwice(): UsageError {
  return new UsageError("there are two of: a password in the URL, `secret`, and `token`", {
    code: "MAILER_SECRET_TWICE",
    hint: "Keep `secret`, or `token`, and take a password out of the URL.",
  });
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid("it cannot be read as a URL"); // the text may hold a password, so it is not shown
  }
}

function hostOf(hostname: string): string {
  if (hostname.startsWith("[")) return hostname.slice(1, -1); // IPv6
  // What is ASCII stays: a name in a private network may have characters that no domain of mail has.
  const host = decoded(hostname);
  return isAscii(host) ? host : asciiDomain(host);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a "%" in it is not followed by two hexadecimal digits');
  }
}

function invalid(why: string): UsageError {
  return new UsageError(`this is not the URL of a transport: ${why}`, {
    code: "MAILER_URL_INVALID",
    hint: "Write smtps://user@host (implicit TLS) or smtp://user@host (STARTTLS), with :port where it is not 465 or 587; or the name of a provider.",
  });
}
