/** The whole table. */
import type { FaultVariant } from "../variant.ts";
import { connectionFaults } from "./connection.ts";
import { contentFaults } from "./content.ts";
import { envelopeFaults } from "./envelope.ts";
import { loginFaults } from "./login.ts";
import { tlsFaults } from "./tls.ts";

/** Every failure that a server can produce, three times. */
export const faultVariants: readonly FaultVariant[] = Object.freeze([
  ...connectionFaults,
  ...tlsFaults,
  ...loginFaults,
  ...envelopeFaults,
  ...contentFaults,
]);

/** The identifiers of the failures in the table, each once. */
export const faultIds: readonly string[] = Object.freeze([
  ...new Set(faultVariants.flatMap(({ id }) => (id === undefined ? [] : [id]))),
]);
