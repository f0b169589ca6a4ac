/** Finished mail made ready for sending; every change is reported, none is silent. */
import { concatBytes, cr, isAsciiBytes, lf, octetText } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import {
  bytesOf,
  type ByteSource,
  type OpenOptions,
  type RawMessage,
  type Requirement,
} from "@letterwright/message";

/** Raw mail that a transport takes, and what was changed to make it so. */
export interface PreparedRaw {
  readonly raw: RawMessage;
  /** Grows while the body is read: look at it when the message has been sent. */
  readonly changes: readonly string[];
}

/**
 * Takes Bcc and Resent-Bcc out (RFC 5322 §3.6.3), and makes every line end CRLF (RFC 5321 §2.3.8),
 * but in a body that requires BINARYMIME. What requires it for nothing but its line ends, as a file with LF does
 * when it is read, is text, and does not require it afterwards.
 *
 * A NUL is not repaired: taking it out would change what a body says that is not text at all. In memory it is
 * refused here, before anything connects; in a stream by the transport, as it passes.
 *
 * @throws {UsageError} `OUTGOING_HAS_NUL`
 */
export function prepareRaw(given: RawMessage): PreparedRaw {
  const raw = isTextOtherwiseEnded(given)
    ? { ...given, requires: requirementsOfText(given) }
    : given;
  const changes: string[] = [];
  const note = (change: string): void => {
    if (!changes.includes(change)) changes.push(change);
  };
  refuseNul(raw);
  const fields = raw.fields.flatMap((field) => {
    const name = field.name.toLowerCase();
    if (name === "bcc" || name === "resent-bcc") {
      note(`the field ${field.name} was taken out`);
      return [];
    }
    const bytes = withCrlf(field.bytes, () => note("line ends in the fields were made CRLF"));
    return [{ name: field.name, bytes }];
  });
  const separator = withCrlf(raw.separator, () => note("line ends in the fields were made CRLF"));
  const body = raw.requires.has("BINARYMIME")
    ? raw.body
    : crlfSource(raw.body, () => note("line ends in the body were made CRLF"));
  return { raw: Object.freeze({ ...raw, fields, separator, body }), changes };
}

/** RFC 2045 §6.2: content that is binary says so, in one of its fields; and text has neither NUL nor endless lines. */
function isTextOtherwiseEnded({ fields, body, requires }: RawMessage): boolean {
  if (!requires.has("BINARYMIME") || body.bytes === undefined || body.bytes.includes(0))
    return false;
  const encoding = /content-transfer-encoding[ \t]*:\s*binary/i;
  const text = octetText(body.bytes);
  if (/[^\r\n]{999}/.test(text) || encoding.test(text)) return false;
  return !fields.some(({ bytes }) => encoding.test(octetText(bytes)));
}

function requirementsOfText({ body, requires }: RawMessage): ReadonlySet<Requirement> {
  const others = [...requires].filter((one) => one !== "BINARYMIME");
  return new Set(isAsciiBytes(body.bytes ?? new Uint8Array(0)) ? others : [...others, "8BITMIME"]);
}

function refuseNul({ fields, separator, body, requires }: RawMessage): void {
  const text = requires.has("BINARYMIME") ? undefined : body.bytes;
  const all = [...fields.map(({ bytes }) => bytes), separator, text ?? new Uint8Array(0)];
  if (!all.some((bytes) => bytes.includes(0))) return;
  throw new UsageError("the message has a NUL", {
    code: "OUTGOING_HAS_NUL",
    hint: "No mail text may hold one (RFC 2045 §2.7); a body that is not text is sent in base64.",
  });
}

function crlfSource(source: ByteSource, changed: () => void): ByteSource {
  if (source.bytes !== undefined) {
    const bytes = withCrlf(source.bytes, changed);
    return bytes === source.bytes ? source : bytesOf(bytes);
  }
  // How long it will be is known only when every line end has been seen.
  return {
    async *open(options?: OpenOptions) {
      const converter = new LineEndConverter(changed);
      for await (const chunk of source.open(options)) {
        const converted = converter.convert(chunk);
        if (converted.length > 0) yield converted;
      }
      const rest = converter.end();
      if (rest.length > 0) yield rest;
    },
  };
}

/** The bytes with CR, LF and CRLF as CRLF; the same bytes where nothing has to change. */
export function withCrlf(bytes: Uint8Array, changed: () => void): Uint8Array {
  let isChanged = false;
  const converter = new LineEndConverter(() => (isChanged = true));
  const converted = converter.convert(bytes);
  const rest = converter.end();
  if (!isChanged) return bytes;
  changed();
  return concatBytes([converted, rest]);
}

/** CR, LF and CRLF to CRLF, whatever way the bytes are cut. */
class LineEndConverter {
  readonly #changed: () => void;
  #afterCr = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  convert(chunk: Uint8Array): Uint8Array {
    const converted = new Uint8Array(chunk.length * 2 + 1);
    let to = 0;
    for (const octet of chunk) {
      if (this.#afterCr) {
        // A CR is held back until it is known what follows it.
        this.#afterCr = false;
        converted[to++] = cr;
        converted[to++] = lf;
        if (octet === lf) continue;
        this.#changed();
      }
      if (octet === cr) this.#afterCr = true;
      else if (octet === lf) {
        this.#changed();
        converted[to++] = cr;
        converted[to++] = lf;
      } else converted[to++] = octet;
    }
    return converted.subarray(0, to);
  }

  end(): Uint8Array {
    if (!this.#afterCr) return new Uint8Array(0);
    this.#afterCr = false;
    this.#changed();
    return Uint8Array.of(cr, lf);
  }
}
