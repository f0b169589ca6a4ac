/** Everything that is timed. One file a subject; its list is added here. */
import type { Comparison, Growth } from "./comparison.ts";

export const comparisons: readonly Comparison[] = [];

export const growths: readonly Growth[] = [];
