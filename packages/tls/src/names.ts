/** Whether a certificate is for the host: RFC 9525. */
import { isIP } from "node:net";
import type { PeerCertificate } from "node:tls";
import { domainToASCII } from "node:url";
import { isAscii } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";

/**
 * The name that the certificate has to bear: an address, or A-labels without the dot that may end a name of the DNS,
 * which a server's name never has (RFC 6066 §3).
 *
 * @throws {UsageError} `TLS_NAME_INVALID`
 */
export function verifiedNameOf(
  { servername }: { readonly servername: string | undefined },
  host: string,
): string {
  return nameOf(servername ?? host);
}

/** @throws {UsageError} `TLS_NAME_INVALID` */
export function nameOf(host: string): string {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host; // an IPv6 address as URLs have it
  if (isIP(bare) !== 0) return bare;
  // Node reads a host as URLs have it: it would cut at a slash and decode a percent sign.
  const isUrl = /[\s/\\?#@%:]/.test(host);
  const ascii = isAscii(host) ? host.toLowerCase() : isUrl ? "" : domainToASCII(host);
  const name = ascii.replace(/\.$/, "");
  // RFC 1035 §2.3.1, with the underscore that private networks use.
  if (/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) return name;
  throw new UsageError(`${JSON.stringify(host)} is no name of a host`, {
    code: "TLS_NAME_INVALID",
    hint: "Give a name as mail.example.com or an address, without port, user and path.",
  });
}

/**
 * RFC 9525 §6.3: the name has to be among the subjectAltNames. A common name is no name, and a wildcard
 * stands for exactly one label, the leftmost.
 */
export function checkName(name: string, certificate: PeerCertificate): Error | undefined {
  const names = alternativeNames(certificate);
  const matches =
    isIP(name) === 0
      ? names.some(({ type, value }) => type === "DNS" && matchesDns(name, value))
      : names.some(({ type, value }) => type === "IP Address" && sameAddress(name, value));
  if (matches) return undefined;
  return Object.assign(new Error(`the certificate is not for ${name}`), {
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
}

/** A subjectAltName: its type as Node writes it, `"DNS"`, `"IP Address"`, and what it says. */
interface AlternativeName {
  readonly type: string;
  readonly value: string;
}

/** A value with characters that could confuse stands as a string of JSON, its commas escaped. */
const entry = /([^:,"]+):(?:("(?:[^"\\]|\\.)*")|([^,"]*))(?:, |$)/y;

/** The entries of `subjectaltname`, which Node joins with ", ". Nothing is read behind what is not of this form. */
export function alternativeNames(certificate: PeerCertificate): readonly AlternativeName[] {
  const text = certificate.subjectaltname ?? "";
  const names: AlternativeName[] = [];
  entry.lastIndex = 0;
  while (entry.lastIndex < text.length) {
    const found = entry.exec(text);
    if (found === null) break;
    const [, type = "", quoted, plain = ""] = found;
    names.push({ type, value: quoted === undefined ? plain : String(JSON.parse(quoted)) });
  }
  return names;
}

function matchesDns(name: string, pattern: string): boolean {
  const given = pattern.toLowerCase();
  if (!given.startsWith("*.")) return name === given;
  const dot = name.indexOf(".");
  return dot > 0 && name.slice(dot) === given.slice(1) && given.indexOf(".", 2) !== -1;
}

function sameAddress(wanted: string, given: string): boolean {
  // A zone says by which of this machine's interfaces (RFC 4007 §11); no certificate has one.
  const [address = ""] = wanted.split("%");
  if (isIP(address) !== isIP(given)) return false;
  return canonical(address) === canonical(given);
}

/** RFC 5952 §4 for IPv6. */
function canonical(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address;
}
