/** The table of providers, and looking in it. */
import { internationalMailboxes } from "./mailbox-international.ts";
import { regionalMailboxes } from "./mailbox-regional.ts";
import type { Provider } from "./provider.ts";
import { transactionalProviders } from "./transactional.ts";

/** Every provider that is known. */
export const providers: readonly Provider[] = /* @__PURE__ */ Object.freeze([
  ...internationalMailboxes,
  ...regionalMailboxes,
  ...transactionalProviders,
]);

/**
 * The provider of this name, its `id` or its `name`, whatever the case; `undefined` when none is known by it.
 *
 * @example
 * ```ts
 * import { providerNamed } from "@letterwright/mailer/providers";
 *
 * providerNamed("Gmail")?.host; // => "smtp.gmail.com"
 * ```
 */
export function providerNamed(name: string): Provider | undefined {
  const wanted = name.trim().toLowerCase();
  return providers.find((one) => one.id === wanted || one.name.toLowerCase() === wanted);
}

/**
 * The provider whose mailboxes have this domain; `undefined` when none is known. A domain of one's own tells nothing.
 *
 * @example
 * ```ts
 * import { providerOf } from "@letterwright/mailer/providers";
 *
 * providerOf("hotmail.com")?.secret; // => "OAuth2 token"
 * ```
 */
export function providerOf(domain: string): Provider | undefined {
  const wanted = domain.toLowerCase();
  return providers.find(({ domains }) => domains.includes(wanted));
}
