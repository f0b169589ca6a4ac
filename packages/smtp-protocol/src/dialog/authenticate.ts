/** Logging in: RFC 4954. The mechanisms are values, in `../sasl`. */
import { emptyBytes, utf8 } from "@letterwright/base/bytes";
import { base64Text, decodeBase64 } from "@letterwright/base/codec";
import { LetterwrightError } from "@letterwright/base/error";
import type { ServerOffer, ServerReply } from "@letterwright/message";
import { ReplyError } from "../errors.ts";
import { mechanismsOf } from "../offer.ts";
import { chooseMechanism, type Channel, type MechanismName } from "../sasl/choose.ts";
import type { Computation } from "../sasl/computation.ts";
import { assertCredential } from "../sasl/credentials.ts";
import type { Mechanism } from "../sasl/mechanism.ts";
import { ask, type Dialog } from "./dialog.ts";

/** Who logs in. */
export interface Credentials {
  /** May be left out for EXTERNAL. */
  readonly user?: string;
  /** The password. For OAUTHBEARER or XOAUTH2, chosen by name, the token. */
  readonly secret?: string;
  /** An OAuth access token, in place of `secret`: OAUTHBEARER, else XOAUTH2. */
  readonly token?: string;
  /** Whom to act as, where the server lets this user act as another: PLAIN, SCRAM, OAUTHBEARER and EXTERNAL say it. */
  readonly authorizationIdentity?: string;
  /**
   * What may be used, the best first: names, or mechanisms of one's own. Default: the strongest that is offered.
   * With a password that is SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN,
   * CRAM-MD5; where the server has not proved who it is, PLAIN and LOGIN come last.
   */
  readonly mechanism?: MechanismName | Mechanism | readonly (MechanismName | Mechanism)[];
}

/**
 * Logs in with one mechanism, the strongest that may be used. A refusal ends it: trying the next with the same
 * password would only count as another wrong password, and hand it to whoever takes offers away.
 *
 * Throws {@link LetterwrightError} `SMTP_AUTH_NOT_OFFERED`, `SMTP_AUTH_NO_MECHANISM`,
 * `SMTP_AUTH_CHALLENGE_INVALID`, `SMTP_AUTH_SERVER_UNPROVEN`; {@link ReplyError} `SMTP_AUTH_REFUSED`;
 * {@link UsageError} `SMTP_CREDENTIALS_INVALID`, `SMTP_MECHANISM_INVALID`.
 */
export function* authenticate(
  credentials: Credentials,
  offer: ServerOffer,
  channel: Channel = {},
): Dialog<void> {
  const { user = "", token, secret = token ?? "", authorizationIdentity } = credentials;
  const offered = mechanismsOf(offer);
  const kind = token === undefined ? "password" : "token";
  const mechanism = chooseMechanism(credentials.mechanism, kind, offered, channel);
  if (mechanism.needs.credential !== "none") {
    assertCredential(user, "user");
    assertCredential(secret, "secret");
  }
  const { name } = mechanism;
  const steps = mechanism.exchange({
    user,
    secret,
    authorizationIdentity,
    host: channel.host,
    port: channel.port,
    canBind: channel.canBind === true,
    offered,
  });

  let reply: ServerReply | undefined;
  let explanation: string | undefined;
  try {
    let turn = steps.next();
    while (turn.done !== true) {
      const step = turn.value;
      if (step.kind === "compute") {
        turn = steps.next(yield* computed(step.computation));
        continue;
      }
      ({ explanation } = step);
      reply = yield* ask(
        reply === undefined
          ? { verb: "AUTH", mechanism: name, conceal: secret, ...initial(step.data) }
          : { verb: "RESPONSE", text: base64Text(step.data ?? emptyBytes) },
      );
      if (reply.code >= 400) throw refused(reply, name, explanation, secret);
      if (reply.code >= 300 && reply.code !== 334) throw outOfStep(`answers ${reply.code}`, name);
      turn = steps.next(isChallenge(reply) ? challengeOf(reply) : undefined);
      // RFC 4954 §4: granted, and there is nothing left to be said.
      if (!isChallenge(reply) && turn.done !== true) {
        throw outOfStep("grants the login", name);
      }
    }
  } catch (error) {
    if (isChallenge(reply)) yield* cancel();
    throw error;
  }
  if (!isChallenge(reply)) return;
  throw refused(yield* cancelled(), name, explanation, secret);
}

function initial(data: Uint8Array | undefined): { readonly initialResponse?: string } {
  return data === undefined ? {} : { initialResponse: base64Text(data) };
}

function* computed(computation: Computation): Dialog<Uint8Array> {
  let result: Uint8Array | undefined;
  const { failure } = yield { kind: "compute", computation, take: (octets) => (result = octets) };
  if (failure !== undefined) throw failure.reason;
  if (result !== undefined) return result;
  throw new TypeError("the driver has to hand in what it computed");
}

/** RFC 4954 §4: a client that cannot go on says so with a lone asterisk, which is answered with 501. */
function cancelled(): Dialog<ServerReply> {
  return ask({ verb: "RESPONSE", text: "*" });
}

/** As {@link cancelled}, where something is on its way to the caller that matters more than the answer. */
function* cancel(): Dialog<void> {
  try {
    yield* cancelled();
  } catch {
    // The line may be cut by now; why the login ended is known all the same.
  }
}

/** Whether the server waits for a response: RFC 5321 §4.2.1, by the first digit. */
function isChallenge(reply: ServerReply | undefined): boolean {
  return reply !== undefined && reply.code >= 300 && reply.code < 400;
}

/** QUIRK: some servers ask in plain text; where the words do not matter (LOGIN) that is no harm. */
function challengeOf(reply: ServerReply): Uint8Array {
  try {
    return decodeBase64(reply.text);
  } catch {
    return utf8(reply.text);
  }
}

function outOfStep(what: string, name: string): LetterwrightError {
  return new LetterwrightError(`the server ${what} before ${name} is at its end`, {
    code: "SMTP_AUTH_CHALLENGE_INVALID",
    hint: "Is this the right server? If it is, choose another `mechanism` that it offers.",
  });
}

function refused(
  reply: ServerReply,
  name: string,
  explanation: string | undefined,
  secret: string,
): ReplyError {
  // Who got the secret may give it back, and errors are logged.
  const shown = secret === "" ? explanation : explanation?.replaceAll(secret, "***");
  const said = shown === undefined ? "" : ` (it explained: ${JSON.stringify(shown)})`;
  return new ReplyError(`the server refused the login with ${name}${said}`, {
    code: "SMTP_AUTH_REFUSED",
    reply,
    hint: hintFor(reply, name),
  });
}

function hintFor(reply: ServerReply, name: string): string {
  // RFC 4954 §6
  if (reply.code === 432)
    return "The server wants the password to be set anew before it can use it.";
  if (reply.code === 454) return "Its password database does not answer; try again later.";
  if (reply.code === 504 || reply.code === 534) {
    return "The server offers this mechanism and does not take it: choose another with `mechanism`.";
  }
  if (name === "OAUTHBEARER" || name === "XOAUTH2") {
    return "Check that the token belongs to this user, is fresh, and was granted for sending mail.";
  }
  const passwords =
    "Check user and secret. Many providers want an app password, made in the account's settings, in place of the account's password.";
  // A server can offer what its user database has nothing for.
  return name === "PLAIN" || name === "LOGIN"
    ? passwords
    : `${passwords} If both are right, the server may have no secret stored for ${name}: choose another with \`mechanism\`.`;
}
