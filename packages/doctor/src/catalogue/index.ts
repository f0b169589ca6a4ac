/** The catalogue: every failure that the doctor knows, and the one origin of their names. */
import { contentFailures, type ContentFailureId } from "./content.ts";
import { envelopeFailures, type EnvelopeFailureId } from "./envelope.ts";
import type { FailureFacts } from "./failure.ts";
import { loginFailures, type LoginFailureId } from "./login.ts";
import { networkFailures, type NetworkFailureId } from "./network.ts";
import { programFailures, type ProgramFailureId } from "./program.ts";
import { settingsFailures, type SettingsFailureId } from "./settings.ts";
import { tlsFailures, type TlsFailureId } from "./tls.ts";

/** The name of a failure, stable: what the doctor concludes, as an error's `code` is what was observed. */
export type FailureId =
  | SettingsFailureId
  | NetworkFailureId
  | TlsFailureId
  | LoginFailureId
  | EnvelopeFailureId
  | ContentFailureId
  | ProgramFailureId;

/** A failure with its name. */
export interface Failure extends FailureFacts {
  readonly id: FailureId;
}

const facts: Readonly<Record<FailureId, FailureFacts>> = {
  ...settingsFailures,
  ...networkFailures,
  ...tlsFailures,
  ...loginFailures,
  ...envelopeFailures,
  ...contentFailures,
  ...programFailures,
};

/** Every failure, in the order in which a sending meets them. */
export const failures: readonly Failure[] = Object.freeze(
  (Object.keys(facts) as FailureId[]).map((id) => Object.freeze({ id, ...facts[id] })),
);

/**
 * The failure of that name.
 *
 * @example
 * ```ts
 * import { failureOf } from "@letterwright/doctor";
 *
 * failureOf("rcpt.greylisted").stage; // => "recipient"
 * ```
 */
export function failureOf(id: FailureId): Failure {
  return { id, ...facts[id] };
}

/** Whether the text names a failure of the catalogue. */
export function isFailureId(text: string): text is FailureId {
  return Object.hasOwn(facts, text);
}
