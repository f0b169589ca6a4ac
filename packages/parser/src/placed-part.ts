/** A part, where it stands, and how it was found. */
import type { Part } from "@letterwright/message";
import type { Layout, PartLayout } from "./layout.ts";

/** A part with its layout and its place in the whole. */
export interface PlacedPart {
  readonly part: Part;
  readonly layout: PartLayout;
  /** All the layout's own octets and offsets. */
  readonly whole: Omit<Layout, "octets">;
  readonly path: string;
  /** Makes an offset into `whole` one into what was read: inside what was decoded, where that stands. */
  readonly offsetOf: (index: number) => number;
}
