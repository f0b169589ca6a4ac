/**
 * Servers that fail on purpose: for programs that want to be tested against failures, and for the doctor, whose test
 * bed this is.
 *
 * Each failure has three variants, worded differently; one of them is held out ({@link heldOutNames}) while rules are
 * written. There are healthy servers too, and pairs of failures that differ in one detail.
 */
export { startFault } from "./start-fault.ts";
export { faultIds, faultVariants } from "./table/index.ts";
export { healthyControls, nearMisses } from "./table/controls.ts";
export { heldOutNames } from "./held-out.ts";
export type { RunningFault, StartFaultOptions } from "./start-fault.ts";
export type { NearMiss } from "./table/controls.ts";
export type {
  CertificatePlan,
  ClientPart,
  FaultVariant,
  ScriptedReply,
  ScriptedVerb,
  ServerScript,
} from "./variant.ts";
