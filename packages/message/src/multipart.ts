/** Multiparts: several parts as one, each kind with its own meaning (RFC 2046 §5.1). */
import { utf8 } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { isBoundary } from "@letterwright/base/grammar";
import { contentDisposition, contentType } from "./field/content.ts";
import { fieldOf } from "./field/field.ts";
import { contentId } from "./field/identifiers.ts";
import { typedField } from "./holder.ts";
import { partOf, textPart, type Part, type PartOptions } from "./part.ts";

/** Options of every multipart. */
export interface MultipartOptions extends PartOptions {
  /** Text or bytes before the first boundary. Readers of MIME do not show it. */
  readonly preamble?: string | Uint8Array;
  /** Text or bytes after the last boundary. */
  readonly epilogue?: string | Uint8Array;
}

/**
 * A multipart of any subtype, `"mixed"`, `"alternative"`, `"parallel"` or another. A boundary of your
 * own goes into `parameters`; without it a random one is chosen.
 *
 * @throws {UsageError} `MULTIPART_EMPTY` (RFC 2046 §5.1.1: at least one body part), `BOUNDARY_INVALID`
 */
export function multipart(
  subtype: string,
  parts: readonly Part[],
  options: MultipartOptions = {},
): Part {
  if (parts.length === 0) {
    throw new UsageError(`multipart/${subtype} has no part`, {
      code: "MULTIPART_EMPTY",
      hint: "A multipart holds at least one part (RFC 2046 §5.1.1).",
    });
  }
  const given = options.parameters?.["boundary"];
  if (given !== undefined && !isBoundary(given)) {
    throw new UsageError(`${JSON.stringify(given)} is not a boundary`, {
      code: "BOUNDARY_INVALID",
      hint: "1 to 70 of letters, digits and '()+_,-./:=? , and blanks not at the end (RFC 2046 §5.1.1).",
    });
  }
  const { preamble, epilogue } = options;
  return partOf(`multipart/${subtype}`, options, {
    kind: "multipart",
    parts: Object.freeze([...parts]),
    ...(preamble === undefined ? {} : { preamble: octetsOf(preamble) }),
    ...(epilogue === undefined ? {} : { epilogue: octetsOf(epilogue) }),
  });
}

/** Parts that belong together without being versions of each other, RFC 2046 §5.1.3. */
export function mixed(parts: readonly Part[], options?: MultipartOptions): Part {
  return multipart("mixed", parts, options);
}

/** Versions of the same content, the plainest first, the best last, RFC 2046 §5.1.4. */
export function alternative(parts: readonly Part[], options?: MultipartOptions): Part {
  return multipart("alternative", parts, options);
}

/**
 * A root and what it refers to by `cid:`, RFC 2387. The parameter `type` names the root's media type
 * (§3.1); `start` is written when the root has a Content-ID (§3.2).
 */
export function related(root: Part, others: readonly Part[], options: MultipartOptions = {}): Part {
  const type = typedField(root, contentType)?.type ?? "text/plain";
  const start = typedField(root, contentId);
  const parameters = {
    type,
    ...(start === undefined ? {} : { start }),
    ...options.parameters,
  };
  return multipart("related", [root, ...others], { ...options, parameters });
}

/**
 * A report: what happened in words, then for machines, then the original message or its header section
 * when there is reason to return it (RFC 6522 §3).
 *
 * @example
 * ```ts
 * import { fieldGroupsPart, report, structured, fieldOf, textPart } from "@letterwright/message";
 *
 * const status = fieldGroupsPart("delivery-status", [
 *   [fieldOf(structured("Reporting-MTA"), "dns; mx.example.com")],
 *   [fieldOf(structured("Final-Recipient"), "rfc822; bob@example.org"), fieldOf(structured("Action"), "failed")],
 * ]);
 * report("delivery-status", [textPart("It did not arrive."), status]).body.kind; // => "multipart"
 * ```
 */
export function report(
  reportType: string,
  parts: readonly [human: Part, machine: Part, original?: Part],
  options: MultipartOptions = {},
): Part {
  return multipart(
    "report",
    parts.filter((part) => part !== undefined),
    {
      ...options,
      parameters: { "report-type": reportType, ...options.parameters },
    },
  );
}

/**
 * Content and the signature over it, RFC 1847 §2.1. The content has to be written as it was signed:
 * give it its bytes with {@link withOrigin}.
 */
export function signed(
  content: Part,
  signature: Part,
  options: MultipartOptions & { readonly micalg: string },
): Part {
  const { micalg, ...others } = options;
  const protocol = typedField(signature, contentType)?.type ?? "application/octet-stream";
  return multipart("signed", [content, signature], {
    ...others,
    parameters: { protocol, micalg, ...options.parameters },
  });
}

/** What is needed to decrypt, and what was encrypted, RFC 1847 §2.2. */
export function encrypted(control: Part, data: Part, options: MultipartOptions = {}): Part {
  const protocol = typedField(control, contentType)?.type ?? "application/octet-stream";
  return multipart("encrypted", [control, data], {
    ...options,
    parameters: { protocol, ...options.parameters },
  });
}

/** A collection of messages, each a {@link messagePart}, RFC 2046 §5.1.5. */
export function digest(messages: readonly Part[], options?: MultipartOptions): Part {
  return multipart("digest", messages, options);
}

/** One entry of {@link formData}: a name, and a text or a part, with a file name when it is a file. */
export interface FormEntry {
  readonly name: string;
  readonly value: string | Part;
  readonly filename?: string;
}

/** The values of a form, RFC 7578 §4. */
export function formData(entries: readonly FormEntry[], options?: MultipartOptions): Part {
  const parts = entries.map(({ name, value, filename }) => {
    const content = typeof value === "string" ? textPart(value) : value;
    const disposition = fieldOf(contentDisposition, {
      disposition: "form-data",
      parameters: { name, ...(filename === undefined ? {} : { filename }) },
    });
    return Object.freeze({
      fields: Object.freeze([
        disposition,
        ...content.fields.filter((one) => one.name.toLowerCase() !== "content-disposition"),
      ]),
      body: content.body,
    });
  });
  return multipart("form-data", parts, options);
}

function octetsOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? utf8(content) : content;
}
