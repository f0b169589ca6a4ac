/** What a diagnosis may be given besides its target. */
import type { TlsContext } from "@letterwright/tls";
import type { Connector } from "./connector.ts";
import type { Environment } from "./environment.ts";
import type { Finding } from "./report.ts";
import type { Resolver } from "./resolver.ts";

/** Options of `diagnose`. */
export interface DiagnoseOptions {
  /** What was thrown, or the text of an error, beside the target it belongs to. */
  readonly error?: unknown;
  /** Send no packet: settings, the error's words and the table of providers only. Default `false`. */
  readonly offline?: boolean;
  /** A host to compare with, `www.example.com`; port 443 is tried, nothing is sent. Default: none is contacted. */
  readonly neutralHost?: string;
  /** At most 10,000, the default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly resolver?: Resolver;
  /** Default: the network. */
  readonly connect?: Connector;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Whom to trust. Default: the system's authorities. */
  readonly tlsContext?: TlsContext;
  /** Variables by which hosting platforms and proxies are known. Default: those of the process. */
  readonly environment?: Environment;
  /** Told each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void;
}
