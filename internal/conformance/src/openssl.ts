/** What `openssl` makes of keys and certificates. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { IssuedCertificate } from "@letterwright/receiver/certificates";

const run = promisify(execFile);

/** What it writes to its standard output. */
export function openssl(args: readonly string[], input: string): string {
  return execFileSync("openssl", [...args], { input, encoding: "utf8" });
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "letterwright-openssl-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A certificate that vouches for itself, with a key of this algorithm. */
export function opensslCertificate(algorithm: string, host: string): Promise<IssuedCertificate> {
  return inFolder(async (folder) => {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const bits = algorithm.startsWith("rsa") ? ["-pkeyopt", "rsa_keygen_bits:2048"] : [];
    const made = ["-newkey", algorithm, ...bits, "-keyout", key, "-noenc"];
    const says = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
    await run("openssl", ["req", "-x509", ...made, "-out", certificate, "-days", "7", ...says]);
    const text = await readFile(certificate, "utf8");
    return { certificate: text, chain: text, key: await readFile(key, "utf8") };
  });
}

/** Certificate and key in one file, encrypted (RFC 7292). */
export function pkcs12(
  { certificate, key }: IssuedCertificate,
  passphrase: string,
): Promise<Uint8Array> {
  return inFolder(async (folder) => {
    const [from, to] = [join(folder, "identity.pem"), join(folder, "identity.p12")];
    await writeFile(from, certificate + key, { mode: 0o600 });
    await run("openssl", [
      "pkcs12",
      "-export",
      "-in",
      from,
      "-out",
      to,
      "-passout",
      `pass:${passphrase}`,
    ]);
    return readFile(to);
  });
}
