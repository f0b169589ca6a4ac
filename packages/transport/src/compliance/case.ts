/** One case of the compliance suite, and how it is run. */
import type {
  ArrivedMessage,
  ComplianceCapability,
  ComplianceHarness,
  ComplianceSubject,
} from "./harness.ts";
import { expectEqual } from "./expectation.ts";

/** A promise of the port, with what a transport must be able to do for it to mean anything. */
export interface ComplianceCase {
  readonly name: string;
  readonly needs: readonly ComplianceCapability[];
  /** Resolves when the promise is kept; rejects with a `ComplianceError` that says what was found. */
  run(harness: ComplianceHarness): Promise<void>;
}

/** A case that works on one fresh subject, which is closed and given back whatever happens. */
export function complianceCase(
  name: string,
  needs: readonly ComplianceCapability[],
  run: (subject: ComplianceSubject, harness: ComplianceHarness) => Promise<void>,
): ComplianceCase {
  return Object.freeze({
    name,
    needs,
    async run(harness: ComplianceHarness): Promise<void> {
      const subject = await harness.open();
      try {
        await run(subject, harness);
      } finally {
        await subject.transport.close();
        await subject[Symbol.asyncDispose]();
      }
    },
  });
}

/** @throws {ComplianceError} when anything has arrived */
export async function expectNothing(subject: ComplianceSubject, when: string): Promise<void> {
  expectEqual((await subject.arrived()).length, 0, `messages that arrived ${when}`);
}

/** The message that arrived, when it is the only one. */
export async function onlyArrival(subject: ComplianceSubject): Promise<ArrivedMessage> {
  const arrived = await subject.arrived();
  expectEqual(arrived.length, 1, "messages that arrived");
  return arrived[0] as ArrivedMessage;
}
