/** PLAIN: RFC 4616. */
import { utf8 } from "@letterwright/base/bytes";
import { assertCredential } from "./credentials.ts";
import { respond, type Mechanism } from "./mechanism.ts";

/** User and password as they are: whoever answers learns them. */
export const plain: Mechanism = Object.freeze({
  name: "PLAIN",
  needs: { credential: "password" },
  revealsSecret: true,
  *exchange({ user, secret, authorizationIdentity }) {
    if (authorizationIdentity !== undefined) {
      assertCredential(authorizationIdentity, "authorizationIdentity");
    }
    assertCredential(user, "user");
    assertCredential(secret, "secret");
    // RFC 4616 §2: message = [authzid] UTF8NUL authcid UTF8NUL passwd
    const message = utf8(`${authorizationIdentity ?? ""}\0${user}\0${secret}`);
    // QUIRK: some servers pass over an initial response and ask for it with an empty challenge.
    if ((yield* respond(message)) !== undefined) yield* respond(message);
  },
} satisfies Mechanism);
