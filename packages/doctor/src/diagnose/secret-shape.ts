/** What a secret looks like from outside. Never a character of it. */

/** Facts about a secret that do not give it away. */
export interface SecretShape {
  readonly length: number;
  /** A blank or a line end at its start or end. */
  readonly hasOuterBlank: boolean;
  /** It stands in quotation marks, as a `.env` file leaves them. */
  readonly isQuoted: boolean;
  readonly isAscii: boolean;
  /** Sixteen small letters, in fours or not, as Google's App Passwords. */
  readonly isAppPasswordLike: boolean;
  /** A beginning by which providers mark their keys. */
  readonly prefix: string | undefined;
  /** Something that a program left in its place. */
  readonly isPlaceholder: boolean;
}

const prefixes = ["SG.", "re_", "xsmtpsib-", "xkeysib-", "ya29.", "eyJ", "AKIA", "key-"];
const placeholders = new Set([
  "undefined",
  "null",
  "password",
  "changeme",
  "your-password",
  "secret",
  "xxx",
]);

/** Looks at the secret. */
export function shapeOf(secret: string): SecretShape {
  const bare = secret.trim();
  return {
    length: secret.length,
    hasOuterBlank: bare !== secret,
    isQuoted: bare.length > 1 && `"'`.includes(bare.charAt(0)) && bare.at(-1) === bare.charAt(0),
    isAscii: /^[\t -~]*$/.test(bare),
    isAppPasswordLike: /^[a-z]{4} ?[a-z]{4} ?[a-z]{4} ?[a-z]{4}$/.test(bare),
    prefix: prefixes.find((prefix) => bare.startsWith(prefix)),
    isPlaceholder: placeholders.has(bare.toLowerCase()),
  };
}

/** The shape in words. */
export function describeShape(shape: SecretShape): string {
  const parts = [`${shape.length} characters`];
  if (shape.hasOuterBlank) parts.push("a blank or line end at its edge");
  if (shape.isQuoted) parts.push("in quotation marks");
  if (!shape.isAscii) parts.push("characters beyond ASCII");
  if (shape.isAppPasswordLike) parts.push("looks like an App Password");
  if (shape.prefix !== undefined) parts.push(`begins with ${shape.prefix}`);
  if (shape.isPlaceholder) parts.push("looks like a placeholder");
  return parts.join(", ");
}
