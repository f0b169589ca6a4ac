/** Where a login's token comes from. */
import type { Secret } from "@letterwright/base/secret";

/** What is asked of a {@link TokenSource}. */
export interface TokenRequest {
  /** A token that the mail server has just refused: another is wanted. */
  readonly refused?: Secret;
  readonly signal?: AbortSignal;
}

/**
 * Gives access tokens, and a new one when the last was refused. `@letterwright/smtp/oauth` makes such sources;
 * a library of an identity provider is one in a few lines.
 *
 * @example
 * ```ts
 * import { secret } from "@letterwright/base/secret";
 * import type { TokenSource } from "@letterwright/smtp";
 *
 * const fromElsewhere = async (isForced: boolean) => (isForced ? "newer" : "token");
 * const source: TokenSource = {
 *   token: async ({ refused } = {}) => secret(await fromElsewhere(refused !== undefined)),
 * };
 * (await source.token()).reveal(); // => "token"
 * ```
 */
export interface TokenSource {
  token(request?: TokenRequest): Promise<Secret>;
}
