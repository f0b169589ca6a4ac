/** OAUTHBEARER: RFC 7628. */
import { ascii, utf8 } from "@letterwright/base/bytes";
import { present } from "./bearer.ts";
import { assertCredential, assertToken } from "./credentials.ts";
import { gs2Name } from "./gs2.ts";
import type { Mechanism } from "./mechanism.ts";

/** An OAuth token, with the server it is meant for. */
export const oauthBearer: Mechanism = Object.freeze({
  name: "OAUTHBEARER",
  needs: { credential: "token" },
  revealsSecret: true,
  *exchange({ user, secret, authorizationIdentity = user, host, port }) {
    assertCredential(user, "user", "\0\u0001");
    assertCredential(authorizationIdentity, "authorizationIdentity", "\0\u0001");
    assertToken(secret);
    // RFC 7628 §3.1: client-resp = (gs2-header kvsep *kvpair kvsep), kvsep = %x01
    const pairs = [
      ...(host === undefined ? [] : [`host=${host}`]),
      ...(port === undefined ? [] : [`port=${port}`]),
      `auth=Bearer ${secret}`,
    ].map((pair) => `${pair}\u0001`);
    const message = `n,a=${gs2Name(authorizationIdentity)},\u0001${pairs.join("")}\u0001`;
    yield* present(utf8(message), ascii("\u0001")); // §3.2.3
  },
} satisfies Mechanism);
