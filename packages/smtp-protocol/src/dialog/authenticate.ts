/** Logging in: RFC 4954, with PLAIN (RFC 4616), LOGIN and XOAUTH2. */
import { utf8, utf8Text } from "@letterwright/base/bytes";
import { base64Text, decodeBase64 } from "@letterwright/base/codec";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import type { ServerOffer, ServerReply } from "@letterwright/message";
import { ReplyError } from "../errors.ts";
import { mechanismsOf } from "../offer.ts";
import { ask, type Dialog } from "./dialog.ts";

/** Mechanisms this package speaks. */
export type Mechanism = "PLAIN" | "LOGIN" | "XOAUTH2";

/** Who logs in. */
export interface Credentials {
  readonly user: string;
  /** The password, or the access token for XOAUTH2. */
  readonly secret: string;
  /** Default: PLAIN, else LOGIN, whichever is offered first of them. */
  readonly mechanism?: Mechanism;
}

const byPreference: readonly Mechanism[] = ["PLAIN", "LOGIN"];

/**
 * Logs in with one mechanism. A refusal ends it: trying the next mechanism with the same password would
 * only count as another wrong password.
 *
 * Throws {@link LetterwrightError} `SMTP_AUTH_NOT_OFFERED`, `SMTP_AUTH_NO_MECHANISM`; {@link ReplyError}
 * `SMTP_AUTH_REFUSED`; {@link UsageError} `SMTP_CREDENTIALS_INVALID`.
 */
export function* authenticate(credentials: Credentials, offer: ServerOffer): Dialog<void> {
  const mechanism = chooseMechanism(credentials, offer);
  refuseSeparators(credentials, mechanism);
  let reply = yield* begin(mechanism, credentials);
  for (const answer of answers(mechanism, credentials)) {
    if (reply.code !== 334) break;
    reply = yield* ask({ verb: "RESPONSE", text: base64Text(utf8(answer)) });
  }
  if (reply.code < 300) return;
  if (reply.code === 334) {
    const challenge = decodedChallenge(reply.text);
    // XOAUTH2 and OAUTHBEARER say what was wrong in a challenge, and want an answer before the refusal.
    const last = yield* ask({ verb: "RESPONSE", text: mechanism === "XOAUTH2" ? "" : "*" });
    throw refusedLogin(last, challenge);
  }
  throw refusedLogin(reply, undefined);
}

function* begin(mechanism: Mechanism, { user, secret }: Credentials): Dialog<ServerReply> {
  switch (mechanism) {
    case "PLAIN":
      return yield* ask({
        verb: "AUTH",
        mechanism,
        initialResponse: base64Text(utf8(`\0${user}\0${secret}`)),
      });
    case "XOAUTH2": {
      const bearer = `user=${user}\u0001auth=Bearer ${secret}\u0001\u0001`;
      return yield* ask({ verb: "AUTH", mechanism, initialResponse: base64Text(utf8(bearer)) });
    }
    case "LOGIN":
      return yield* ask({ verb: "AUTH", mechanism });
  }
}

/** What each further challenge is answered with, in order. */
function answers(mechanism: Mechanism, { user, secret }: Credentials): readonly string[] {
  if (mechanism === "LOGIN") return [user, secret];
  // QUIRK: some servers pass over an initial response and ask for it with an empty challenge.
  if (mechanism === "PLAIN") return [plainMessage(user, secret)];
  return [];
}

/** RFC 4616 §2, with no identity to act as. */
function plainMessage(user: string, secret: string): string {
  return `\0${user}\0${secret}`;
}

function chooseMechanism({ mechanism }: Credentials, offer: ServerOffer): Mechanism {
  const offered = mechanismsOf(offer);
  if (offered.length === 0) {
    throw new LetterwrightError("there are credentials, and the server offers no way to log in", {
      code: "SMTP_AUTH_NOT_OFFERED",
      hint: "Is this the submission server? A server that only receives mail (an MX) logs nobody in.",
    });
  }
  const chosen =
    mechanism === undefined ? byPreference.find((name) => offered.includes(name)) : mechanism;
  if (chosen === undefined || !offered.includes(chosen)) {
    const wanted = mechanism ?? byPreference.join(" or ");
    throw new LetterwrightError(
      `the server offers to log in with ${offered.map((name) => JSON.stringify(name)).join(", ")}, not with ${wanted}`,
      {
        code: "SMTP_AUTH_NO_MECHANISM",
        hint: "Choose a mechanism that it offers, or look at its documentation for the kind of secret it wants.",
      },
    );
  }
  return chosen;
}

/** RFC 4616 §2: NUL separates the fields of PLAIN; XOAUTH2 uses U+0001. */
function refuseSeparators({ user, secret }: Credentials, mechanism: Mechanism): void {
  const separator = mechanism === "XOAUTH2" ? "\u0001" : "\0";
  // An unset variable is no string at all, whatever the types say.
  const isFit = (text: unknown): boolean =>
    typeof text === "string" && text !== "" && !text.includes(separator);
  if (isFit(user) && isFit(secret)) return;
  throw new UsageError(
    `user or secret is empty, or holds a character that ${mechanism} uses to separate them`,
    {
      code: "SMTP_CREDENTIALS_INVALID",
      hint: "Is the variable set that they come from?",
    },
  );
}

function decodedChallenge(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return utf8Text(decodeBase64(text));
  } catch {
    return text; // not base64: the server's words as they are
  }
}

function refusedLogin(reply: ServerReply, challenge: string | undefined): ReplyError {
  const said = challenge === undefined ? "" : ` (it explained: ${JSON.stringify(challenge)})`;
  return new ReplyError(`the server refused the login${said}`, {
    code: "SMTP_AUTH_REFUSED",
    reply,
    hint: "Check user and secret. Many providers want an app password, made in the account's settings, in place of the account's password.",
  });
}
