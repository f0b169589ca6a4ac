/** The text of whatever somebody has in hand. */
import type { ServerReply } from "@letterwright/message";

/** What can be explained: text, whatever was thrown, or a reply. */
export type Explainable = string | Error | ServerReply | object;

const maxCauses = 8;

/**
 * Everything an error says: its name, code, message and the server's words, then those of its causes. Not its hint,
 * which speaks of several causes and would be read as a sign of each.
 */
export function textOf(input: Explainable): string {
  if (typeof input === "string") return input;
  const lines: string[] = [];
  let current: unknown = input;
  for (let depth = 0; depth < maxCauses && isObject(current); depth++) {
    lines.push(...linesOf(current));
    const { cause, errors } = current as { readonly cause?: unknown; readonly errors?: unknown };
    current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return lines.join("\n");
}

function linesOf(error: object): readonly string[] {
  const part = (key: string): unknown => (error as Readonly<Record<string, unknown>>)[key];
  const lines: string[] = [];
  const say = (text: unknown): void => {
    if (typeof text === "string" && text !== "") lines.push(text);
  };
  const { code } = error as { readonly code?: unknown };
  // A reply is an object with a number as its code, and its text beside it.
  if (typeof code === "number" && typeof part("text") === "string")
    return [replyText(error as ServerReply)];
  say(part("name"));
  say(code);
  for (const key of ["stage", "syscall"]) {
    const value = part(key);
    if (typeof value === "string") say(`${key}: ${value}`);
  }
  say(part("message"));
  say(part("response")); // nodemailer
  if (typeof part("command") === "string") say(`command: ${String(part("command"))}`);
  const reply = part("reply");
  if (isObject(reply) && typeof (reply as ServerReply).code === "number")
    say(replyText(reply as ServerReply));
  const refused = part("refused");
  if (Array.isArray(refused)) {
    for (const one of refused.slice(0, 20) as readonly { readonly reply?: ServerReply }[]) {
      if (one.reply !== undefined) say(replyText(one.reply));
    }
  }
  const verify = part("chain");
  if (Array.isArray(verify)) {
    for (const one of verify.slice(0, 8) as readonly {
      readonly subject?: string;
      readonly issuer?: string;
    }[]) {
      say(`certificate: subject ${one.subject ?? ""}; issuer ${one.issuer ?? ""}`);
    }
  }
  return lines;
}

function replyText({ code, enhancedStatus, text }: ServerReply): string {
  return `${code} ${enhancedStatus === undefined ? "" : `${enhancedStatus} `}${text}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
