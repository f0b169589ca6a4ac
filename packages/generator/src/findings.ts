/** What was found while a message was written, handled as the policy says. */
import type { Defect } from "@letterwright/base/defect";
import { LetterwrightError } from "@letterwright/base/error";
import type { DefectHandling, GenerationDefectCode } from "./policy.ts";

/** Collects, throws or hands over. */
export class Findings {
  readonly list: Defect<GenerationDefectCode>[] = [];
  private readonly handling: DefectHandling;

  constructor(handling: DefectHandling) {
    this.handling = handling;
  }

  report(code: GenerationDefectCode, message: string): void {
    const defect = Object.freeze({ code, index: 0, message });
    if (this.handling === "collect") this.list.push(defect);
    else if (this.handling !== "throw") this.handling(defect);
    else {
      throw new LetterwrightError(message, {
        code,
        hint: 'Use a policy with `defects: "collect"` to write it all the same.',
      });
    }
  }
}
