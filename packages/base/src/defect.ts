/** What a reader found that is not as the standard has it. Defects are data: a strict caller throws them. */

/** One finding. */
export interface Defect<Code extends string = string> {
  /** The stable name of what was found. */
  readonly code: Code;
  /** Where, as an index into what was read. */
  readonly index: number;
  /** The finding in words, with the section that it breaks. */
  readonly message: string;
}

/** Takes a finding. A strict reader's throws, a lenient reader's collects. */
export type Report<Code extends string = string> = (
  code: Code,
  index: number,
  message: string,
) => void;

/** Reports nothing: for callers who have reported already. */
export const unreported: Report = () => undefined;
