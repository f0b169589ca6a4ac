/** The digits of base64: RFC 4648 §4. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The octet of each value. */
export const digits: Uint8Array = Uint8Array.from(alphabet, (digit) => digit.charCodeAt(0));

/** What the padding octet, "=", is. */
export const padding = 0x3d;

/** What {@link values} says of octets that are not digits: each is 64 or above. */
export const notDigit = { blank: 64, padding: 65, foreign: 66 } as const;

/** The value of each octet, below 64 if it is a digit. White space is passed over: RFC 2045 §6.8. */
export const values: Uint8Array = /* @__PURE__ */ valuesOf();

function valuesOf(): Uint8Array {
  const table = new Uint8Array(256).fill(notDigit.foreign);
  digits.forEach((octet, value) => (table[octet] = value));
  for (const blank of [0x20, 0x09, 0x0d, 0x0a]) table[blank] = notDigit.blank;
  table[padding] = notDigit.padding;
  return table;
}
