/**
 * Character classes and small productions of RFC 5322, RFC 2045 and RFC 5321, as tests on characters.
 * Everything here is a single pass over its input.
 */

const atextFlag = 1;
const tokenFlag = 2;
const fieldNameFlag = 4;
const bcharFlag = 8;

const classes = new Uint8Array(128);
mark(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  atextFlag | tokenFlag | bcharFlag,
);
mark("!#$%&'*+-/=?^_`{|}~", atextFlag); // RFC 5322 §3.2.3
mark("!#$%&'*+-.^_`{|}~", tokenFlag); // RFC 2045 §5.1: no tspecials
mark("'()+_,-./:=?", bcharFlag); // RFC 2046 §5.1.1; a blank may stand inside, not at the end
for (let code = 33; code < 127; code++) {
  // RFC 5322 §3.6.8: ftext is printable US-ASCII but the colon
  if (code !== 0x3a) classes[code] = (classes[code] as number) | fieldNameFlag;
}

function mark(characters: string, flag: number): void {
  for (let at = 0; at < characters.length; at++) {
    const code = characters.charCodeAt(at);
    classes[code] = (classes[code] as number) | flag;
  }
}

/** RFC 5234 §B.1 `WSP`: a space or a tab. */
export function isBlank(code: number | undefined): boolean {
  return code === 0x20 || code === 0x09;
}

/** RFC 5322 §3.2.3 `atext`; with RFC 6532 §3.2 every character above US-ASCII that is no control. */
export function isAtext(code: number): boolean {
  return code < 128 ? ((classes[code] as number) & atextFlag) !== 0 : code >= 0xa0;
}

/** RFC 2045 §5.1 `token`: one or more characters, none a blank, control or tspecial. */
export function isToken(text: string): boolean {
  return text.length > 0 && every(text, tokenFlag);
}

/** RFC 5322 §3.6.8 `field-name`. */
export function isFieldName(text: string): boolean {
  return text.length > 0 && every(text, fieldNameFlag);
}

/** RFC 2046 §5.1.1 `boundary`: 1 to 70 bchars, the last no blank. */
export function isBoundary(text: string): boolean {
  if (text.length < 1 || text.length > 70 || text.endsWith(" ")) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x20) continue;
    if (code > 127 || ((classes[code] as number) & bcharFlag) === 0) return false;
  }
  return true;
}

/** RFC 5322 §3.2.3 `dot-atom-text`, with RFC 6532 characters. */
export function isDotAtom(text: string): boolean {
  let atomLength = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (atomLength === 0) return false;
      atomLength = 0;
    } else if (isAtext(code)) atomLength++;
    else return false;
  }
  return atomLength > 0;
}

/**
 * The index of the first control character (C0 but the tab, DEL, C1, U+2028, U+2029), or -1.
 * None of them may stand in a structured place (RFC 5322 §2.2, RFC 6532 §3.2).
 */
export function indexOfControl(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x09) continue;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029)
      return at;
  }
  return -1;
}

/** The octet that two hexadecimal digits at this index stand for, or -1 when they are not there. */
export function hexPairAt(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function every(text: string, flag: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127 || ((classes[code] as number) & flag) === 0) return false;
  }
  return true;
}
