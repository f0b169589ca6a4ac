/** `cid:` references in HTML, RFC 2392. */
import { UsageError } from "@letterwright/base/error";
import type { InlineFile } from "./attachment.ts";

/**
 * The HTML with each `cid:` reference that names an inline file by its file name changed to the file's
 * `cid`. A reference that already is a `cid` stays.
 *
 * @throws {UsageError} `MESSAGE_INLINE_MISSING` when a reference names no inline file: the receiver
 * would see a broken image. `MESSAGE_INLINE_AMBIGUOUS` when two files have that name.
 */
export function linkInline(html: string, inline: readonly InlineFile[]): string {
  let linked = "";
  let copied = 0;
  for (let at = nextReference(html, 0); at !== -1; at = nextReference(html, at)) {
    const start = at + "cid:".length;
    const end = endOfReference(html, start, html.charAt(at - 1));
    const cid = cidOf(html.slice(start, end), inline);
    linked += html.slice(copied, start) + encodeCid(cid);
    copied = end;
    at = end;
  }
  return linked + html.slice(copied);
}

/** The next `cid:` that stands where a URL starts: after a quote, "(" or "=". */
function nextReference(html: string, from: number): number {
  for (let at = from; ; at++) {
    at = html.indexOf(":", at);
    if (at === -1) return -1;
    if (at < 4 || html.slice(at - 3, at).toLowerCase() !== "cid") continue;
    if (`"'(=`.includes(html.charAt(at - 4)) && at - 3 >= from) return at - 3;
  }
}

function endOfReference(html: string, start: number, opener: string): number {
  const closers = opener === '"' || opener === "'" ? opener : opener === "(" ? ")" : " \t\r\n>";
  let end = start;
  while (end < html.length && !closers.includes(html.charAt(end))) end++;
  return end;
}

function cidOf(reference: string, inline: readonly InlineFile[]): string {
  const wanted = decodeReference(reference);
  if (inline.some((file) => file.cid === wanted)) return wanted;
  const named = inline.filter((file) => file.name === wanted);
  if (named.length === 1) return (named[0] as InlineFile).cid;
  if (named.length > 1) {
    throw new UsageError(`${named.length} inline files are named ${JSON.stringify(wanted)}`, {
      code: "MESSAGE_INLINE_AMBIGUOUS",
      hint: "Refer to each by its own `cid`.",
    });
  }
  throw new UsageError(
    `the HTML shows cid:${reference.slice(0, 80)}, and no inline file is named so`,
    {
      code: "MESSAGE_INLINE_MISSING",
      hint: "Add the file to `inline`; a reference is the file's name or its `cid`.",
    },
  );
}

function decodeReference(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference; // no percent-encoding, then: it is taken as it stands
  }
}

/** RFC 2392 §2: what cannot stand in a URL is percent-encoded; the "@" may stand. */
function encodeCid(cid: string): string {
  return encodeURIComponent(cid).replaceAll("%40", "@");
}
