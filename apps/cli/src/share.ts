/** A report for others: whose addresses they are is nobody's business. */

/**
 * The text with the names of mailboxes and the ends of IP addresses masked; domains stay, because the case is about them.
 * `also` are words to mask wherever they stand, a user's name for example.
 */
export function masked(text: string, also: readonly string[] = []): string {
  let shown = text.replaceAll(/[^\s<>"'@:;,()[\]]{1,64}@(?=[A-Za-z0-9-])/g, "***@");
  shown = shown.replaceAll(
    /(?<![\d.])(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}(?![\d.])/g,
    (whole, a: string, b: string) => (a === "127" ? whole : `${a}.${b}.x.x`),
  );
  shown = shown.replaceAll(
    /(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?:[0-9a-f]{0,4}|:[0-9a-f:]{0,30})(?![\w:])/gi,
    (whole) => {
      const [first = "", second = ""] = whole.split(":");
      return `${first}:${second}:x`;
    },
  );
  for (const word of also)
    if (word.length > 2 && !word.includes("@")) shown = shown.replaceAll(word, "***");
  return shown;
}

/** The same for every text inside a value. */
export function maskedValue(value: unknown, also: readonly string[] = []): unknown {
  if (typeof value === "string") return masked(value, also);
  if (Array.isArray(value)) return value.map((one) => maskedValue(one, also));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, maskedValue(one, also)]),
  );
}
