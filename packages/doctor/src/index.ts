/**
 * Why mail could not be sent, and what to do about it.
 *
 * RFC 5321 (SMTP), RFC 3463 (status codes), RFC 8314 (ports and TLS), RFC 7208 (SPF), RFC 7489 (DMARC), RFC 6376 (DKIM).
 */
export { explain } from "./explain/explain.ts";
export { failureOf, failures, isFailureId } from "./catalogue/index.ts";
export type { Candidate, Certainty, ExplainContext, Explanation } from "./explain/explain.ts";
export type { Explainable } from "./explain/text-of.ts";
export type { Failure, FailureId } from "./catalogue/index.ts";
export type { FailureFacts, FailureStage } from "./catalogue/failure.ts";
export type { FoundReply } from "./explain/symptoms.ts";
export { diagnose } from "./diagnose/diagnose.ts";
export { createResolver } from "./diagnose/resolver.ts";
export { evaluateSpf } from "./diagnose/spf.ts";
export { isAligned } from "./diagnose/domain.ts";
export type { DiagnoseOptions } from "./diagnose/options.ts";
export type { DiagnoseTarget } from "./diagnose/target.ts";
export type { Diagnosis, Finding, ProbeStage, Verdict } from "./diagnose/report.ts";
export type { Connector, Destination } from "./diagnose/connector.ts";
export type { MxRecord, Resolver, ResolverOptions, SrvRecord } from "./diagnose/resolver.ts";
export type { Environment } from "./diagnose/environment.ts";
export type { SpfAnswer, SpfQuestion, SpfResult } from "./diagnose/spf.ts";
