/** The fields by which a newsletter or mailing list can be recognised and left. */
import { UsageError } from "@letterwright/base/error";
import { fieldOf, type Field } from "./field/field.ts";
import {
  listArchive,
  listHelp,
  listId,
  listOwner,
  listPost,
  listSubscribe,
  listUnsubscribe,
  listUnsubscribePost,
  type ListId,
} from "./field/mailing-list.ts";

/** One URI, or several in order of preference: `"mailto:leave@example.com"`, `"https://…"`. */
export type ListUris = string | readonly string[];

/** What a mailing list says of itself (RFC 2369, RFC 2919, RFC 8058). */
export interface MailingListInit {
  /** `"news.example.com"`, or with what people call it. */
  readonly id?: ListId | string;
  /** How to leave. */
  readonly unsubscribe?: ListUris;
  /**
   * That a POST to the https address of `unsubscribe` is all it takes (RFC 8058 §3.1); large receivers
   * want it. Default: yes when there is such an address. The DKIM signature has to cover both fields (§4).
   */
  readonly oneClick?: boolean;
  readonly help?: ListUris;
  readonly subscribe?: ListUris;
  /** Where to post; `false` says that nobody may. */
  readonly post?: ListUris | false;
  readonly owner?: ListUris;
  readonly archive?: ListUris;
}

/**
 * @throws {UsageError} `LIST_ONE_CLICK_WITHOUT_HTTPS` (RFC 8058 §3.1), `LIST_URI_INVALID`, `LIST_ID_INVALID`
 */
export function mailingListFields(init: MailingListInit): readonly Field[] {
  const fields: Field[] = [];
  const add = (definition: typeof listHelp, uris: ListUris | undefined): void => {
    if (uris !== undefined) fields.push(fieldOf(definition, asList(uris)));
  };
  if (init.id !== undefined) fields.push(fieldOf(listId, init.id));
  add(listHelp, init.help);
  add(listSubscribe, init.subscribe);
  add(listPost, init.post === false ? [] : init.post);
  add(listOwner, init.owner);
  add(listArchive, init.archive);
  const unsubscribe = asList(init.unsubscribe ?? []);
  if (unsubscribe.length > 0) add(listUnsubscribe, unsubscribe);
  const hasHttps = unsubscribe.some((uri) => uri.toLowerCase().startsWith("https:"));
  if (init.oneClick === true && !hasHttps) {
    throw new UsageError("one-click unsubscription needs an https address", {
      code: "LIST_ONE_CLICK_WITHOUT_HTTPS",
      hint: "Put the address that takes the POST into `unsubscribe` (RFC 8058 §3.1).",
    });
  }
  if (hasHttps && init.oneClick !== false) {
    fields.push(fieldOf(listUnsubscribePost, "List-Unsubscribe=One-Click"));
  }
  return fields;
}

function asList(uris: ListUris): readonly string[] {
  return typeof uris === "string" ? [uris] : uris;
}
