/**
 * Character classes and small productions of RFC 5322, RFC 2045 and RFC 5321, as tests on characters.
 * Everything here is a single pass over its input.
 */

/** RFC 5322 §3.2.3 */
const atext: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w!#$%&'*+/=?^`{|}~-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** RFC 5234 §B.1 `WSP`: a space or a tab. */
export function isBlank(code: number | undefined): boolean {
  return code === 0x20 || code === 0x09;
}

/** RFC 5322 §3.2.3 `atext`; with RFC 6532 §3.2 every character above US-ASCII that is no control. */
export function isAtext(code: number): boolean {
  return code < 128 ? atext[code] === 1 : code >= 0xa0;
}

/** RFC 2045 §5.1 `token`: one or more characters, none a blank, control or tspecial. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`{|}~-]+$/.test(text);
}

/** RFC 5322 §3.6.8 `field-name`. */
export function isFieldName(text: string): boolean {
  return /^[!-9;-~]+$/.test(text);
}

/** RFC 2046 §5.1.1 `boundary`: 1 to 70 bchars, the last no blank. */
export function isBoundary(text: string): boolean {
  return /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(text);
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
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.search(/[\0-\b\n-\x1f\x7f-\x9f\u2028\u2029]/);
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
