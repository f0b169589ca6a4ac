/** What a login has computed: with Node's OpenSSL, beside everything else. */
import { createHash, createHmac, getFips, pbkdf2, randomBytes } from "node:crypto";
import { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import type { Computation, HashName } from "@letterwright/smtp-protocol";
import type { Duplex } from "node:stream";

const lengths: Readonly<Record<HashName, number>> = {
  MD5: 16,
  "SHA-1": 20,
  "SHA-256": 32,
  "SHA-512": 64,
};

/** The hashes that cannot be computed here. */
export function lackingHashes(): readonly HashName[] {
  return getFips() === 1 ? ["MD5"] : [];
}

/**
 * Whether a login over this socket can be bound to it: on TLS 1.3. Older versions would need the extended
 * master secret (RFC 9266 §4), and Node does not tell whether there is one.
 */
export function canBind(socket: Duplex): boolean {
  return socket instanceof TLSSocket && socket.getProtocol() === "TLSv1.3";
}

/** What the computation comes to. */
export async function compute(computation: Computation, socket: Duplex): Promise<Uint8Array> {
  switch (computation.kind) {
    case "hmac": {
      const { hash, key, data } = computation;
      return createHmac(hash, key).update(data).digest();
    }
    case "hash":
      return createHash(computation.hash).update(computation.data).digest();
    case "pbkdf2": {
      const { password, salt, iterations, hash } = computation;
      return promisify(pbkdf2)(password, salt, iterations, lengths[hash], hash);
    }
    case "random":
      return randomBytes(computation.byteLength);
    case "tls-exporter": {
      if (!(socket instanceof TLSSocket)) throw new TypeError("there is no TLS to bind to");
      // RFC 9266 §2: 32 octets, an empty context
      return socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
    }
  }
}
