/** Messages that readers find hard, hand-written, with what the standards say they say. */
import { addressMessages } from "./addresses.ts";
import { bodyMessages } from "./bodies.ts";
import { dateMessages } from "./dates.ts";
import type { HardMessage } from "./hard-message.ts";
import { headMessages } from "./heads.ts";
import { multipartMessages } from "./multiparts.ts";
import { parameterMessages } from "./parameters.ts";
import { wordMessages } from "./words.ts";

export type { Expected, HardMessage } from "./hard-message.ts";

export const hardMessages: readonly HardMessage[] = [
  ...headMessages,
  ...wordMessages,
  ...addressMessages,
  ...dateMessages,
  ...parameterMessages,
  ...bodyMessages,
  ...multipartMessages,
];
