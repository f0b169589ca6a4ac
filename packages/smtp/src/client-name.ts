/** The name for EHLO: RFC 5321 §4.1.1.1, §4.1.3. */
import { isIPv6 } from "node:net";
import { hostname } from "node:os";

/**
 * This machine's full host name where it has one, else the address of the connected socket in brackets.
 * Name resolution is not asked: it can take seconds and tells nobody anything.
 */
export function defaultClientName(localAddress: string): string {
  const name = hostname();
  if (isFullName(name)) return name;
  const address = localAddress.startsWith("::ffff:")
    ? localAddress.slice("::ffff:".length)
    : localAddress;
  return isIPv6(address) ? `[IPv6:${address.split("%")[0]}]` : `[${address}]`;
}

function isFullName(name: string): boolean {
  return (
    /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,10}$/i.test(name) &&
    !name.endsWith(".local") &&
    name.length < 254
  );
}
