/** TLS contexts: whom we trust and what we insist on, as a value. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  createSecureContext,
  getCACertificates,
  rootCertificates,
  type SecureContext,
} from "./platform.ts";
import { LetterwrightError, UsageError } from "@letterwright/base/error";

/** Versions that may be chosen; older ones are broken (RFC 8996). */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** Whom a context trusts beside the authorities it is given. */
export type TrustStore =
  /** The system's store, where Node can read it (22.15 and later) and it holds anyone; else Mozilla's. The default. */
  | "system"
  /** Mozilla's authorities, as Node carries them. */
  | "mozilla"
  /** Nobody else. */
  | "none";

/** A certificate that this side shows, with its key. */
export interface TlsIdentity {
  /** PEM; the whole chain, leaf first. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  readonly passphrase?: string;
}

/** What a {@link TlsContext} is made from. Left out, everything is safe. */
export interface TlsContextOptions {
  /** Certificate authorities to trust, PEM: text that may hold several. A private CA belongs here. */
  readonly ca?: string | readonly string[];
  /** Files with such PEM text. */
  readonly caFiles?: readonly string[];
  /** Whom to trust besides. Default `"system"`. */
  readonly trust?: TrustStore;
  /** Default `"TLSv1.2"` (RFC 9325 §3.1.1). */
  readonly minVersion?: TlsVersion;
  /** Default `"TLSv1.3"`. */
  readonly maxVersion?: TlsVersion;
  /** A client certificate, for servers that demand one. */
  readonly identity?: TlsIdentity;
  /** The name the certificate has to bear. Default: the host that is connected to. */
  readonly servername?: string;
  /**
   * Takes whatever certificate is shown: anyone on the path can be the server, read the mail and the
   * password. A private CA needs `ca`, not this.
   */
  readonly dangerouslyAcceptAnyCertificate?: boolean;
}

/** A checked, frozen context. Made by {@link createTlsContext}. */
export interface TlsContext {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  readonly servername: string | undefined;
  readonly acceptsAnyCertificate: boolean;
  readonly trust: TrustStore;
  /** How many authorities were given besides. */
  readonly givenAuthorities: number;
  readonly hasIdentity: boolean;
}

const secureContexts: WeakMap<TlsContext, SecureContext> = new WeakMap();

/**
 * A TLS context with safe defaults: the certificate and its name are verified, TLS 1.2 is the least, and
 * nothing is read from the environment.
 *
 * @throws {UsageError} `TLS_CA_INVALID`, `TLS_CA_MISSING`, `TLS_IDENTITY_INVALID`, `TLS_VERSIONS_INVALID`
 * @throws {LetterwrightError} `TLS_CA_UNREADABLE`
 * @example
 * ```ts
 * import { createTlsContext } from "@letterwright/tls";
 *
 * createTlsContext().minVersion; // => "TLSv1.2"
 * ```
 */
export function createTlsContext(options: TlsContextOptions = {}): TlsContext {
  const { minVersion = "TLSv1.2", maxVersion = "TLSv1.3", trust = "system" } = options;
  checkVersions(minVersion, maxVersion);
  const given = givenAuthorities(options);
  const authorities = [...storeOf(trust), ...given];
  if (authorities.length === 0 && options.dangerouslyAcceptAnyCertificate !== true) {
    throw new UsageError("the context would trust nobody", {
      code: "TLS_CA_MISSING",
      hint: 'Give `ca` or `caFiles` where `trust` is "none".',
    });
  }
  if (options.identity !== undefined) checkIdentity(options.identity);
  const context: TlsContext = Object.freeze({
    minVersion,
    maxVersion,
    servername: options.servername,
    acceptsAnyCertificate: options.dangerouslyAcceptAnyCertificate === true,
    trust,
    givenAuthorities: given.length,
    hasIdentity: options.identity !== undefined,
  });
  const isPlain = given.length === 0 && options.identity === undefined;
  secureContexts.set(
    context,
    isPlain
      ? plainContext(context, authorities)
      : secureContext(context, authorities, options.identity),
  );
  return context;
}

// Reading some hundred authorities takes Node tens of milliseconds; they are the same for every context
// that adds nothing of its own. There is one for each choice of trust and versions, so few.
const plainContexts: Map<string, SecureContext> = new Map();

function plainContext(context: TlsContext, authorities: readonly string[]): SecureContext {
  const choice = `${context.trust} ${context.minVersion} ${context.maxVersion}`;
  const kept = plainContexts.get(choice) ?? secureContext(context, authorities, undefined);
  plainContexts.set(choice, kept);
  return kept;
}

function secureContext(
  { minVersion, maxVersion }: TlsContext,
  authorities: readonly string[],
  identity: TlsIdentity | undefined,
): SecureContext {
  const { certificate, key, passphrase } = identity ?? {};
  return createSecureContext({
    ca: [...authorities],
    minVersion,
    maxVersion,
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  });
}

/** What Node works with; only contexts made here have it. */
export function secureContextOf(context: TlsContext): SecureContext {
  const found = secureContexts.get(context);
  if (found !== undefined) return found;
  throw new UsageError("this is no TLS context", {
    code: "TLS_CONTEXT_INVALID",
    hint: "Make it with createTlsContext; a copy of one does not work.",
  });
}

function givenAuthorities({ ca, caFiles = [] }: TlsContextOptions): readonly string[] {
  const texts = (ca === undefined ? [] : typeof ca === "string" ? [ca] : ca).map((text) => ({
    text,
    from: "`ca`",
  }));
  for (const path of caFiles)
    texts.push({ text: readAuthorities(path), from: JSON.stringify(path) });
  return texts.flatMap(({ text, from }) => certificatesIn(text, from));
}

function readAuthorities(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new LetterwrightError(
      `cannot read the certificate authorities in ${JSON.stringify(path)}: ${reason(cause)}`,
      {
        code: "TLS_CA_UNREADABLE",
        hint: "Check the path and that you may read the file.",
        cause,
      },
    );
  }
}

