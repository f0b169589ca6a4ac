/**
 * Message and policy to bytes.
 *
 * RFC 5322 (fields, folding), RFC 2047 (encoded-words), RFC 2231 (parameters), RFC 2045 and 2046
 * (bodies, multiparts), RFC 6532 (UTF-8 fields), RFC 6152 (eight bits).
 */
export { generate, toBytes, toStream } from "./generate.ts";
export {
  debugPolicy,
  filePolicy,
  httpPolicy,
  smtpPolicy,
  smtpUtf8Policy,
  strictPolicy,
} from "./policy.ts";
export { verbatimPolicy } from "./verbatim.ts";
export type { GeneratedMessage, MessageStream } from "./generate.ts";
export type {
  DefectHandling,
  GenerationDefectCode,
  LineLimits,
  PieceKeeper,
  Policy,
  PolicyChanges,
} from "./policy.ts";

// For mailers and signers.
export { writeField } from "./field-writer.ts";
export { fit } from "./fit.ts";
export { identityOf } from "./identity.ts";
export type { FittedPolicy } from "./fit.ts";
export type { Identity } from "./identity.ts";
