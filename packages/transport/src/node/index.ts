/** Transports of Node: files in a folder, and the machine's own sendmail command. */
export { fileTransport } from "./file-transport.ts";
export { sendmailTransport } from "./sendmail-transport.ts";
export { SendmailError } from "./sendmail-error.ts";
export type { FileReceipt, FileTransport, FileTransportOptions } from "./file-transport.ts";
export type { SendmailOptions, SendmailTransport } from "./sendmail-transport.ts";
export type { SendmailErrorCode, SendmailErrorInit } from "./sendmail-error.ts";
