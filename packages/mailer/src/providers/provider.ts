/** What is known of one provider of mail. */

/** Where one provider takes mail from those who send, and whom it lets in. Facts age: `asOf` says when they were gathered. */
export interface Provider {
  /** Its name in `createMailer({ transport })`: small letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  /**
   * People have a `"mailbox"` there; a `"relay"` takes mail of one organisation; programs send through a
   * `"transactional"` service; a `"catcher"` delivers nothing; `"none"` takes no mail over SMTP at all.
   */
  readonly kind: "mailbox" | "relay" | "transactional" | "catcher" | "none";
  /** Absent where there is none. `{region}` stands for what has to be said: `"ses:eu-west-1"`. */
  readonly host?: string;
  /** Ports and how TLS begins there; the first is the one to use. */
  readonly endpoints: readonly ProviderEndpoint[];
  /** SASL mechanisms, best first; empty where nobody logs in. */
  readonly mechanisms: readonly ("PLAIN" | "LOGIN" | "CRAM-MD5" | "XOAUTH2" | "OAUTHBEARER")[];
  readonly user: ProviderUser;
  /** What the secret is, in words: seldom the account's own password. */
  readonly secret: string;
  /** Domains whose mailboxes are there. */
  readonly domains: readonly string[];
  /** Hosts that receive mail for it and take none from senders; `*.` stands for any name below. */
  readonly inbound: readonly string[];
  /** What people trip over. */
  readonly note?: string;
  /** `"high"`: several sources agree, or it has been so for long. `"medium"`: known, and not checked. */
  readonly sure: "high" | "medium";
  /** The day on which this was gathered, `YYYY-MM-DD`. */
  readonly asOf: string;
}

/** A port, and how TLS begins there. */
export interface ProviderEndpoint {
  readonly port: number;
  /** `"none"` on this machine only. */
  readonly tls: "implicit" | "starttls" | "none";
}

/** Who logs in. */
export type ProviderUser =
  /** The whole address of the mailbox. */
  | { readonly kind: "address" }
  /** Always this word. */
  | { readonly kind: "fixed"; readonly name: string }
  /** Something else, said in words. */
  | { readonly kind: "other"; readonly says: string }
  /** Nobody. */
  | { readonly kind: "none" };
