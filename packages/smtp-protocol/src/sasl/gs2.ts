/** Names in a GS2 header: RFC 5801 §4. */

/** `saslname`: "=" and "," are escaped. */
export function gs2Name(text: string): string {
  return text.replaceAll("=", "=3D").replaceAll(",", "=2C");
}
