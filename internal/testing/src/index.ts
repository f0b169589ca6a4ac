/** What the tests of several packages share. It depends on no package: arbitraries yield plain options. */
export { shred } from "./shred.ts";
export { scripts } from "./scripts.ts";
export type { ScriptName } from "./scripts.ts";
export { composition, fieldText } from "./composition.ts";
export type { Composition, ComposedFile, ComposedMailbox } from "./composition.ts";
export { messyMail, mutated } from "./messy-mail.ts";
export { ScramServer } from "./scram-server.ts";
export { cuttingRelay, randomBelow } from "./cutting-relay.ts";
export type { CuttingRelay } from "./cutting-relay.ts";
