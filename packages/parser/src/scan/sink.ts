/** What a scanner tells. All offsets are in octets from the beginning; together they leave no octet out. */
import type { StructureDefectCode } from "../defect.ts";

/** What a part is to the one around it. */
export type PartRole = "message" | "part" | "nested-message";

/** What content is to its part. */
export type ContentRole = "body" | "preamble" | "epilogue";

/** How a part's body is read. */
export type BodyKind = "leaf" | "multipart" | "message" | "encoded-message" | "field-groups";

/** How the octets of a body are encoded; `"identity"` when they stand for themselves. */
export type BodyEncoding = "identity" | "base64" | "quoted-printable";

/** What the fields of a part say of its body. */
export interface BodyForm {
  readonly kind: BodyKind;
  readonly encoding: BodyEncoding;
  /** Of a multipart. */
  readonly boundary: string | undefined;
}

/** Takes what a scanner finds, in the order of the octets. */
export interface Sink {
  partStart(role: PartRole, offset: number): void;
  /** One field, from its name to its last line end. It has no name where `nameEnd` is `start`. */
  field(start: number, nameEnd: number, end: number): void;
  /** The end of the fields: what separates them from the body, perhaps nothing. */
  separator(start: number, end: number, form: BodyForm): void;
  content(role: ContentRole, start: number, end: number): void;
  /** A delimiter line from `start` on, with the line end before it from `lead` on; of the part at this depth. */
  delimiter(lead: number, start: number, end: number, isClose: boolean): void;
  partEnd(offset: number): void;
  defect(code: StructureDefectCode, offset: number): void;
}
