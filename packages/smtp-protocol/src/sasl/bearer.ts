/** What OAUTHBEARER and XOAUTH2 have in common: a token, and a challenge that says what is wrong with it. */
import { utf8Text } from "@letterwright/base/bytes";
import { respond, type SaslExchange } from "./mechanism.ts";

/** Sends the token; an error challenge is answered with `acknowledgement`, and then the refusal comes. */
export function* present(message: Uint8Array, acknowledgement: Uint8Array): SaslExchange {
  const challenge = yield* respond(message);
  if (challenge === undefined) return;
  yield* respond(acknowledgement, utf8Text(challenge));
}
