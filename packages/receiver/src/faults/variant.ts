/** A failure as data: what the server says and does, and what the client asks of it. */

/** The commands whose replies a script may set. `END` is the dot after the content. */
export type ScriptedVerb = "EHLO" | "STARTTLS" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "END";

/**
 * A reply as it is sent, but for its line ends: `"550 5.1.1 No such user"`. Lines after the first need no code. An
 * array is what a verb gets in turn: AUTH a challenge and then the answer, RCPT one after the other. `"cut"` closes
 * the connection in place of a reply.
 */
export type ScriptedReply = string | readonly string[];

/** The certificate that a server shows. */
export interface CertificatePlan {
  /** Default `"good"`: issued by the authority of the lab, for the client's host. */
  readonly kind?:
    | "good"
    | "self-signed"
    | "other-authority"
    | "intercepted"
    | "leaf-without-intermediate"
    | "expired-intermediate"
    | "weak-key";
  /** Default: the host as the client names it. */
  readonly names?: readonly string[];
  /** The subject's common name. Default: the first of the names. */
  readonly commonName?: string;
  /** The subject's organisation. */
  readonly organization?: string;
  /** The name of the authority that issued it, where it is not the lab's. */
  readonly issuer?: string;
  /** Days from now; negative is past. */
  readonly validFromDays?: number;
  readonly validToDays?: number;
}

/** What stands behind one port. */
export interface ServerScript {
  /** Default `"starttls"`: offered. */
  readonly tls?: "starttls" | "implicit" | "none";
  readonly certificate?: CertificatePlan;
  /** The newest version of TLS it speaks. Default: all. */
  readonly newestTls?: "TLSv1" | "TLSv1.1";
  /** Wants a certificate of the client. */
  readonly wantsClientCertificate?: boolean;
  /** Speaks only a cipher that nobody takes. */
  readonly hasOddCipher?: boolean;
  /** Default: `220 HOST ESMTP`. */
  readonly greeting?: string;
  readonly greetingAfterMs?: number;
  /** What is not SMTP at all: these bytes at once, or, after a first line of the client, `answer`. */
  readonly says?: string;
  readonly answers?: string;
  /** The name it calls itself by. Default: the host as the client names it. */
  readonly name?: string;
  /** EHLO keywords, inside TLS where there is TLS. Default: the usual ones, with AUTH PLAIN LOGIN. */
  readonly offer?: readonly string[];
  /** The same before TLS. Default: those of `offer` without AUTH, with STARTTLS. */
  readonly offerBeforeTls?: readonly string[];
  readonly replies?: Partial<Readonly<Record<ScriptedVerb, ScriptedReply>>>;
  /** Inside TLS nothing is refused. */
  readonly refusesInTheClearOnly?: boolean;
  /** Replies to RCPT for single addresses. */
  readonly recipients?: Readonly<Record<string, string>>;
  /** Where it hangs up. `"content"`: after the first bytes of the message. */
  readonly cutsAt?: "connection" | "handshake" | "content" | "END";
  /** Takes connections and never says a word. */
  readonly isSilent?: boolean;
}

/** What the client of the story does. */
export interface ClientPart {
  /** As the user wrote it; names are resolved by nobody, the lab tells where each is. Default `mail.example.com`. */
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "implicit" | "none";
  readonly user: string | undefined;
  readonly secret: string | undefined;
  readonly mechanism: "XOAUTH2" | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Default `"plain"`; `"large"` has 64 KiB of text, `"program"` an attached .exe. */
  readonly message: "plain" | "large" | "program";
}

/** One way in which one failure shows. */
export interface FaultVariant {
  /** The identifier of the failure, as `letterwright doctor` names it; `undefined` for a healthy server. */
  readonly id: string | undefined;
  /** `ID/WORDING`, unique: whose words it uses, or what is special about it. */
  readonly name: string;
  readonly client: ClientPart;
  /** What is behind each port; a port that is not here is closed. */
  readonly doors: Readonly<Record<number, ServerScript>>;
  /** Something answers on every port, as a middlebox does: this. */
  readonly everyDoor?: ServerScript;
}

/** The client of most stories. */
export const usualClient: ClientPart = Object.freeze({
  host: "mail.example.com",
  port: 587,
  tls: "starttls",
  user: "ana@example.com",
  secret: "a long and quiet afternoon",
  mechanism: undefined,
  from: "ana@example.com",
  to: Object.freeze(["bob@example.org"]),
  message: "plain",
});

/** What one wording of a failure changes. */
export type Wording = Partial<ClientPart> & {
  readonly script?: ServerScript;
  readonly doors?: Readonly<Record<number, ServerScript>>;
  readonly everyDoor?: ServerScript;
};

/** The variants of one failure. A wording that is a reply answers `verb`. */
export function variantsOf(
  id: string,
  usual: Wording & { readonly verb?: ScriptedVerb },
  wordings: Readonly<Record<string, Wording | string>>,
): readonly FaultVariant[] {
  return Object.entries(wordings).map(([wording, given]) =>
    variantOf(id, `${id}/${wording}`, usual, given),
  );
}

/** One variant. */
export function variantOf(
  id: string | undefined,
  name: string,
  usual: Wording & { readonly verb?: ScriptedVerb },
  given: Wording | string = {},
): FaultVariant {
  const {
    verb,
    script: usualScript,
    doors: usualDoors,
    everyDoor: usualEvery,
    ...usualPart
  } = usual;
  const own: Wording =
    typeof given === "string" ? { script: { replies: { [verb ?? "END"]: given } } } : given;
  const { script, doors, everyDoor, ...part } = own;
  const client: ClientPart = Object.freeze({ ...usualClient, ...usualPart, ...part });
  const merged: ServerScript = {
    ...usualScript,
    ...script,
    replies: { ...usualScript?.replies, ...script?.replies },
  };
  const every = everyDoor ?? usualEvery;
  return Object.freeze({
    id,
    name,
    client,
    doors: Object.freeze(doors ?? usualDoors ?? { [client.port]: merged }),
    ...(every === undefined ? {} : { everyDoor: every }),
  });
}
