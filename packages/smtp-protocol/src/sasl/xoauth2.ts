/** XOAUTH2: what Google and Microsoft had before RFC 7628, and still have. */
import { emptyBytes, utf8 } from "@letterwright/base/bytes";
import { present } from "./bearer.ts";
import { assertCredential, assertToken } from "./credentials.ts";
import type { Mechanism } from "./mechanism.ts";

/** An OAuth token. */
export const xoauth2: Mechanism = Object.freeze({
  name: "XOAUTH2",
  needs: { credential: "token" },
  revealsSecret: true,
  *exchange({ user, secret }) {
    assertCredential(user, "user", "\0\u0001");
    assertToken(secret);
    const message = `user=${user}\u0001auth=Bearer ${secret}\u0001\u0001`;
    yield* present(utf8(message), emptyBytes);
  },
} satisfies Mechanism);
