/** The messages of SCRAM that a server writes: RFC 5802 §7. */
import { utf8Text } from "@letterwright/base/bytes";
import { decodeBase64 } from "@letterwright/base/codec";
import { LetterwrightError } from "@letterwright/base/error";

/** What the server's first message says. */
export interface ServerFirst {
  /** The client's nonce with the server's behind it. */
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

// RFC 5802 §5.1 and RFC 7677 §4: 4096 at the least; with fewer, who answers could guess at passwords cheaply.
const minIterations = 4096;
// About half a second of PBKDF2. A server may not keep its clients busy for longer.
const maxIterations = 1_000_000;
const maxSaltBytes = 1024;

/**
 * Reads `server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]`.
 *
 * @throws {LetterwrightError} `SMTP_AUTH_CHALLENGE_INVALID`
 */
export function parseServerFirst(message: Uint8Array, clientNonce: string): ServerFirst {
  const attributes = attributesOf(message);
  const [nonce, salt, iterations] = attributes;
  // RFC 5802 §5.1: an "m" attribute is an extension that has to be understood, and there is none.
  if (nonce?.name === "m") throw invalid("it wants an extension of SCRAM that nobody knows");
  if (nonce?.name !== "r" || salt?.name !== "s" || iterations?.name !== "i") {
    throw invalid("nonce, salt and iteration count do not stand in it in this order");
  }
  // Otherwise a challenge of another time could be played again.
  if (!nonce.value.startsWith(clientNonce) || nonce.value.length === clientNonce.length) {
    throw invalid("its nonce does not continue the nonce of this client");
  }
  if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(nonce.value)) throw invalid("its nonce is not printable");
  if (!/^[1-9][0-9]{0,9}$/.test(iterations.value))
    throw invalid("its iteration count is no number");
  const count = Number(iterations.value);
  if (count < minIterations || count > maxIterations) {
    throw invalid(`its iteration count is ${count}, not from ${minIterations} to ${maxIterations}`);
  }
  const octets = base64(salt.value);
  if (octets.length === 0 || octets.length > maxSaltBytes) {
    throw invalid(`its salt has ${octets.length} octets`);
  }
  return { nonce: nonce.value, salt: octets, iterations: count };
}

/**
 * The signature in `server-final-message = (server-error / verifier) ["," extensions]`, or the server's reason
 * why there is none.
 *
 * @throws {LetterwrightError} `SMTP_AUTH_CHALLENGE_INVALID`
 */
export function parseServerFinal(
  message: Uint8Array,
): { readonly signature: Uint8Array } | { readonly error: string } {
  const [first] = attributesOf(message);
  if (first?.name === "v") return { signature: base64(first.value) };
  if (first?.name === "e") return { error: first.value };
  throw invalid("there is neither a signature nor an error in it");
}

interface Attribute {
  readonly name: string;
  readonly value: string;
}

function attributesOf(message: Uint8Array): readonly Attribute[] {
  return utf8Text(message)
    .split(",")
    .map((attribute) => {
      if (!/^[A-Za-z]=/.test(attribute)) throw invalid("it has a part that is no attribute");
      return { name: attribute.charAt(0), value: attribute.slice(2) };
    });
}

function base64(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    throw invalid("it holds something that is not base64");
  }
}

function invalid(why: string): LetterwrightError {
  return new LetterwrightError(`the server's part of the login is not as SCRAM has it: ${why}`, {
    code: "SMTP_AUTH_CHALLENGE_INVALID",
    hint: "Nothing was given away. Is this the right server? If it is, choose another `mechanism` that it offers.",
  });
}
