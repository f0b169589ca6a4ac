/** LOGIN: never a standard, offered by many (draft-murchison-sasl-login-00). */
import { utf8 } from "@letterwright/base/bytes";
import { assertCredential } from "./credentials.ts";
import { respond, type Mechanism } from "./mechanism.ts";

/** User and password, each asked for; what the server calls them does not matter. */
export const login: Mechanism = Object.freeze({
  name: "LOGIN",
  needs: { credential: "password" },
  revealsSecret: true,
  *exchange({ user, secret }) {
    assertCredential(user, "user");
    assertCredential(secret, "secret");
    for (const answer of [undefined, utf8(user), utf8(secret)]) {
      if ((yield* respond(answer)) === undefined) return;
    }
  },
} satisfies Mechanism);
