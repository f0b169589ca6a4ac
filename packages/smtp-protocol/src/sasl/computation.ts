/**
 * What a mechanism has computed for it. The core is synchronous and has no randomness of its own, and Web
 * Crypto gives promises only: so these are steps that a driver takes.
 *
 * In Node all of it is `node:crypto` and `tlsSocket.exportKeyingMaterial`. With Web Crypto, `hmac` is
 * `crypto.subtle.sign`, `hash` is `digest`, `pbkdf2` is `deriveBits`, `random` is `getRandomValues`; there
 * is no MD5, which the driver says with `lacks`, and where TLS is out of its hands it cannot bind to it.
 */

/** Hash functions, by the names that Web Crypto gives them; MD5 it does not have. */
export type HashName = "MD5" | "SHA-1" | "SHA-256" | "SHA-512";

/** One computation; what it comes to is octets. */
export type Computation =
  /** RFC 2104. */
  | {
      readonly kind: "hmac";
      readonly hash: HashName;
      readonly key: Uint8Array;
      readonly data: Uint8Array;
    }
  | { readonly kind: "hash"; readonly hash: HashName; readonly data: Uint8Array }
  /** RFC 8018 §5.2, as many octets as the hash has. It takes time: a driver does it beside everything else. */
  | {
      readonly kind: "pbkdf2";
      readonly hash: HashName;
      readonly password: Uint8Array;
      readonly salt: Uint8Array;
      readonly iterations: number;
    }
  /** Octets that nobody can guess. */
  | { readonly kind: "random"; readonly byteLength: number }
  /**
   * What only the two ends of this TLS connection know: 32 octets of the exporter with the label
   * `EXPORTER-Channel-Binding` and an empty context (RFC 9266 §2). Asked for only where the driver says `canBind`.
   */
  | { readonly kind: "tls-exporter" };
