/** The stores of authorities that come with the system and with Node. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pemBlocks } from "./authorities.ts";
import { getCACertificates, rootCertificates } from "./platform.ts";

/** Whom a context trusts beside the authorities it is given. */
export type TrustStore =
  /**
   * The system's store. Node 22.15 and later reads it; before, it is read from where systems keep it, or from where
   * `SSL_CERT_FILE` and `SSL_CERT_DIR` say. Where it is empty, Mozilla's stands in. The default.
   */
  | "system"
  /** Mozilla's authorities, as Node carries them. */
  | "mozilla"
  /** Nobody else. */
  | "none";

/**
 * Who vouches for a server: a store, an authority that was given, or a pin alone. `"nobody"` where any certificate is
 * accepted.
 */
export type TrustSource = Exclude<TrustStore, "none"> | "given" | "pin" | "nobody";

/** A store as it was found. */
export interface Store {
  /** What was really read: `"mozilla"` also where the system had none. */
  readonly kind: TrustStore;
  /** Who read it, or the path. */
  readonly from: string;
  /** PEM. */
  readonly authorities: readonly string[];
}

const none: Store = Object.freeze({ kind: "none", from: "nowhere", authorities: [] });
const mozilla: Store = Object.freeze({
  kind: "mozilla",
  from: "Node",
  authorities: rootCertificates,
});
let system: Store | undefined;

/** The store, read once in a process. */
export function storeOf(trust: TrustStore): Store {
  if (trust === "none") return none;
  if (trust === "mozilla") return mozilla;
  return (system ??= systemStore(process.env, getCACertificates));
}

/** Debian, Fedora, SUSE, Alpine and macOS, FreeBSD. */
const bundles: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
  "/usr/local/share/certs/ca-root-nss.crt",
];

/**
 * What the system trusts, or Mozilla's authorities where nothing is found.
 *
 * @param known how Node reads it, where it can
 */
export function systemStore(
  environment: Readonly<Record<string, string | undefined>>,
  known: typeof getCACertificates,
): Store {
  // Node gives a certificate again for each name that its folder has for it.
  const native = [...new Set(known?.("system") ?? [])];
  if (native.length > 0)
    return Object.freeze({ kind: "system", from: "Node", authorities: native });
  const file = environment["SSL_CERT_FILE"];
  const folder = environment["SSL_CERT_DIR"];
  const isSaid = (file ?? "") !== "" || (folder ?? "") !== "";
  if (isSaid) {
    // OpenSSL: one file, and a list of folders.
    const folders = listed(folder).flatMap((list) => list.split(delimiter).filter(Boolean));
    const found = [...listed(file), ...folders.flatMap(filesIn)].flatMap(certificatesIn);
    const authorities = [...new Set(found)];
    const from = [...listed(file), ...folders].join(", ");
    return authorities.length > 0 ? Object.freeze({ kind: "system", from, authorities }) : mozilla;
  }
  for (const from of bundles) {
    const authorities = certificatesIn(from);
    if (authorities.length > 0) return Object.freeze({ kind: "system", from, authorities });
  }
  return mozilla;
}

function listed(path: string | undefined): readonly string[] {
  return path === undefined || path === "" ? [] : [path];
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // what is not there is not the system's store
  }
}

/** The blocks are not looked into: there are hundreds, and OpenSSL reads them. */
function certificatesIn(path: string): readonly string[] {
  try {
    return pemBlocks(readFileSync(path, "utf8")) ?? [];
  } catch {
    return [];
  }
}

const fingerprints: WeakMap<readonly string[], ReadonlySet<string>> = new WeakMap();

/** SHA-256 of each, as Node writes it; found once for a list, because every full handshake asks. */
export function fingerprintsOf(authorities: readonly string[]): ReadonlySet<string> {
  const known = fingerprints.get(authorities) ?? new Set(authorities.map(fingerprintOf));
  fingerprints.set(authorities, known);
  return known;
}

function fingerprintOf(pem: string): string {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ""), "base64");
  const digits = createHash("sha256").update(der).digest("hex").toUpperCase();
  return (digits.match(/../g) ?? []).join(":");
}
