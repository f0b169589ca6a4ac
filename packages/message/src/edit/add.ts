/** More of it: versions, inline files and attachments for a message that is there. */
import { UsageError } from "@letterwright/base/error";
import type { Attachment, InlineFile } from "../attachment.ts";
import { attachedPart, inlinePart } from "../compose.ts";
import { alternative, mixed, related } from "../multipart.ts";
import type { Message, Part } from "../part.ts";
import { bodyOf } from "../read/body.ts";
import { childrenOf, typeOf } from "../read/walk.ts";
import { contentOf, withContent } from "./content.ts";
import { assertChangeable } from "./replace.ts";

/**
 * The message with one more attachment: a file, or a part such as `messagePart` makes. It goes to the end of
 * the multipart/mixed at the root; where there is none, the content becomes its first part.
 *
 * @example
 * ```ts
 * import { addAttachment, attachment, message, structure } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", text: "Hi" });
 * structure(addAttachment(mail, attachment({ name: "a.csv", content: "1;2" })));
 * // => "multipart/mixed\n  1 text/plain\n  2 text/csv \"a.csv\"\n"
 * ```
 */
export function addAttachment(mail: Message, added: Attachment | Part): Message {
  const part = "kind" in added ? attachedPart(added) : added;
  if (typeOf(mail) === "multipart/mixed") return withChildren(mail, [...childrenOf(mail), part]);
  return withContent(mail, mixed([contentOf(mail), part]));
}

/**
 * The message with one more version of its text. It goes where readers look for it: plain text before all
 * others, AMP before the HTML, everything else last, as the best (RFC 2046 §5.1.4). Attachments stay
 * where they are.
 *
 * @throws {UsageError} `PART_IS_SIGNED` when the text is signed or encrypted
 * @example
 * ```ts
 * import { addAlternative, addAttachment, attachment, message, structure, textPart } from "@letterwright/message";
 *
 * const mail = addAttachment(message({ from: "ana@example.com", text: "Hi" }), attachment({ name: "a.csv", content: "1;2" }));
 * structure(addAlternative(mail, textPart("<p>Hi", { type: "text/html" })));
 * // => "multipart/mixed\n  1 multipart/alternative\n    1.1 text/plain\n    1.2 text/html\n  2 text/csv \"a.csv\"\n"
 * ```
 */
export function addAlternative(mail: Message, version: Part): Message {
  return withContent(
    mail,
    atText(contentOf(mail), (text) => {
      if (typeOf(text) !== "multipart/alternative") return alternative(inOrder([text], version));
      return withChildren(text, inOrder(childrenOf(text), version));
    }),
  );
}

/**
 * The message with one more file that its HTML shows by `cid:`; the HTML itself is not changed.
 *
 * @throws {UsageError} `MESSAGE_INLINE_WITHOUT_HTML`, `PART_IS_SIGNED`
 */
export function addRelated(mail: Message, file: InlineFile): Message {
  if (bodyOf(mail, ["text/html"]) === undefined) {
    throw new UsageError("inline files are shown by HTML, and there is none", {
      code: "MESSAGE_INLINE_WITHOUT_HTML",
      hint: "Add the HTML first, or attach the file.",
    });
  }
  const added = inlinePart(file);
  return withContent(
    mail,
    belowMixed(contentOf(mail), (content) =>
      typeOf(content) === "multipart/related"
        ? withChildren(content, [...childrenOf(content), added])
        : related(content, [added]),
    ),
  );
}

/** Changes what stands first in multipart/mixed: the text, with its versions and what belongs to it. */
function belowMixed(content: Part, make: (content: Part) => Part): Part {
  assertChangeable(content, "");
  if (typeOf(content) !== "multipart/mixed") return make(content);
  const [first, ...others] = childrenOf(content);
  return withChildren(content, [belowMixed(first as Part, make), ...others]);
}

/** The same below multipart/related too: at the text or its versions. */
function atText(content: Part, make: (text: Part) => Part): Part {
  return belowMixed(content, (below) => {
    if (typeOf(below) !== "multipart/related") return make(below);
    const [root, ...others] = childrenOf(below);
    return withChildren(below, [atText(root as Part, make), ...others]);
  });
}

function inOrder(versions: readonly Part[], added: Part): readonly Part[] {
  const type = typeOf(added);
  if (type === "text/plain") return [added, ...versions];
  const html = versions.findIndex((one) => typeOf(one) === "text/html");
  if (type !== "text/x-amp-html" || html === -1) return [...versions, added];
  return [...versions.slice(0, html), added, ...versions.slice(html)];
}

function withChildren<Holder extends Part>(holder: Holder, parts: readonly Part[]): Holder {
  const body = Object.freeze({ ...holder.body, parts: Object.freeze([...parts]) });
  return Object.freeze({ ...holder, body });
}
