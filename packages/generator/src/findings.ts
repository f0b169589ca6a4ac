/** What was found while a message was written, handled as the policy says. */
import type { Defect } from "@letterwright/base/defect";
import { LetterwrightError } from "@letterwright/base/error";
import type { DefectHandling, GenerationDefectCode } from "./policy.ts";

const none: readonly Defect<GenerationDefectCode>[] = /* @__PURE__ */ Object.freeze([]);

/** Collects, throws or hands over. */
export class Findings {
  private readonly handling: DefectHandling;
  private list: Defect<GenerationDefectCode>[] | undefined;

  constructor(handling: DefectHandling) {
    this.handling = handling;
  }

  /** All of them, when there will be no more. */
  get all(): readonly Defect<GenerationDefectCode>[] {
    return this.list === undefined ? none : Object.freeze(this.list);
  }

  report(code: GenerationDefectCode, message: string): void {
    const defect = Object.freeze({ code, index: 0, message });
    if (this.handling === "collect") (this.list ??= []).push(defect);
    else if (this.handling !== "throw") this.handling(defect);
    else {
      throw new LetterwrightError(message, {
        code,
        hint: 'Use a policy with `defects: "collect"` to write it all the same.',
      });
    }
  }
}
