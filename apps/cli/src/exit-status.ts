/** Exit statuses: those of sysexits, as mail programs have always used them, and 10 for "partly sent". */

/** What a status says. */
export type ExitName =
  | "done"
  | "problems"
  | "partlySent"
  | "usage"
  | "refused"
  | "inputMissing"
  | "hostNotFound"
  | "unavailable"
  | "internal"
  | "connectionLost"
  | "tryLater"
  | "protocol"
  | "noPermission"
  | "settings"
  | "interrupted";

/** The number of each status. */
export const ExitStatus: Readonly<Record<ExitName, number>> = Object.freeze({
  done: 0,
  problems: 1,
  partlySent: 10,
  usage: 64,
  refused: 65,
  inputMissing: 66,
  hostNotFound: 68,
  unavailable: 69,
  internal: 70,
  connectionLost: 74,
  tryLater: 75,
  protocol: 76,
  noPermission: 77,
  settings: 78,
  interrupted: 130,
});

/** The codes of each status; a code that stands nowhere is a fault in what was asked for: `usage`. */
const codes: Partial<Readonly<Record<ExitName, readonly string[]>>> = {
  partlySent: ["DELIVERY_PARTIAL"],
  refused: [
    "CLI_INPUT_TOO_LARGE",
    "CLI_TEXT_NOT_UTF8",
    "DELIVERY_REFUSED",
    "FIELD_LINE_TOO_LONG",
    "MESSAGE_PART_NOT_PLAIN",
    "OUTGOING_BARE_LINE_END",
    "SMTP_DATA_REFUSED",
    "SMTP_MESSAGE_TOO_LARGE",
    "SMTP_LENGTH_MISMATCH",
    "OUTGOING_HAS_NUL",
    "PARSE_LIMIT",
  ],
  inputMissing: ["FILE_CHANGED", "FILE_UNREADABLE", "TLS_CA_UNREADABLE"],
  hostNotFound: ["SMTP_HOST_NOT_FOUND"],
  unavailable: [
    "ADDRESS_NEEDS_SMTPUTF8",
    "OUTGOING_REQUIREMENT_NOT_OFFERED",
    "RECEIVER_CANNOT_LISTEN",
    "SMTP_AUTH_NOT_OFFERED",
    "SMTP_AUTH_NO_MECHANISM",
    "SMTP_CONNECTION_REFUSED",
    "SMTP_DSN_NOT_OFFERED",
    "SMTP_GREETING_REFUSED",
    "SMTP_HELLO_REFUSED",
    "SMTP_HOSTS_EXHAUSTED",
    "SMTP_HOST_UNREACHABLE",
    "SMTP_REQUIRETLS_NOT_OFFERED",
    "SMTP_SMTPUTF8_NOT_OFFERED",
    "SMTP_STARTTLS_NOT_OFFERED",
    "SMTP_STARTTLS_REFUSED",
    "SMTP_SOCKET_NOT_FOUND",
    "SMTP_TOO_MANY_RECIPIENTS",
    "TLS_CERTIFICATE_EXPIRED",
    "TLS_CERTIFICATE_INVALID",
    "TLS_CERTIFICATE_NOT_YET_VALID",
    "TLS_CERTIFICATE_REVOKED",
    "TLS_CLIENT_CERTIFICATE_REQUIRED",
    "TLS_FAILED",
    "TLS_HANDSHAKE_REFUSED",
    "TLS_INTERCEPTED",
    "TLS_INTERMEDIATE_MISSING",
    "TLS_KEY_TOO_WEAK",
    "TLS_NAME_MISMATCH",
    "TLS_PIN_MISMATCH",
    "TLS_PROTOCOL_UNSUPPORTED",
    "TLS_REVOCATION_UNKNOWN",
    "TLS_SELF_SIGNED",
    "TLS_UNTRUSTED_ISSUER",
  ],
  internal: ["GENERATOR_FAULT", "SMTP_BAD_SEQUENCE"],
  connectionLost: [
    "SMTP_CONNECTION_LOST",
    "SMTP_OUTCOME_UNKNOWN",
    "SMTP_TIMEOUT",
    "TLS_CONNECTION_LOST",
  ],
  tryLater: ["SMTP_SERVER_CLOSING"],
  protocol: [
    "SMTP_AUTH_CHALLENGE_INVALID",
    "SMTP_AUTH_SERVER_UNPROVEN",
    "SMTP_NOT_SMTP",
    "SMTP_PLAINTEXT_AFTER_STARTTLS",
    "SMTP_REPLY_MALFORMED",
    "SMTP_REPLY_TOO_LONG",
    "SMTP_REPLY_UNEXPECTED",
    "TLS_PLAINTEXT_ON_PORT",
  ],
  noPermission: ["SMTP_AUTH_REFUSED", "SMTP_SENDER_REFUSED", "SMTP_SOCKET_FORBIDDEN"],
  interrupted: ["CLI_NOT_CONFIRMED"],
  settings: [
    "CLI_PASSWORD_COMMAND_FAILED",
    "CLI_PASSWORD_MISSING",
    "CLI_SERVER_RECEIVES_ONLY",
    "STORE_UNWRITABLE",
    "TLS_CA_INVALID",
    "TLS_CA_MISSING",
  ],
};

const statusByCode: ReadonlyMap<string, number> = new Map(
  Object.entries(codes).flatMap(([name, listed]) =>
    listed.map((code): [string, number] => [code, ExitStatus[name as ExitName]]),
  ),
);

/**
 * The status for an error.
 *
 * A refusal in a reply that is worth another try is 75, wherever it came. An outcome that is unknown is
 * never 75: trying again could deliver twice.
 */
export function exitStatusOf(code: string, retry: unknown): number {
  const isReply = code.endsWith("_REFUSED") && code !== "SMTP_CONNECTION_REFUSED";
  if (isReply && retry === "later") return ExitStatus.tryLater;
  return statusByCode.get(code) ?? ExitStatus.usage;
}
