/**
 * What every transport promises, as cases that need no test runner.
 *
 * ```ts no-run
 * import { complianceCases, type ComplianceHarness } from "@letterwright/transport/compliance";
 *
 * declare const harness: ComplianceHarness;
 * for (const one of complianceCases(harness.capabilities)) await one.run(harness);
 * ```
 */
export { allComplianceCases, complianceCases } from "./cases.ts";
export { ComplianceError } from "./harness.ts";
export type { ComplianceCase } from "./case.ts";
export type {
  ArrivedMessage,
  ComplianceCapability,
  ComplianceHarness,
  ComplianceSubject,
} from "./harness.ts";
