/** Exit statuses: those of sysexits, as mail programs have always used them, and 10 for "partly sent". */

/** What a status says. */
export type ExitName =
  | "done"
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

const byCode: ReadonlyMap<string, number> = new Map([
  ["DELIVERY_PARTIAL", ExitStatus.partlySent],
  ["DELIVERY_REFUSED", ExitStatus.refused],
  ["SMTP_DATA_REFUSED", ExitStatus.refused],
  ["SMTP_MESSAGE_TOO_LARGE", ExitStatus.refused],
  ["FILE_UNREADABLE", ExitStatus.inputMissing],
  ["TLS_CA_UNREADABLE", ExitStatus.inputMissing],
  ["SMTP_HOST_NOT_FOUND", ExitStatus.hostNotFound],
  ["SMTP_CONNECTION_REFUSED", ExitStatus.unavailable],
  ["SMTP_HOST_UNREACHABLE", ExitStatus.unavailable],
  ["SMTP_STARTTLS_NOT_OFFERED", ExitStatus.unavailable],
  ["SMTP_STARTTLS_REFUSED", ExitStatus.unavailable],
  ["SMTP_AUTH_NOT_OFFERED", ExitStatus.unavailable],
  ["SMTP_AUTH_NO_MECHANISM", ExitStatus.unavailable],
  ["SMTP_SMTPUTF8_NOT_OFFERED", ExitStatus.unavailable],
  ["SMTP_GREETING_REFUSED", ExitStatus.unavailable],
  ["SMTP_CONNECTION_LOST", ExitStatus.connectionLost],
  ["SMTP_OUTCOME_UNKNOWN", ExitStatus.connectionLost],
  ["SMTP_TIMEOUT", ExitStatus.connectionLost],
  ["SMTP_NOT_SMTP", ExitStatus.protocol],
  ["TLS_PLAINTEXT_ON_PORT", ExitStatus.protocol],
  ["SMTP_AUTH_REFUSED", ExitStatus.noPermission],
  ["SMTP_SENDER_REFUSED", ExitStatus.noPermission],
  ["SMTP_HOST_MISSING", ExitStatus.settings],
  ["SMTP_TLS_MODE_MISSING", ExitStatus.settings],
  ["TLS_CA_INVALID", ExitStatus.settings],
]);

/** The status for an error. A refusal that is worth another try is 75, wherever it came. */
export function exitStatusOf(code: string, retry: unknown): number {
  const isRefusal = code.endsWith("_REFUSED") && code !== "SMTP_CONNECTION_REFUSED";
  if (isRefusal && retry === "later") return ExitStatus.tryLater;
  const known = byCode.get(code);
  if (known !== undefined) return known;
  if (code.startsWith("TLS_")) return ExitStatus.unavailable;
  if (code.startsWith("SMTP_REPLY_") || code.startsWith("SMTP_SERVER_")) return ExitStatus.protocol;
  if (code.startsWith("RECEIVER_") || code.startsWith("STORE_")) return ExitStatus.settings;
  return ExitStatus.usage;
}
