/**
 * SCRAM: RFC 5802 (SHA-1), RFC 7677 (SHA-256), each also bound to the TLS connection (RFC 9266).
 *
 * The password does not travel, and the server proves that it knows it too. Bound (`-PLUS`), nobody between
 * the two ends of TLS can pass the login on, whatever certificate he has.
 */
import { concatBytes, equalBytes, utf8 } from "@letterwright/base/bytes";
import { base64Text } from "@letterwright/base/codec";
import { LetterwrightError } from "@letterwright/base/error";
import type { HashName } from "./computation.ts";
import { assertCredential } from "./credentials.ts";
import { gs2Name } from "./gs2.ts";
import { compute, respond, type Mechanism, type SaslLogin, type SaslStep } from "./mechanism.ts";
import { prepared } from "./preparation.ts";
import { parseServerFinal, parseServerFirst } from "./scram-message.ts";

function scram(hash: HashName, binds: boolean): Mechanism {
  const plainName = `SCRAM-${hash}`;
  return Object.freeze({
    name: binds ? `${plainName}-PLUS` : plainName,
    needs: { credential: "password", hash, ...(binds ? { channelBinding: true } : {}) },
    revealsSecret: false,
    *exchange(login) {
      const { user, secret } = login;
      assertCredential(user, "user");
      assertCredential(secret, "secret");
      const password = utf8(prepared(secret, "secret"));
      const header = gs2Header(login, plainName, binds);
      const clientNonce = base64Text(yield* compute({ kind: "random", byteLength: 18 }));
      const clientFirst = `n=${gs2Name(prepared(user, "user"))},r=${clientNonce}`;
      const serverFirst = yield* respond(utf8(header + clientFirst));
      if (serverFirst === undefined) throw unproven("it granted the login without a proof");
      const { nonce, salt, iterations } = parseServerFirst(serverFirst, clientNonce);

      const bound = binds ? [yield* compute({ kind: "tls-exporter" })] : [];
      const withoutProof = `c=${base64Text(concatBytes([utf8(header), ...bound]))},r=${nonce}`;
      const authMessage = concatBytes([
        utf8(`${clientFirst},`),
        serverFirst,
        utf8(`,${withoutProof}`),
      ]);

      // RFC 5802 §3
      const salted = yield* compute({ kind: "pbkdf2", hash, password, salt, iterations });
      const clientKey = yield* hmac(hash, salted, utf8("Client Key"));
      const storedKey = yield* compute({ kind: "hash", hash, data: clientKey });
      const clientSignature = yield* hmac(hash, storedKey, authMessage);
      const proof = clientKey.map((octet, at) => octet ^ (clientSignature[at] ?? 0));
      const serverKey = yield* hmac(hash, salted, utf8("Server Key"));
      const serverSignature = yield* hmac(hash, serverKey, authMessage);

      const serverFinal = yield* respond(utf8(`${withoutProof},p=${base64Text(proof)}`));
      if (serverFinal === undefined) throw unproven("it granted the login without a proof");
      const final = parseServerFinal(serverFinal);
      if ("error" in final) {
        yield* respond(undefined, final.error);
        throw unproven("it gave an error in place of a proof, and went on");
      }
      if (!equalBytes(final.signature, serverSignature)) throw unproven("its signature is wrong");
      yield* respond(undefined);
    },
  } satisfies Mechanism);
}

export const scramSha256Plus: Mechanism = scram("SHA-256", true);
export const scramSha256: Mechanism = scram("SHA-256", false);
export const scramSha1Plus: Mechanism = scram("SHA-1", true);
export const scramSha1: Mechanism = scram("SHA-1", false);

/**
 * RFC 5802 §6, §7: what is bound to, and whom to act as. "y" tells that this client could have bound and saw
 * no offer to: a server that did offer it then knows that somebody took the offer away.
 */
function gs2Header(login: SaslLogin, plainName: string, binds: boolean): string {
  const { authorizationIdentity, canBind, offered } = login;
  if (authorizationIdentity !== undefined) {
    assertCredential(authorizationIdentity, "authorizationIdentity");
  }
  const identity = authorizationIdentity === undefined ? "" : `a=${gs2Name(authorizationIdentity)}`;
  const sawNoOffer = canBind && !offered.includes(`${plainName}-PLUS`);
  return `${binds ? "p=tls-exporter" : sawNoOffer ? "y" : "n"},${identity},`;
}

function hmac(
  hash: HashName,
  key: Uint8Array,
  data: Uint8Array,
): Generator<SaslStep, Uint8Array, Uint8Array | undefined> {
  return compute({ kind: "hmac", hash, key, data });
}

function unproven(why: string): LetterwrightError {
  return new LetterwrightError(`the server did not prove that it knows the password: ${why}`, {
    code: "SMTP_AUTH_SERVER_UNPROVEN",
    hint: "Somebody may be posing as the server: nothing was sent. The password itself did not travel.",
  });
}
