/** TLS contexts: whom we trust and what we insist on, as a value. */
import { UsageError } from "@letterwright/base/error";
import { authoritiesOf, type Certificates } from "./authorities.ts";
import { identityOptions, type TlsIdentity } from "./identity.ts";
import { nameOf } from "./names.ts";
import { parsePin } from "./pins.ts";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "./platform.ts";
import { SessionCache } from "./sessions.ts";
import { storeOf, type Store, type TrustStore } from "./store.ts";

/** Versions that may be chosen; older ones are broken (RFC 8996). */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** What a {@link TlsContext} is made from. Left out, everything is safe. */
export interface TlsContextOptions {
  /**
   * Certificates to trust besides `trust`: PEM text that may hold several, or octets. A private authority belongs here,
   * its root or what it signs with; a server's own certificate is trusted for the names it bears.
   */
  readonly ca?: Certificates | readonly Certificates[];
  /** Files with the same, PEM or DER. */
  readonly caFiles?: readonly string[];
  /** Folders with such files: .pem, .crt, .cer, .der, and the names `openssl rehash` gives. */
  readonly caFolders?: readonly string[];
  /** Whom to trust besides. Default `"system"`; `"none"` makes what is given the only one. */
  readonly trust?: TrustStore;
  /**
   * The server's certificate has to bear one of these: `sha256:` and its fingerprint, or `spki-sha256:` and the hash
   * of its public key. They come on top of chain and name. Where nobody is trusted (`trust: "none"` and no `ca`),
   * they take the place of both: exactly this certificate, whatever its name, dates and issuer.
   */
  readonly pins?: readonly string[];
  /** Revocation lists, PEM. Then every certificate but the root needs one from its issuer (RFC 5280 §6.3). */
  readonly crl?: string | readonly string[];
  /** Default `"TLSv1.2"` (RFC 9325 §3.1.1). */
  readonly minVersion?: TlsVersion;
  /** Default `"TLSv1.3"`. */
  readonly maxVersion?: TlsVersion;
  /** For TLS 1.2 and below, in OpenSSL's notation. Default: forward secrecy and AEAD only (RFC 9325 §4.2), 112 bits. */
  readonly ciphers?: string;
  /** For the key exchange, in OpenSSL's notation, `"X25519:P-256"`. Default: Node's. */
  readonly groups?: string;
  /** In OpenSSL's notation. Default: Node's. */
  readonly signatureAlgorithms?: string;
  /** A client certificate, for servers that demand one. */
  readonly identity?: TlsIdentity;
  /** The name the certificate has to bear. Default: the host that is connected to. */
  readonly servername?: string;
  /** Servers whose session is remembered, so that the next handshake is shorter. Default 100; 0 for none. */
  readonly sessions?: number;
  /** Gets the secrets of each connection, one line each, for programs that decrypt recordings (SSLKEYLOGFILE's format). */
  readonly keyLog?: (line: string) => void;
  /**
   * Takes whatever certificate is shown: anyone on the path can be the server, read the mail and the
   * password. A private CA needs `ca`, one server `pins`, not this.
   */
  readonly dangerouslyAcceptAnyCertificate?: boolean;
}

/** A checked, frozen context. Made by {@link createTlsContext}. */
export interface TlsContext {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  readonly ciphers: string;
  readonly servername: string | undefined;
  readonly acceptsAnyCertificate: boolean;
  /** The store that was really read, and from where. */
  readonly store: { readonly kind: TrustStore; readonly from: string };
  /** How many authorities were given besides. */
  readonly givenAuthorities: number;
  readonly pins: readonly string[];
  readonly checksRevocation: boolean;
  readonly hasIdentity: boolean;
  /** Servers whose session is remembered at most. */
  readonly sessions: number;
  readonly logsKeys: boolean;
  /**
   * A new context with other options; what is not named stays, and sessions are not taken along.
   *
   * @throws what {@link createTlsContext} throws
   */
  with(changes: TlsContextOptions): TlsContext;
}

/** What belongs to a context and is nobody else's business. */
export interface ContextParts {
  readonly secureContext: SecureContext;
  readonly sessions: SessionCache;
  readonly store: Store;
  /** PEM. */
  readonly given: readonly string[];
  readonly keyLog: ((line: string) => void) | undefined;
}

