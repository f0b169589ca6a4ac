/** Defects for a person: the worst in front. */
import { defuse } from "@letterwright/base/display";
import type { DefectSeverity, MessageDefect } from "@letterwright/parser";

const severities: readonly DefectSeverity[] = ["ambiguous", "damaged", "tolerable"];

/** More lines help nobody; `--json` has them all. */
const mostLines = 50;

/** How many there are, and a line each. */
export function defectLines(defects: readonly MessageDefect[]): readonly string[] {
  if (defects.length === 0) return [];
  const sorted = severities.flatMap((severity) =>
    defects.filter((defect) => defect.severity === severity),
  );
  const left = sorted.length - mostLines;
  return [
    sorted.length === 1 ? "1 defect" : `${sorted.length} defects`,
    ...sorted.slice(0, mostLines).map(line),
    ...(left > 0 ? [`  … and ${left} more; --json shows all`] : []),
  ];
}

function line({ code, severity, index, section, message, path }: MessageDefect): string {
  const where = `octet ${index}${path === undefined || path === "" ? "" : `, part ${path}`}`;
  return `  ${severity.padEnd(9)}  ${code} at ${where}: ${defuse(message)} (${section})`;
}
