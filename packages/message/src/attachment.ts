/** Files that travel with a message: attached, or shown inside its HTML. */
import { UsageError } from "@letterwright/base/error";
import { sourceOf, type ByteSource, type Content } from "./byte-source.ts";
import { fieldText } from "./field/text.ts";
import { mediaTypeOf } from "./media-type.ts";
import { assertMessageId, createMessageId, type RandomBytes } from "./message-id.ts";

/** A file that travels with a message. */
export interface Attachment {
  readonly kind: "attachment";
  /** The file name the receiver sees; no path. */
  readonly name: string;
  /** The media type, `"application/pdf"`. */
  readonly type: string;
  readonly content: ByteSource;
}

/** An image, or another file, that the HTML text shows by `cid:`. */
export interface InlineFile {
  readonly kind: "inline";
  readonly name: string;
  readonly type: string;
  readonly content: ByteSource;
  /** What stands after `cid:` in the HTML (RFC 2392): the Content-ID without its angle brackets. */
  readonly cid: string;
}

/** What an {@link Attachment} is made from. */
export interface AttachmentInit {
  readonly name: string;
  /** Default: what the extension of `name` suggests. */
  readonly type?: string;
  /** Text becomes UTF-8. */
  readonly content: Content;
}

/** What an {@link InlineFile} is made from. */
export interface InlineFileInit extends AttachmentInit {
  /** `left@right`. Default: random, unique. */
  readonly cid?: string;
  /** Where the default `cid` gets its bits. */
  readonly random?: RandomBytes;
}

/**
 * A file to attach.
 *
 * @throws {UsageError} `ATTACHMENT_NAME_INVALID`, `FIELD_CONTROL_CHARACTER`
 * @example
 * ```ts
 * import { attachment } from "@letterwright/message";
 *
 * attachment({ name: "Übersicht.csv", content: "a;b\r\n" }).type; // => "text/csv"
 * ```
 */
export function attachment(init: AttachmentInit): Attachment {
  return Object.freeze({
    kind: "attachment",
    name: checkedName(init.name),
    type: init.type ?? mediaTypeOf(init.name),
    content: sourceOf(init.content),
  });
}

/**
 * A file to show inside the HTML text: `<img src="cid:${image.cid}">`. In `message({ html, inline })`
 * the HTML may also name it by its file name, `cid:logo.png`.
 *
 * @throws {UsageError} `ATTACHMENT_NAME_INVALID`, `FIELD_CONTROL_CHARACTER`, `MESSAGE_ID_INVALID`
 */
export function inlineFile(init: InlineFileInit): InlineFile {
  const cid = init.cid ?? createMessageId("inline.invalid", init.random).slice(1, -1);
  assertMessageId(`<${cid}>`, "Content-ID");
  return Object.freeze({
    kind: "inline",
    name: checkedName(init.name),
    type: init.type ?? mediaTypeOf(init.name),
    content: sourceOf(init.content),
    cid,
  });
}

function checkedName(name: string): string {
  fieldText(name, "the file name");
  if (name === "" || name.includes("/") || name.includes("\\")) {
    throw new UsageError(`${JSON.stringify(name)} is not a file name`, {
      code: "ATTACHMENT_NAME_INVALID",
      hint: "Give the name alone, without the folders it lies in: they are nobody's business but yours.",
    });
  }
  return name;
}
