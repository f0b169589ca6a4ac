/** What a certificate says beside its subject and its key: RFC 5280 §4.2. */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { isAscii } from "@letterwright/base/bytes";
import type * as X509 from "@peculiar/x509";

/** A subjectAltName that is neither host nor address (RFC 5280 §4.2.1.6). */
export interface OtherName {
  readonly type: "email" | "url";
  readonly value: string;
}

/** Whom a certificate is for. */
export interface CertificateNames {
  readonly names: readonly string[];
  readonly otherNames?: readonly OtherName[];
}

/** None where there are no names: an empty list is not allowed (RFC 5280 §4.2.1.6). */
export function alternativeNames(
  x509: typeof X509,
  { names, otherNames = [] }: CertificateNames,
): readonly X509.SubjectAlternativeNameExtension[] {
  const all = [...names.map(hostName), ...otherNames];
  return all.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(all)];
}

function hostName(value: string): { readonly type: "dns" | "ip"; readonly value: string } {
  if (isIP(value) !== 0) return { type: "ip", value };
  return { type: "dns", value: isAscii(value) ? value : domainToASCII(value) };
}

/** Critical, and known to nobody: below the number that RFC 5612 keeps for examples. */
export function unknownExtension(x509: typeof X509): X509.Extension {
  return new x509.Extension("1.3.6.1.4.1.32473.1", true, derOf(0x05, []));
}

/** RFC 5280 §4.2.1.10: permittedSubtrees [0], each the base of a GeneralSubtree, a dNSName [2]. */
export function nameConstraints(x509: typeof X509, permits: readonly string[]): X509.Extension {
  const subtrees = permits.flatMap((name) => [
    ...derOf(0x30, derOf(0x82, new TextEncoder().encode(name))),
  ]);
  return new x509.Extension("2.5.29.30", true, derOf(0x30, derOf(0xa0, subtrees)));
}

/** X.690 §8.1.3.5: lengths above 127 say first how many octets they take. */
function derOf(tag: number, content: Iterable<number>): Uint8Array<ArrayBuffer> {
  const octets = [...content];
  const length = octets.length < 0x80 ? [] : [0x82, octets.length >> 8];
  return Uint8Array.from([tag, ...length, octets.length & 0xff, ...octets]);
}
