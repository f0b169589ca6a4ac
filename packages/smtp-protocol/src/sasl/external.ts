/** EXTERNAL: RFC 4422 appendix A. */
import { utf8 } from "@letterwright/base/bytes";
import { assertCredential } from "./credentials.ts";
import { respond, type Mechanism } from "./mechanism.ts";

/** Something outside says who this is: the certificate of the client. Chosen by name only. */
export const external: Mechanism = Object.freeze({
  name: "EXTERNAL",
  needs: { credential: "none" },
  revealsSecret: false,
  *exchange({ user, authorizationIdentity = user }) {
    // Empty: the server takes the identity from the certificate.
    if (authorizationIdentity !== "") {
      assertCredential(authorizationIdentity, "authorizationIdentity");
    }
    yield* respond(utf8(authorizationIdentity));
  },
} satisfies Mechanism);
