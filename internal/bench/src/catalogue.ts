/** Everything that is timed. One file a subject; its list is added here. */
import { addressComparisons, addressGrowths } from "./addresses.ts";
import { codecComparisons, codecGrowths } from "./codecs.ts";
import type { Comparison, Growth } from "./comparison.ts";
import { fieldGrowths } from "./fields.ts";
import { generationComparisons } from "./generation.ts";
import { handshakeComparisons } from "./handshakes.ts";
import { messageComparisons } from "./messages.ts";
import { parsingComparisons, parsingGrowths } from "./parsing.ts";

export const comparisons: readonly Comparison[] = [
  ...addressComparisons,
  ...codecComparisons,
  ...generationComparisons,
  ...handshakeComparisons,
  ...messageComparisons,
  ...parsingComparisons,
];

export const growths: readonly Growth[] = [
  ...addressGrowths,
  ...codecGrowths,
  ...fieldGrowths,
  ...parsingGrowths,
];