const begin = "-----BEGIN CERTIFICATE-----";
const end = "-----END CERTIFICATE-----";

/** The certificates of a PEM text, each checked: Node passes over what it cannot read. */
function certificatesIn(text: string, from: string): readonly string[] {
  const found: string[] = [];
  for (let start = text.indexOf(begin); start !== -1; start = text.indexOf(begin, start + 1)) {
    const stop = text.indexOf(end, start);
    if (stop === -1) throw notAuthority(from, undefined);
    const pem = text.slice(start, stop + end.length);
    try {
      found.push(new X509Certificate(pem).toString());
    } catch (cause) {
      throw notAuthority(from, cause);
    }
  }
  if (found.length === 0) throw notAuthority(from, undefined);
  return found;
}

function notAuthority(from: string, cause: unknown): UsageError {
  return new UsageError(`${from} holds no readable certificate`, {
    code: "TLS_CA_INVALID",
    hint: `PEM is expected: a block that starts with ${begin}.`,
    cause,
  });
}

function storeOf(trust: TrustStore): readonly string[] {
  if (trust === "none") return [];
  const system = trust === "system" ? (getCACertificates?.("system") ?? []) : [];
  return system.length > 0 ? system : rootCertificates;
}

function checkVersions(minVersion: string, maxVersion: string): void {
  const known = ["TLSv1.2", "TLSv1.3"];
  if (known.includes(minVersion) && known.includes(maxVersion) && minVersion <= maxVersion) return;
  throw new UsageError(
    `no TLS version lies between ${JSON.stringify(minVersion)} and ${JSON.stringify(maxVersion)}`,
    {
      code: "TLS_VERSIONS_INVALID",
      hint: 'Choose from "TLSv1.2" and "TLSv1.3"; older versions are broken (RFC 8996).',
    },
  );
}

function checkIdentity({ certificate, key, passphrase }: TlsIdentity): void {
  try {
    const privateKey = createPrivateKey({
      key,
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    if (new X509Certificate(certificate).checkPrivateKey(privateKey)) return;
  } catch (cause) {
    throw new UsageError(`the client certificate or its key cannot be read: ${reason(cause)}`, {
      code: "TLS_IDENTITY_INVALID",
      hint: "Both are PEM; an encrypted key needs `passphrase`.",
      cause,
    });
  }
  throw new UsageError("the key does not belong to the client certificate", {
    code: "TLS_IDENTITY_INVALID",
    hint: "Take both from the same order; the leaf certificate stands first.",
  });
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
