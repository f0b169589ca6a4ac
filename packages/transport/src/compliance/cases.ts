/** The suite. */
import type { ComplianceCase } from "./case.ts";
import { deliveryCases } from "./delivery.ts";
import { endingCases } from "./ending.ts";
import type { ComplianceCapability } from "./harness.ts";
import { refusalCases } from "./refusal.ts";

/** Every case there is. */
export const allComplianceCases: readonly ComplianceCase[] = Object.freeze([
  ...deliveryCases,
  ...refusalCases,
  ...endingCases,
]);

/**
 * The cases for a transport with these capabilities, each with a name of its own. A case rejects with a
 * {@link ComplianceError} that says which promise was not kept and what was found.
 *
 * @example
 * ```ts
 * import { memoryTransport } from "@letterwright/transport";
 * import { complianceCases, type ComplianceHarness } from "@letterwright/transport/compliance";
 *
 * const harness: ComplianceHarness = {
 *   capabilities: ["exact-bytes"],
 *   async open() {
 *     const transport = memoryTransport();
 *     return { transport, arrived: async () => transport.sent, [Symbol.asyncDispose]: async () => undefined };
 *   },
 * };
 * for (const one of complianceCases(harness.capabilities)) await one.run(harness);
 * ```
 */
export function complianceCases(
  capabilities: readonly ComplianceCapability[],
): readonly ComplianceCase[] {
  return allComplianceCases.filter(({ needs }) => needs.every((one) => capabilities.includes(one)));
}
