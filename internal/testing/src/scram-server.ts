/** The server's half of SCRAM, by the formulas of RFC 5802 §3: for tests of the client's. */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

const b64 = (text: string): string => Buffer.from(text).toString("base64");

/** A server that knows a password, and answers whatever nonce it gets. */
export class ScramServer {
  clientFirstBare = "";
  serverFirst = "";
  header = "";
  readonly hash: "sha1" | "sha256";
  readonly password: string;
  constructor(hash: "sha1" | "sha256", password: string) {
    this.hash = hash;
    this.password = password;
  }
  first(clientFirst: string, iterations = 4096): string {
    const at = clientFirst.indexOf("n=", clientFirst.indexOf(",", clientFirst.indexOf(",") + 1));
    this.header = clientFirst.slice(0, at);
    this.clientFirstBare = clientFirst.slice(at);
    const nonce = this.clientFirstBare.slice(this.clientFirstBare.indexOf(",r=") + 3);
    this.serverFirst = `r=${nonce}server,s=${b64("salt")},i=${iterations}`;
    return this.serverFirst;
  }
  /** The signature, when the proof is right. */
  final(clientFinal: string, bound: Uint8Array = new Uint8Array(0)): string {
    const at = clientFinal.lastIndexOf(",p=");
    const proof = Buffer.from(clientFinal.slice(at + 3), "base64");
    const withoutProof = clientFinal.slice(0, at);
    const wanted = Buffer.concat([Buffer.from(this.header), bound]).toString("base64");
    if (!withoutProof.startsWith(`c=${wanted},`)) return "e=channel-bindings-dont-match";
    const message = `${this.clientFirstBare},${this.serverFirst},${withoutProof}`;
    const hmac = (key: Uint8Array, data: string) =>
      createHmac(this.hash, key).update(data).digest();
    const length = this.hash === "sha1" ? 20 : 32;
    const salted = pbkdf2Sync(this.password, "salt", 4096, length, this.hash);
    const stored = createHash(this.hash).update(hmac(salted, "Client Key")).digest();
    const signature = hmac(stored, message);
    const key = proof.map((octet, index) => octet ^ (signature[index] ?? 0));
    if (!createHash(this.hash).update(key).digest().equals(stored)) return "e=invalid-proof";
    return `v=${hmac(hmac(salted, "Server Key"), message).toString("base64")}`;
  }
}
