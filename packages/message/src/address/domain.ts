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
    for (let at = 0; at < label.length; at++) {
      if (!isLetterDigitHyphen(label.charCodeAt(at))) {
        throw invalid(domain, `${JSON.stringify(label[at])} cannot stand in a domain`);
      }
    }
  }
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
  for (let at = 0; at < domain.length; at++) {
    const code = domain.charCodeAt(at);
    if (code < 128 && code !== 0x2e && !isLetterDigitHyphen(code)) {
      throw invalid(domain, `${JSON.stringify(domain[at])} cannot stand in a domain`);
    }
  }
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
  const octets = inner.split(".");
  return octets.length === 4 && octets.every((octet) => isDecimalOctet(octet));
}

function isDecimalOctet(text: string): boolean {
  if (text.length < 1 || text.length > 3) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return Number(text) <= 255 && (text.length === 1 || text[0] !== "0");
}

function isIpv6(text: string): boolean {
  for (let at = 0; at < text.length; at++)
    if (!"0123456789abcdefABCDEF:.".includes(text.charAt(at))) return false;
  return URL.canParse(`http://[${text}]/`);
}

function isLetterDigitHyphen(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d
  );
}

function invalid(domain: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`${JSON.stringify(domain)} is not a domain: ${why}`, {
    code: "ADDRESS_DOMAIN_INVALID",
    hint: "A domain is labels of letters, digits and hyphens with dots between them (RFC 5321 §4.1.2).",
    cause,
  });
}
