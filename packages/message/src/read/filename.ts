/** Names of files: as the sender gave them, and as they may be used. */
import type { Part } from "../part.ts";
import { contentTypeOf, dispositionOf } from "./description.ts";

/**
 * The file name that a part asks for, decoded (RFC 2231), as the sender gave it: it may hold anything. Use
 * {@link safeFilename} before it touches a disk. Content-Disposition speaks first, then the `name` of
 * Content-Type, which older programs write.
 */
export function filenameOf(part: Part): string | undefined {
  return dispositionOf(part)?.parameters["filename"] ?? contentTypeOf(part)?.parameters["name"];
}

/** How {@link safeFilename} fills in. */
export interface SafeFilenameOptions {
  /** What to use when nothing is left. Default `"attachment"`. */
  readonly fallback?: string;
}

/** Octets of UTF-8 that every common file system takes for a name. */
const maxNameOctets = 200;

// Windows keeps these for devices, whatever extension follows.
const reserved: ReadonlySet<string> = new Set([
  "con",
  "prn",
  "aux",
  "nul",
  "conin$",
  "conout$",
  ...Array.from({ length: 10 }, (_, digit) => [`com${digit}`, `lpt${digit}`]).flat(),
  ...["¹", "²", "³"].flatMap((digit) => [`com${digit}`, `lpt${digit}`]),
]);

/**
 * A name that can be used in a folder of your own on every common system: no path, no control, invisible
 * or bidirectional character, no name that Windows keeps for devices, no dot or blank at an end, at most 200
 * octets with the extension kept. Two names may become one: look whether the file is there.
 *
 * The extension stays what it is. Whether `.exe` may be opened is not a question of its name.
 *
 * @example
 * ```ts
 * import { safeFilename } from "@letterwright/message";
 *
 * safeFilename("../../etc/passwd"); // => "passwd"
 * safeFilename("C:\\Windows\\con.txt"); // => "_con.txt"
 * safeFilename("invoice\u202efdp.exe"); // => "invoicefdp.exe"
 * safeFilename(""); // => "attachment"
 * ```
 */
export function safeFilename(
  name: string | undefined,
  { fallback = "attachment" }: SafeFilenameOptions = {},
): string {
  // NFC, so that one name is one file; look-alikes of the separators do not turn into them by it.
  const last = (name ?? "")
    .normalize("NFC")
    .split(/[/\\]/)
    .findLast((piece) => piece.trim() !== "");
  let safe = "";
  for (const character of last ?? "") safe += safeCharacter(character);
  safe = trimEnds(safe);
  if (safe === "") return fallback;
  const stem = safe.split(".")[0] as string;
  if (reserved.has(stem.trimEnd().toLowerCase())) safe = `_${safe}`;
  return shortened(safe);
}

function safeCharacter(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code < 0x20 || '<>:"|?*'.includes(character)) return "_";
  if (code < 0x7f) return character;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return isSurrogate ||
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}\u115f\u1160\u3164\uffa0]/u.test(character)
    ? ""
    : character;
}

/** Windows drops dots and blanks at the end; a dot at the start hides a file on Unix. */
function trimEnds(name: string): string {
  let start = 0;
  let end = name.length;
  const isTrimmed = (at: number): boolean => name[at] === "." || (name[at] as string).trim() === "";
  while (start < end && isTrimmed(start)) start++;
  while (end > start && isTrimmed(end - 1)) end--;
  return name.slice(start, end);
}

function shortened(name: string): string {
  const encoder = new TextEncoder();
  const { length } = encoder.encode(name);
  if (length <= maxNameOctets) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : "";
  let left = maxNameOctets - encoder.encode(extension).length;
  let stem = "";
  for (const character of name) {
    left -= encoder.encode(character).length;
    if (left < 0) break;
    stem += character;
  }
  return trimEnds(stem) + extension;
}
