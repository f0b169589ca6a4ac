/** Text from elsewhere, safe for a terminal. */

/** The text with every control character but LF, and every bidirectional override, as an escape. */
export function shown(text: string): string {
  let safe = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isHostile =
      (code < 0x20 && code !== 0x0a) ||
      (code >= 0x7f && code < 0xa0) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069);
    safe += isHostile ? `\\u${code.toString(16).padStart(4, "0")}` : character;
  }
  return safe;
}
