/** Text from elsewhere, safe for a terminal. */

/**
 * The text with every control character but LF as an escape, and with it what turns the direction of
 * writing or breaks a line unseen.
 */
export function shown(text: string): string {
  let safe = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    safe += isHostile(code) ? `\\u${code.toString(16).padStart(4, "0")}` : character;
  }
  return safe;
}

/** The same on one line. */
export function shownOnOneLine(text: string): string {
  return shown(text).replaceAll("\n", " ");
}

function isHostile(code: number): boolean {
  return (
    (code < 0x20 && code !== 0x0a) ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}
