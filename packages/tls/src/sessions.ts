/** Sessions of earlier connections, taken up again: RFC 8446 §2.2. */
import type { CertificateReport } from "./certificate.ts";
import type { TrustSource } from "./store.ts";

/** Who the server is. When a session is taken up again, Node knows the leaf at most. */
export interface VerifiedPeer {
  readonly chain: readonly CertificateReport[];
  readonly trustSource: TrustSource;
  /** Until when a full handshake would find the same, in milliseconds since 1970. */
  readonly validUntil: number;
}

/** A session, and what its full handshake found. */
export interface RememberedSession {
  readonly session: Buffer;
  readonly peer: VerifiedPeer;
}

/** Servers send two after a full handshake; more of one are not needed. */
const mostOfOne = 4;

/**
 * Sessions for as many servers as are allowed; those of the one longest unused go first. Each is given out once, so
 * that nobody on the way can tell two connections to be of one client (RFC 8446 §C.4).
 */
export class SessionCache {
  readonly #most: number;
  readonly #kept: Map<string, RememberedSession[]> = new Map();

  constructor(most: number) {
    this.#most = most;
  }

  /** Not of a server whose certificates have expired since: a full handshake would refuse it. */
  take(server: string, now: number): RememberedSession | undefined {
    const session = this.#kept.get(server)?.pop();
    if (session === undefined || now < session.peer.validUntil) return session;
    this.#kept.delete(server);
    return undefined;
  }

  keep(server: string, session: RememberedSession): void {
    const own = this.#kept.get(server) ?? [];
    own.push(session);
    if (own.length > mostOfOne) own.shift();
    this.#kept.delete(server);
    this.#kept.set(server, own);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) return;
      this.#kept.delete(oldest);
    }
  }
}