const contexts: WeakMap<TlsContext, ContextParts> = new WeakMap();

/**
 * RFC 9325 §4.2: ephemeral keys and AEAD; what is weaker than 112 bits is refused, keys of certificates included. The
 * suites of TLS 1.3 are all like this.
 */
const soundCiphers =
  "@SECLEVEL=2:ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:!aNULL:!eNULL:!PSK:!aDSS";

/**
 * A TLS context with safe defaults: chain and name of the certificate are verified, TLS 1.2 is the least, keys and
 * ciphers are sound. Of the environment it reads `SSL_CERT_FILE` and `SSL_CERT_DIR`, by which a system
 * says where its authorities are; `store.from` says what was read.
 *
 * @throws {UsageError} `TLS_CA_INVALID`, `TLS_CA_MISSING`, `TLS_TRUST_INVALID`, `TLS_PIN_INVALID`, `TLS_CRL_INVALID`,
 * `TLS_IDENTITY_INVALID`, `TLS_NAME_INVALID`, `TLS_VERSIONS_INVALID`, `TLS_ALGORITHMS_INVALID`, `TLS_SESSIONS_INVALID`,
 * `TLS_OPTIONS_CONTRADICTORY`
 * @throws {LetterwrightError} `TLS_CA_UNREADABLE`
 * @example
 * ```ts
 * import { createTlsContext } from "@letterwright/tls";
 *
 * const context = createTlsContext();
 * context.minVersion; // => "TLSv1.2"
 * context.with({ minVersion: "TLSv1.3" }).minVersion; // => "TLSv1.3"
 * ```
 */
export function createTlsContext(options: TlsContextOptions = {}): TlsContext {
  const { minVersion = "TLSv1.2", maxVersion = "TLSv1.3", trust = "system" } = options;
  const { ciphers = soundCiphers, pins = [], sessions = 100, crl = [] } = options;
  checkVersions(minVersion, maxVersion);
  checkSessions(sessions);
  checkTrust(trust);
  pins.forEach(parsePin);
  if (options.servername !== undefined) nameOf(options.servername);
  const acceptsAny = options.dangerouslyAcceptAnyCertificate === true;
  const given = authoritiesOf(options);
  const store = storeOf(trust);
  if (store.authorities.length + given.length + pins.length === 0 && !acceptsAny) {
    throw new UsageError("the context would trust nobody", {
      code: "TLS_CA_MISSING",
      hint: 'Give `ca`, `caFiles`, `caFolders` or `pins` where `trust` is "none".',
    });
  }
  checkSense(acceptsAny || (given.length === 0 && store.kind === "none"), acceptsAny, options);
  const { identity, servername, keyLog } = options;
  const usual = { minVersion, maxVersion, ciphers: soundCiphers };
  const own: SecureContextOptions = {
    ...algorithms(options),
    ...(identity === undefined ? {} : identityOptions(identity)),
    ...revocation(typeof crl === "string" ? [crl] : crl),
    // What was given is trusted as it stands, whether or not its own issuer is known.
    ...(given.length === 0 ? {} : { allowPartialTrustChain: true }),
  };
  const isPlain = Object.keys(own).length === 0;
  const authorities = [...store.authorities, ...given];
  const context: TlsContext = Object.freeze({
    minVersion,
    maxVersion,
    ciphers,
    servername,
    acceptsAnyCertificate: acceptsAny,
    store: Object.freeze({ kind: store.kind, from: store.from }),
    givenAuthorities: given.length,
    pins: Object.freeze([...pins]),
    checksRevocation: crl.length > 0,
    hasIdentity: identity !== undefined,
    sessions,
    logsKeys: keyLog !== undefined,
    with: (changes: TlsContextOptions) => createTlsContext({ ...options, ...changes }),
  });
  contexts.set(context, {
    secureContext: isPlain
      ? plainContext(store, usual)
      : createSecureContext({ ...usual, ...own, ca: authorities }),
    sessions: new SessionCache(sessions),
    store,
    given,
    keyLog,
  });
  return context;
}

