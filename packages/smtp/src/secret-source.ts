/** A secret, or where it comes from. */
import { revealed, type Secret } from "@letterwright/base/secret";

/** A password or token, or a function that is asked for it at each login. */
export type SecretSource = Secret | string | (() => Secret | string | Promise<Secret | string>);

/** The text of it; empty where a variable is not set, which is undefined whatever the types say. */
export async function secretText(source: SecretSource | undefined): Promise<string> {
  const given: Secret | string | undefined = typeof source === "function" ? await source() : source;
  return given === undefined || given === null ? "" : revealed(given);
}
