/** Domains in addresses: RFC 5321 §4.1.2 and §4.1.3, RFC 5890 for the A-label form. */
import { isAscii, utf8Length } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { decodePunycode } from "./punycode.ts";

/**
 * @throws {UsageError} `ADDRESS_DOMAIN_INVALID` or `ADDRESS_TOO_LONG`
 */
export function assertDomain(domain: string): void {
  if (domain.startsWith("[")) {
    if (!isAddressLiteral(domain))
      throw invalid(domain, "an address literal is [IPv4] or [IPv6:…]");
    return;
  }
  if (isAscii(domain)) assertLabels(domain, domain);
  else toAscii(domain);
}

function assertLabels(ascii: string, domain: string): void {
  if (ascii.length > 255 || utf8Length(domain) > 255) {
    throw new UsageError("the domain is longer than 255 octets", {
      code: "ADDRESS_TOO_LONG",
      hint: "RFC 5321 §4.5.3.1.2 sets this limit.",
    });
  }
  for (const label of ascii.split(".")) {
    if (label.length === 0) throw invalid(domain, "a label between dots is empty");
    if (label.length > 63) throw invalid(domain, "a label is longer than 63 octets");
    if (label.startsWith("-") || label.endsWith("-"))
      throw invalid(domain, "a label starts or ends with a hyphen");
    refuseCharacter(/[^a-z\d-]/i.exec(label), domain);
  }
}

function refuseCharacter(found: RegExpExecArray | null, domain: string): void {
  if (found === null) return;
  throw invalid(domain, `${JSON.stringify(found[0])} cannot stand in a domain`);
}

/**
 * The domain with every label as an A-label (`xn--…`), by UTS #46 as the platform's `URL` has it.
 * An ASCII domain and an address literal come back as they are.
 *
 * @throws {UsageError} `ADDRESS_DOMAIN_INVALID` when there is no such form, `ADDRESS_TOO_LONG`
 * @example
 * ```ts
 * import { asciiDomain } from "@letterwright/message";
 *
 * asciiDomain("exämple.de"); // => "xn--exmple-cua.de"
 * ```
 */
export function asciiDomain(domain: string): string {
  assertDomain(domain);
  return isAscii(domain) ? domain : toAscii(domain);
}

/**
 * The domain as people read it: A-labels become U-labels (RFC 5890 §2.3.2.1). A label that does not come back
 * as the same A-label stays as it is. For people only: a name that looks like another is still a name
 * of its own, so compare A-labels.
 *
 * @throws {UsageError} `ADDRESS_DOMAIN_INVALID`, `ADDRESS_TOO_LONG`
 * @example
 * ```ts
 * import { unicodeDomain } from "@letterwright/message";
 *
 * unicodeDomain("xn--exmple-cua.de"); // => "exämple.de"
 * ```
 */
export function unicodeDomain(domain: string): string {
  assertDomain(domain);
  return domain.split(".").map(unicodeLabel).join(".");
}

function unicodeLabel(label: string): string {
  if (label.slice(0, 4).toLowerCase() !== "xn--") return label;
  const decoded = decodePunycode(label.slice(4));
  if (decoded === undefined) return label;
  try {
    return toAscii(decoded) === label.toLowerCase() ? decoded : label;
  } catch {
    return label; // it decodes to what no domain may hold
  }
}

/** The domains that were converted and checked last: a program meets the same few again and again. */
const converted = new Map<string, string>();
const maxConverted = 256;

function toAscii(domain: string): string {
  const known = converted.get(domain);
  if (known !== undefined) return known;
  const ascii = convert(domain);
  assertLabels(ascii, domain);
  if (converted.size >= maxConverted) converted.clear();
  converted.set(domain, ascii);
  return ascii;
}

function convert(domain: string): string {
  // The URL parser reads more than domains: keep from it whatever it would treat as syntax or decode.
  refuseCharacter(/[^a-z\d.\u0080-\uffff-]/i.exec(domain), domain);
  try {
    // Full-width dots, slashes and the like map to ASCII syntax, which the check of the labels finds.
    // The suffix keeps a domain of digits from being read as an IPv4 address.
    return new URL(`http://${domain}.example`).hostname.slice(0, -".example".length);
  } catch (cause) {
    throw invalid(domain, "it has no ASCII form (UTS #46)", cause);
  }
}

function isAddressLiteral(text: string): boolean {
  if (!text.endsWith("]") || text.length > 80) return false;
  const inner = text.slice(1, -1);
  if (inner.slice(0, 5).toLowerCase() === "ipv6:") return isIpv6(inner.slice(5));
  return /^(?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/.test(inner);
}

function isIpv6(text: string): boolean {
  return /^[\da-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

function invalid(domain: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`${JSON.stringify(domain)} is not a domain: ${why}`, {
    code: "ADDRESS_DOMAIN_INVALID",
    hint: "A domain is labels of letters, digits and hyphens with dots between them (RFC 5321 §4.1.2).",
    cause,
  });
}
