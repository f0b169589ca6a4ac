/** CRAM-MD5: RFC 2195. */
import { utf8 } from "@letterwright/base/bytes";
import { assertCredential } from "./credentials.ts";
import { compute, respond, type Mechanism } from "./mechanism.ts";

/**
 * A keyed digest of the server's challenge. It keeps the password from who only listens, and no more: who
 * answers can guess at it, does not prove who he is, and a server has to keep the password itself for it.
 */
export const cramMd5: Mechanism = Object.freeze({
  name: "CRAM-MD5",
  needs: { credential: "password", hash: "MD5" },
  revealsSecret: false,
  *exchange({ user, secret }) {
    assertCredential(user, "user");
    assertCredential(secret, "secret");
    const challenge = yield* respond(undefined);
    if (challenge === undefined) return;
    const digest = yield* compute({
      kind: "hmac",
      hash: "MD5",
      key: utf8(secret),
      data: challenge,
    });
    // RFC 2195 §2: the user name, a space, and the digest in lower-case hexadecimal
    const hex = [...digest].map((octet) => octet.toString(16).padStart(2, "0")).join("");
    yield* respond(utf8(`${user} ${hex}`));
  },
} satisfies Mechanism);
