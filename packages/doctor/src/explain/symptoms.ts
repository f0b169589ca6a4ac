/**
 * What stands in an error: replies, status codes, names of errors, the stage.
 *
 * The text is somebody else's. It is cut to a limit first and then read in passes of which each looks at every
 * character a bounded number of times.
 */
import type { FailureStage } from "../catalogue/failure.ts";

/** A reply found in the text. */
export interface FoundReply {
  readonly code: number;
  readonly status: string | undefined;
}

/** Whose words they are. */
export type Speaker = "google" | "microsoft" | "amazon" | "yahoo";

/** What stands in an error. */
export interface Symptoms {
  /** In lower case on one line, without the codes that start each line of a reply. */
  readonly text: string;
  readonly replies: readonly FoundReply[];
  /** Enhanced status codes, wherever they stand. */
  readonly statuses: ReadonlySet<string>;
  /** Names of errors as programs write them: `ECONNREFUSED`, `SMTP_AUTH_REFUSED`, `SMTPDataError`. */
  readonly names: ReadonlySet<string>;
  readonly stage: FailureStage | undefined;
  readonly speakers: ReadonlySet<Speaker>;
  /** Words that look like host names, in lower case. */
  readonly hosts: readonly string[];
  /** Whether the text was longer than what was read of it. */
  readonly isCut: boolean;
}

/** Of a longer text the start and the end are read: an error stands at one of the two. */
const maxText = 131_072;

/** Reads what is in the text; `host` is the server's name where it is known otherwise. */
export function symptomsOf(input: string, host?: string): Symptoms {
  const isCut = input.length > maxText;
  const text = isCut ? `${input.slice(0, maxText / 2)}\n${input.slice(-maxText / 2)}` : input;
  const lines = linesOf(text);
  const replies: FoundReply[] = [];
  for (const line of lines) replies.push(...repliesIn(line));
  const joined = lines
    .map(withoutCodes)
    .join(" ")
    .toLowerCase()
    .replaceAll(/[\s"'`]+/g, " ");
  const statuses = new Set<string>();
  // Not part of an address or a version, which have other numbers before or after.
  for (const [, status = ""] of lines
    .join("\n")
    .matchAll(/(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/g)) {
    statuses.add(status);
  }
  const names = new Set<string>();
  for (const [name] of text.matchAll(/\b[A-Z][A-Za-z0-9_]{3,50}\b/g)) {
    if (/^[A-Z][A-Z0-9_]+$/.test(name) || name.startsWith("SMTP") || name.endsWith("Error"))
      names.add(name);
  }
  const hosts = hostsIn(joined);
  return {
    text: joined,
    replies,
    statuses,
    names,
    stage: stageOf(names, joined, replies),
    speakers: speakersIn(joined, host ?? ""),
    hosts: host === undefined ? hosts : [host.toLowerCase(), ...hosts],
    isCut,
  };
}

/** The lines, also those that a program shows as `\n`; without those of a stack. */
function linesOf(text: string): readonly string[] {
  return text
    .replaceAll("\\r\\n", "\n")
    .replaceAll("\\n", "\n")
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^\s{0,40}(at |File "|Traceback)/.test(line));
}

/**
 * `550 5.1.1 …`, `550-5.1.1 …` and Python's `(550, b'5.1.1 …`. A code stands at the start of a line or after a
 * character that can begin it; what follows a dot, a colon or a digit is part of something else.
 */
function repliesIn(line: string): readonly FoundReply[] {
  const found: FoundReply[] = [];
  const plain =
    /(?<![\w.:/-])([245]\d\d)(?:[ -]|: |, ?b?['"]|$)(?:\(?#?([245]\.\d{1,3}\.\d{1,3})(?!\.?\d))?/g;
  for (const [, code, status] of line.slice(0, 4096).matchAll(plain)) {
    found.push({ code: Number(code), status });
  }
  return found;
}

function withoutCodes(line: string): string {
  return line.replace(/^\s{0,20}(?:[245]\d\d[ -])?(?:[245]\.\d{1,3}\.\d{1,3}\s)?/, "");
}

function hostsIn(text: string): readonly string[] {
  const found: string[] = [];
  for (const [host] of text.matchAll(
    /(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,20}(?![\w-])/g,
  )) {
    if (found.length < 50 && !found.includes(host)) found.push(host);
  }
  return found;
}

function speakersIn(text: string, host: string): ReadonlySet<Speaker> {
  const signs: readonly (readonly [Speaker, readonly string[]])[] = [
    [
      "google",
      [
        "gsmtp",
        "support.google.com",
        "smtp.gmail.com",
        "smtp-relay.gmail.com",
        "accounts.google.com",
      ],
    ],
    ["microsoft", ["outlook.com", "office365.com", "aka.ms/"]],
    ["amazon", ["amazonaws.com"]],
    ["yahoo", ["yahoo.com", "yahooinc.com"]],
  ];
  // An address of somebody is no sign of whose server it is.
  const spoken = `${text.replaceAll(/[^\s@<>]{0,80}@[^\s<>]{0,80}/g, " ")} ${host.toLowerCase()}`;
  return new Set(
    signs.filter(([, words]) => words.some((word) => spoken.includes(word))).map(([who]) => who),
  );
}

const stagesByName: Readonly<Record<string, FailureStage>> = {
  SMTP_GREETING_REFUSED: "greeting",
  SMTPConnectError: "greeting",
  SMTP_HELLO_REFUSED: "hello",
  SMTPHeloError: "hello",
  SMTP_STARTTLS_REFUSED: "tls",
  ETLS: "tls",
  SMTP_AUTH_REFUSED: "login",
  EAUTH: "login",
  SMTPAuthenticationError: "login",
  SMTP_SENDER_REFUSED: "sender",
  SMTPSenderRefused: "sender",
  DELIVERY_REFUSED: "recipient",
  DELIVERY_PARTIAL: "recipient",
  SMTPRecipientsRefused: "recipient",
  SMTP_DATA_REFUSED: "content",
  EMESSAGE: "content",
  SMTPDataError: "content",
};

const stagesByWords: readonly (readonly [string, FailureStage])[] = [
  ["invalid greeting", "greeting"],
  ["greeting never received", "greeting"],
  ["command: conn", "greeting"],
  ["invalid helo", "hello"],
  ["invalid ehlo", "hello"],
  ["command: ehlo", "hello"],
  ["command: starttls", "tls"],
  ["upgrading connection with starttls", "tls"],
  ["error upgrading connection", "tls"],
  ["command: auth", "login"],
  ["invalid login", "login"],
  ["login denied", "login"],
  ["command: mail", "sender"],
  ["mail command failed", "sender"],
  ["mail failed", "sender"],
  ["command: rcpt", "recipient"],
  ["all recipients were rejected", "recipient"],
  ["rcpt failed", "recipient"],
  ["rcpt to", "recipient"],
  ["command: data", "content"],
  ["data command failed", "content"],
  ["message failed", "content"],
];

function stageOf(
  names: ReadonlySet<string>,
  text: string,
  replies: readonly FoundReply[],
): FailureStage | undefined {
  for (const [name, stage] of Object.entries(stagesByName)) if (names.has(name)) return stage;
  const found = stagesByWords.find(([words]) => text.includes(words));
  if (found !== undefined) return found[1];
  // These codes belong to one command each (RFC 4954 §6, RFC 5321 §4.2.3).
  const codes = replies.map(({ code }) => code);
  if (codes.some((code) => code === 535 || code === 534 || code === 538)) return "login";
  return undefined;
}
