/** Everything that is timed. One file a subject; its list is added here. */
import { codecComparisons, codecGrowths } from "./codecs.ts";
import type { Comparison, Growth } from "./comparison.ts";
import { fieldGrowths } from "./fields.ts";
import { messageComparisons } from "./messages.ts";

export const comparisons: readonly Comparison[] = [...codecComparisons, ...messageComparisons];

export const growths: readonly Growth[] = [...codecGrowths, ...fieldGrowths];
