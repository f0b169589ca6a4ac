/** Exit statuses of mail programs: the BSD `sysexits.h`, as sendmail has always told them to its callers. */
import type { Retry, ServerReply } from "@letterwright/message";

/** What a status says. */
export interface ExitMeaning {
  /** `"EX_NOUSER"`, or `"exit 3"`. */
  readonly name: string;
  /** As a server would have said it: the classes of RFC 5321 §4.2.1 and RFC 3463. */
  readonly code: number;
  readonly enhancedStatus: string;
  readonly retry: Retry;
  /** Whether it speaks of one recipient, and so leaves open what became of others. */
  readonly isAboutOne: boolean;
}

type Row = readonly [name: string, code: number, enhancedStatus: string];

const rows: ReadonlyMap<number, Row> = new Map([
  [64, ["EX_USAGE", 501, "5.5.4"]],
  [65, ["EX_DATAERR", 501, "5.6.0"]],
  [66, ["EX_NOINPUT", 550, "5.3.0"]],
  [67, ["EX_NOUSER", 550, "5.1.1"]],
  [68, ["EX_NOHOST", 550, "5.1.2"]],
  [69, ["EX_UNAVAILABLE", 554, "5.0.0"]],
  [70, ["EX_SOFTWARE", 554, "5.3.0"]],
  [71, ["EX_OSERR", 451, "4.3.0"]],
  [72, ["EX_OSFILE", 554, "5.3.5"]],
  [73, ["EX_CANTCREAT", 550, "5.0.0"]],
  [74, ["EX_IOERR", 451, "4.3.0"]],
  [75, ["EX_TEMPFAIL", 450, "4.0.0"]],
  [76, ["EX_PROTOCOL", 554, "5.5.0"]],
  [77, ["EX_NOPERM", 550, "5.7.0"]],
  [78, ["EX_CONFIG", 554, "5.3.5"]],
]);

/** What an exit status other than 0 means; one that stands in no table is a failure for good. */
export function exitMeaningOf(status: number): ExitMeaning {
  const [name, code, enhancedStatus] = rows.get(status) ?? [`exit ${status}`, 554, "5.0.0"];
  return {
    name,
    code,
    enhancedStatus,
    retry: code < 500 ? "later" : "no",
    isAboutOne: status === 67 || status === 68,
  };
}

/** The status and the command's words, in the shape of a reply. */
export function replyOf({ name, code, enhancedStatus }: ExitMeaning, words: string): ServerReply {
  return Object.freeze({ code, enhancedStatus, text: words === "" ? name : `${name}: ${words}` });
}
