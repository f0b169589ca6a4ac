/** What the fields of a part say of its content. Every look at a tree asks it of every part, again and again. */
import {
  contentDisposition,
  contentType,
  type ContentDisposition,
  type ContentType,
} from "../field/content.ts";
import { field } from "../holder.ts";
import { descriptionKey } from "../origin.ts";
import type { Part } from "../part.ts";

/** As it was looked up in a part that was read: that part stays what it is. */
export interface Description {
  readonly contentType: ContentType | undefined;
  readonly disposition: ContentDisposition | undefined;
  /** The versions of the text of this part, when it was asked for them as a whole. */
  versions: readonly Part[] | undefined;
}

/** A part that remembers its description. */
export interface Described {
  readonly [descriptionKey]: Description;
}

/** Looks the fields up. */
export function describe(part: Part): Description {
  return {
    contentType: field(part, contentType),
    disposition: field(part, contentDisposition),
    versions: undefined,
  };
}

/** What was looked up, by a part that remembers it. */
export function descriptionOf(part: Part): Description | undefined {
  return (part as Partial<Described>)[descriptionKey];
}

/** The value of Content-Type. */
export function contentTypeOf(part: Part): ContentType | undefined {
  const known = descriptionOf(part);
  return known === undefined ? field(part, contentType) : known.contentType;
}

/** The value of Content-Disposition. */
export function dispositionOf(part: Part): ContentDisposition | undefined {
  const known = descriptionOf(part);
  return known === undefined ? field(part, contentDisposition) : known.disposition;
}
