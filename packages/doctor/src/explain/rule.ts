/** A rule: signs, and the failure that they speak for. */
import type { FailureId } from "../catalogue/index.ts";
import type { FailureStage } from "../catalogue/failure.ts";
import type { Speaker, Symptoms } from "./symptoms.ts";

/** Signs of one failure. Every kind of sign that is named has to be there; of each kind one is enough. */
export interface Rule {
  readonly id: FailureId;
  /** 95 and more: the words name the cause. 70: usual. 40: possible. */
  readonly weight: number;
  /** Words in lower case, without quotation marks. */
  readonly says?: readonly string[];
  /** And these besides. */
  readonly alsoSays?: readonly string[];
  readonly not?: readonly string[];
  readonly status?: readonly string[];
  readonly reply?: readonly number[];
  readonly name?: readonly string[];
  readonly stage?: readonly FailureStage[];
  readonly speaker?: Speaker;
}

/** The signs of the rule that are there, or `undefined` where one is missing. */
export function signsOf(rule: Rule, found: Symptoms): readonly string[] | undefined {
  const signs: string[] = [];
  const needs = (
    wanted: readonly string[] | undefined,
    has: (one: string) => boolean,
    shown = (one: string): string => one,
  ): boolean => {
    if (wanted === undefined) return true;
    const sign = wanted.find(has);
    if (sign !== undefined) signs.push(shown(sign));
    return sign !== undefined;
  };
  const isMet =
    needs(rule.name, (name) => found.names.has(name)) &&
    needs(rule.reply?.map(String), (code) =>
      found.replies.some((one) => one.code === Number(code)),
    ) &&
    needs(rule.status, (status) => found.statuses.has(status)) &&
    needs(rule.says, (words) => found.text.includes(words), quoted) &&
    needs(rule.alsoSays, (words) => found.text.includes(words), quoted) &&
    (rule.not === undefined || !rule.not.some((words) => found.text.includes(words))) &&
    (rule.stage === undefined || (found.stage !== undefined && rule.stage.includes(found.stage))) &&
    (rule.speaker === undefined || found.speakers.has(rule.speaker));
  if (!isMet) return undefined;
  if (rule.stage !== undefined && found.stage !== undefined)
    signs.push(`at the stage ${found.stage}`);
  if (rule.speaker !== undefined) signs.push(`from a server of ${rule.speaker}`);
  return signs;
}

function quoted(words: string): string {
  return JSON.stringify(words.trim());
}
