/** When TLS begins. */

/**
 * When TLS begins, and what somebody on the path can do about it.
 *
 * - `"implicit"`: with the first byte (RFC 8314 §3.3; port 465). An attacker can cut the line, no more.
 * - `"starttls"`: after a plain greeting, and then it is required (RFC 3207; port 587). An attacker can
 *   make it fail, and sees the two names; nothing else is ever sent in the clear.
 * - `"opportunistic"`: where the server offers it. An attacker can take the offer away and then read and
 *   change everything. A credential is not sent without TLS even so.
 * - `"none"`: never. Everything can be read and changed. For loopback and closed networks.
 */
export type TlsMode = "implicit" | "starttls" | "opportunistic" | "none";
