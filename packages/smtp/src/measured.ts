/** The content of a message, measured as it passes: RFC 1870 §6. */
import { LetterwrightError } from "@letterwright/base/error";

/** What the content has to keep to. */
export interface Measure {
  /** What was declared in MAIL, when the message knew its length. */
  readonly declaredBytes: number | undefined;
  /** What the server takes. */
  readonly limitBytes: number | undefined;
}

/**
 * Passes chunks on, and rejects when they come to more than the server takes (`SMTP_MESSAGE_TOO_LARGE`), or
 * to another length than was declared (`SMTP_LENGTH_MISMATCH`): a source that ends early must not look like
 * a whole message.
 */
export async function* measured(
  chunks: AsyncIterable<Uint8Array>,
  { declaredBytes, limitBytes }: Measure,
): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const chunk of chunks) {
    passed += chunk.length;
    if (limitBytes !== undefined && passed > limitBytes)
      throw tooLarge(`more than ${limitBytes}`, limitBytes);
    if (declaredBytes !== undefined && passed > declaredBytes)
      throw lengthMismatch(declaredBytes, "more");
    yield chunk;
  }
  if (declaredBytes !== undefined && passed < declaredBytes)
    throw lengthMismatch(declaredBytes, passed);
}

/** A message the server does not take, for its size. */
export function tooLarge(found: number | string, limitBytes: number): LetterwrightError {
  return new LetterwrightError(
    `the message has ${found} bytes and the server takes ${limitBytes}`,
    {
      code: "SMTP_MESSAGE_TOO_LARGE",
      hint: "It was not sent. Send a link in place of the attachment, or use a server with a larger limit.",
    },
  );
}

/** A source that gives another length than it declared. */
export function lengthMismatch(declaredBytes: number, found: number | string): LetterwrightError {
  return new LetterwrightError(
    `the message was to have ${declaredBytes} bytes, and its source gave ${found}`,
    {
      code: "SMTP_LENGTH_MISMATCH",
      hint: "It was not sent. A source's `byteLength` has to be exact; did the content change while it was read?",
    },
  );
}
