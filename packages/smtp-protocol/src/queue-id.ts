/** What a server calls a message that it took. */
import type { ServerReply } from "@letterwright/message";

/** The longest name that is believed; real ones have 40 characters at most, Message-IDs aside. */
const maxLength = 200;

/**
 * The name under which the server's log has the message, read from its final reply where that has a form that is
 * known: Postfix, Exim, Sendmail, OpenSMTPD, Exchange, Gmail, Amazon SES, Haraka, qmail, Dovecot. No RFC has a
 * place for it, so a reply in other words gives `undefined`, and nothing is guessed.
 *
 * @example
 * ```ts
 * import { queueIdOf } from "@letterwright/smtp-protocol";
 *
 * queueIdOf({ code: 250, enhancedStatus: "2.0.0", text: "Ok: queued as 4TkQ9n2bWzz1" }); // => "4TkQ9n2bWzz1"
 * ```
 */
export function queueIdOf(reply: ServerReply): string | undefined {
  if (reply.code >= 300) return undefined;
  const end = reply.text.indexOf("\n");
  const line = end === -1 ? reply.text : reply.text.slice(0, end);
  const found = afterQueuedAs(line) ?? inWords(line);
  if (found === undefined || found.length > maxLength || !isName(found)) return undefined;
  return found;
}

/** Postfix and many others, told at a look. */
function afterQueuedAs(line: string): string | undefined {
  const mark = "queued as ";
  const at = line.indexOf(mark);
  if (at === -1 || (at > 0 && line.charCodeAt(at - 1) !== 0x20)) return undefined;
  const start = at + mark.length;
  const end = line.indexOf(" ", start);
  return start === end || start === line.length
    ? undefined
    : line.slice(start, end === -1 ? undefined : end);
}

function inWords(line: string): string | undefined {
  const words = line.split(" ").filter((word) => word !== "");
  const lower = words.map((word) => word.toLowerCase());
  return (
    after(words, lower, ["queued", "as"]) ?? // Postfix, smtp-server
    (lower[0] === "ok" ? beginning(words[1], "id=") : undefined) ?? // Exim
    before(words, lower, ["message", "accepted", "for", "delivery"]) ?? // Sendmail, OpenSMTPD
    (lower.join(" ").includes("queued mail for delivery") ? words[0] : undefined) ?? // Exchange
    (lower.includes("gsmtp") && lower[0] === "ok" ? words[2] : undefined) ?? // Gmail
    (words.length === 2 && lower[0] === "ok" && lower[1]?.includes("-") === true
      ? words[1]
      : undefined) ?? // Amazon SES
    (lower[0] === "message" && lower[1] === "queued" ? inParentheses(words[2]) : undefined) ?? // Haraka
    after(words, lower, ["qp"]) ?? // qmail
    (lower.length === 3 && lower[2] === "saved" ? words[1] : undefined) // Dovecot LMTP
  );
}

function after(
  words: readonly string[],
  lower: readonly string[],
  marks: readonly string[],
): string | undefined {
  const at = indexOf(lower, marks);
  return at === -1 ? undefined : words[at + marks.length];
}

function before(
  words: readonly string[],
  lower: readonly string[],
  marks: readonly string[],
): string | undefined {
  const at = indexOf(lower, marks);
  return at < 1 ? undefined : words[at - 1];
}

function indexOf(lower: readonly string[], marks: readonly string[]): number {
  return lower.findIndex((_word, at) => marks.every((mark, index) => lower[at + index] === mark));
}

function beginning(word: string | undefined, start: string): string | undefined {
  return word?.toLowerCase().startsWith(start) === true ? word.slice(start.length) : undefined;
}

function inParentheses(word: string | undefined): string | undefined {
  return word?.startsWith("(") === true && word.endsWith(")") ? word.slice(1, -1) : undefined;
}

/** Printable ASCII: what comes from a server may end up on a terminal. */
function isName(text: string): boolean {
  if (text === "") return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}
