/** Everything that is wrong with a message: its structure, its octets, its fields, its contents. */
import type { Message } from "@letterwright/message";
import { contentDefects } from "./content-defects.ts";
import { defectOf, type MessageDefect, type StructureDefectCode } from "./defect.ts";
import { fieldDefectsOf } from "./field-defects.ts";
import type { Layout, PartLayout } from "./layout.ts";
import { findingsIn, type OctetFindings } from "./octets.ts";
import type { PlacedPart } from "./placed-part.ts";
import type { ParseLimits } from "./scan/limits.ts";

export function defectsOf(
  layout: Layout,
  message: Message,
  limits: ParseLimits,
): readonly MessageDefect[] {
  const found: MessageDefect[] = [...structureDefects(layout, (index) => index)];
  found.push(...octetDefects(findingsIn(layout.octets, limits.lineBytes), limits));
  for (const placed of placedParts(layout, message)) {
    found.push(...fieldDefectsOf(placed, limits), ...contentDefects(placed));
    const { encoded, bodyStart } = placed.layout;
    if (encoded !== undefined) {
      const at = placed.offsetOf(bodyStart);
      found.push(...structureDefects(encoded, () => at));
    }
  }
  return inOrder(found);
}

/** The same but for contents, which are not in memory. */
export function streamDefectsOf(
  layout: Omit<Layout, "octets">,
  message: Message,
  limits: ParseLimits,
  findings: OctetFindings,
): readonly MessageDefect[] {
  const found: MessageDefect[] = [...structureDefects(layout, (index) => index)];
  found.push(...octetDefects(findings, limits));
  for (const placed of placedParts(layout, message)) found.push(...fieldDefectsOf(placed, limits));
  return inOrder(found);
}

/** Stable: what stands at one place stays in the order in which it was found. */
function inOrder(found: MessageDefect[]): readonly MessageDefect[] {
  return Object.freeze(found.sort((one, other) => one.index - other.index));
}

function structureDefects(
  { defects }: Omit<Layout, "octets">,
  offsetOf: (index: number) => number,
): readonly MessageDefect[] {
  const found: MessageDefect[] = [];
  for (let index = 0; index < defects.length; index += 2) {
    found.push(
      defectOf(defects[index] as StructureDefectCode, offsetOf(defects[index + 1] as number)),
    );
  }
  return found;
}

function octetDefects(
  { crLf, bareLf, bareCr, nul, longLine }: OctetFindings,
  { lineBytes }: ParseLimits,
): readonly MessageDefect[] {
  const found: MessageDefect[] = [];
  // Files have LF throughout: every reader takes that alike.
  if (crLf !== -1 && bareLf !== -1) found.push(defectOf("LINE_ENDS_MIXED", bareLf));
  if (bareCr !== -1) found.push(defectOf("CARRIAGE_RETURN_BARE", bareCr));
  if (nul !== -1) found.push(defectOf("NUL_OCTET", nul));
  if (longLine !== -1) {
    const message = `a line has more than ${lineBytes} octets`;
    found.push(defectOf("LINE_TOO_LONG", longLine, message));
  }
  return found;
}

/** Every part beside its layout. */
function* placedParts(layout: Omit<Layout, "octets">, message: Message): Generator<PlacedPart> {
  const pending: PlacedPart[] = [
    {
      part: message,
      layout: layout.parts[0] as PartLayout,
      whole: layout,
      path: "",
      offsetOf: (index) => index,
    },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    const { part, layout, whole, path, offsetOf } = next;
    if (part.body.kind === "message") {
      const { encoded } = layout;
      const at = offsetOf(layout.bodyStart);
      pending.push({
        part: part.body.message,
        layout: (encoded?.parts[0] ?? layout.children[0]) as PartLayout,
        whole: encoded ?? whole,
        path: childPath(path, 0),
        offsetOf: encoded === undefined ? offsetOf : () => at,
      });
    }
    if (part.body.kind !== "multipart") continue;
    part.body.parts.forEach((child, index) => {
      pending.push({
        part: child,
        layout: layout.children[index] as PartLayout,
        whole,
        path: childPath(path, index),
        offsetOf,
      });
    });
  }
}

function childPath(path: string, index: number): string {
  return path === "" ? String(index + 1) : `${path}.${index + 1}`;
}