// Reading some hundred authorities takes Node tens of milliseconds; they are the same for every context
// that adds nothing of its own. There is one for each choice of trust and versions, so few.
const plainContexts: Map<string, SecureContext> = new Map();

function plainContext(store: Store, usual: SecureContextOptions): SecureContext {
  const choice = `${store.kind} ${usual.minVersion} ${usual.maxVersion}`;
  const kept =
    plainContexts.get(choice) ?? createSecureContext({ ...usual, ca: [...store.authorities] });
  plainContexts.set(choice, kept);
  return kept;
}

/** What belongs to a context; only contexts made here have it. */
export function partsOf(context: TlsContext): ContextParts {
  const found = contexts.get(context);
  if (found !== undefined) return found;
  throw new UsageError("this is no TLS context", {
    code: "TLS_CONTEXT_INVALID",
    hint: "Make it with createTlsContext; a copy of one does not work.",
  });
}

/** Whether pins alone say who the server is. */
export function trustsPinsOnly({ store, givenAuthorities, pins }: TlsContext): boolean {
  return store.kind === "none" && givenAuthorities === 0 && pins.length > 0;
}

/** Those that were chosen, tried once. */
function algorithms({
  ciphers,
  groups,
  signatureAlgorithms,
}: TlsContextOptions): SecureContextOptions {
  const options: SecureContextOptions = {
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(groups === undefined ? {} : { ecdhCurve: groups }),
    ...(signatureAlgorithms === undefined ? {} : { sigalgs: signatureAlgorithms }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new UsageError(`OpenSSL does not take these algorithms: ${reason(cause)}`, {
      code: "TLS_ALGORITHMS_INVALID",
      hint: "`ciphers`, `groups` and `signatureAlgorithms` are lists in OpenSSL's notation, with colons between.",
      cause,
    });
  }
  const [hollow] = (ciphers ?? "").split(/[:, ]/).filter((one) => /^[^!-]*NULL/.test(one));
  if (hollow !== undefined) {
    throw new UsageError(
      `${JSON.stringify(hollow)} encrypts nothing, or asks nobody who they are`,
      {
        code: "TLS_ALGORITHMS_INVALID",
        hint: "Leave it out, or write an exclamation mark before it (RFC 9325 §4.1).",
      },
    );
  }
  return options;
}

function revocation(crl: readonly string[]): SecureContextOptions {
  if (crl.length === 0) return {};
  try {
    createSecureContext({ crl: [...crl] });
    return { crl: [...crl] };
  } catch (cause) {
    throw new UsageError(`\`crl\` holds no readable revocation list: ${reason(cause)}`, {
      code: "TLS_CRL_INVALID",
      hint: "PEM is expected: a block that starts with -----BEGIN X509 CRL-----.",
      cause,
    });
  }
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

/** Nothing that was asked for goes unlooked at. */
function checkSense(
  ignoresChain: boolean,
  acceptsAny: boolean,
  { pins = [], crl = [] }: TlsContextOptions,
): void {
  const ignored = [
    ...(acceptsAny && pins.length > 0 ? ["pins"] : []),
    ...(ignoresChain && crl.length > 0 ? ["crl"] : []),
  ];
  if (ignored.length === 0) return;
  throw new UsageError(`\`${ignored.join("` and `")}\` would not be looked at`, {
    code: "TLS_OPTIONS_CONTRADICTORY",
    hint: "Leave dangerouslyAcceptAnyCertificate out; and where `crl` is to count, trust an authority.",
  });
}

function checkSessions(sessions: number): void {
  if (Number.isInteger(sessions) && sessions >= 0 && sessions <= 100_000) return;
  throw new UsageError(`sessions must be an integer from 0 to 100,000, found ${sessions}`, {
    code: "TLS_SESSIONS_INVALID",
    hint: "It is the number of servers whose session is remembered.",
  });
}

function checkTrust(trust: string): void {
  if (["system", "mozilla", "none"].includes(trust)) return;
  throw new UsageError(`\`trust\` is unknown: ${JSON.stringify(trust)}`, {
    code: "TLS_TRUST_INVALID",
    hint: 'Choose "system", "mozilla" or "none"; what you trust besides belongs into `ca`, `caFiles` or `caFolders`.',
  });
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
