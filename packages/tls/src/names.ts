/** Whether a certificate is for the host: RFC 9525. */
import { isIP } from "node:net";
import type { PeerCertificate } from "node:tls";
import { domainToASCII } from "node:url";

/** The name that the certificate has to bear, as an A-label or an address. */
export function verifiedNameOf(
  { servername }: { readonly servername: string | undefined },
  host: string,
): string {
  const name = servername ?? host;
  return isIP(name) === 0 ? domainToASCII(name) || name : name;
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

/** The entries of `subjectaltname`, which Node joins with ", " and quotes where a value could confuse. */
export function alternativeNames(
  certificate: PeerCertificate,
): readonly { readonly type: string; readonly value: string }[] {
  return (certificate.subjectaltname ?? "")
    .split(", ")
    .map((entry) => ({
      type: entry.slice(0, entry.indexOf(":")),
      value: entry.slice(entry.indexOf(":") + 1),
    }))
    .filter(({ value }) => value !== "" && !value.includes('"'));
}

function matchesDns(name: string, pattern: string): boolean {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const given = pattern.toLowerCase();
  if (!given.startsWith("*.")) return wanted === given;
  const dot = wanted.indexOf(".");
  return dot > 0 && wanted.slice(dot) === given.slice(1) && given.indexOf(".", 2) !== -1;
}

function sameAddress(left: string, right: string): boolean {
  if (isIP(left) !== isIP(right)) return false;
  const canonical = (address: string): string =>
    isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address;
  return canonical(left) === canonical(right);
}
