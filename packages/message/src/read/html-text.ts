/** HTML as plain text: for a terminal, and for quoting. No rendering: what is said, in lines. */

const ignored: ReadonlySet<string> = new Set(["script", "style", "head", "title", "template"]);
const paragraphs: ReadonlySet<string> = new Set(
  "p h1 h2 h3 h4 h5 h6 blockquote ul ol dl table pre hr section article header footer".split(" "),
);
const lines: ReadonlySet<string> = new Set(
  "br div li tr dt dd figure figcaption address".split(" "),
);

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
  ["copy", "©"],
  ["reg", "®"],
  ["euro", "€"],
  ["pound", "£"],
  ["hellip", "…"],
  ["ndash", "–"],
  ["mdash", "—"],
  ["lsquo", "‘"],
  ["rsquo", "’"],
  ["ldquo", "“"],
  ["rdquo", "”"],
  ["bull", "•"],
  ["middot", "·"],
  ["auml", "ä"],
  ["ouml", "ö"],
  ["uuml", "ü"],
  ["Auml", "Ä"],
  ["Ouml", "Ö"],
  ["Uuml", "Ü"],
  ["szlig", "ß"],
  ["eacute", "é"],
  ["egrave", "è"],
  ["agrave", "à"],
  ["ccedil", "ç"],
]);

/**
 * The text of HTML, with LF as line end: paragraphs apart, list items with a dash, a link's target behind
 * its words. What is no tag stays text; an entity that is not known stays as it is written.
 */
export function htmlText(html: string): string {
  const writer = new LineWriter();
  let links: { readonly target: string; readonly start: number }[] = [];
  for (let at = 0; at < html.length;) {
    const open = html.indexOf("<", at);
    if (open === -1) {
      writer.text(html.slice(at));
      break;
    }
    writer.text(html.slice(at, open));
    const tag = tagAt(html, open);
    if (tag === undefined) {
      writer.text("<");
      at = open + 1;
      continue;
    }
    at = tag.end;
    const { name, isEnd } = tag;
    if (ignored.has(name) && !isEnd) at = afterElement(html, name, at);
    else if (paragraphs.has(name)) writer.breakLines(2);
    else if (lines.has(name) && (name === "br" || !isEnd)) {
      if (name === "br") writer.endLine();
      else writer.breakLines(1);
      if (name === "li") writer.text("- ");
    } else if (name === "td" || name === "th") writer.text(" ");
    else if (name === "a" && !isEnd) {
      links.push({ target: attribute(tag.attributes, "href"), start: writer.length });
    } else if (name === "a") {
      const link = links.pop();
      links = [];
      if (link !== undefined && /^(?:https?|mailto):/i.test(link.target)) {
        if (!writer.since(link.start).includes(link.target)) writer.text(` <${link.target}>`);
      }
    } else if (name === "img" && !isEnd) {
      const alternative = attribute(tag.attributes, "alt").trim();
      if (alternative !== "") writer.text(`[${alternative}]`);
    }
  }
  return writer.finish();
}

interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: string;
  readonly end: number;
}

function tagAt(html: string, open: number): Tag | undefined {
  if (html.startsWith("<!--", open)) {
    const end = html.indexOf("-->", open + 4);
    return { name: "!", isEnd: false, attributes: "", end: end === -1 ? html.length : end + 3 };
  }
  const isEnd = html.charAt(open + 1) === "/";
  const start = open + (isEnd ? 2 : 1);
  if (!/[a-z!?]/i.test(html.charAt(start))) return undefined;
  let nameEnd = start;
  while (nameEnd < html.length && nameEnd < start + 20 && /[a-z0-9!?-]/i.test(html.charAt(nameEnd)))
    nameEnd++;
  let quote = "";
  let end = nameEnd;
  for (; end < html.length; end++) {
    const character = html.charAt(end);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") break;
  }
  return {
    name: html.slice(start, nameEnd).toLowerCase(),
    isEnd,
    attributes: html.slice(nameEnd, end),
    end: end + 1,
  };
}

/** Behind the end tag of an element whose content is no text. */
function afterElement(html: string, name: string, from: number): number {
  for (let at = html.indexOf("</", from); at !== -1; at = html.indexOf("</", at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() !== name) continue;
    const end = html.indexOf(">", at);
    return end === -1 ? html.length : end + 1;
  }
  return html.length;
}

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(
    attributes.slice(0, 10_000),
  );
  return decodeEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? "");
}

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/gi, (written: string, name: string) => {
    if (!name.startsWith("#")) return entities.get(name) ?? written;
    const isHex = name.charAt(1).toLowerCase() === "x";
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    const isCharacter = code > 0x1f && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** Collects words into lines; blanks collapse, as HTML has it. */
class LineWriter {
  readonly #lines: string[] = [];
  #line = "";
  #pending = 0;
  #length = 0;

  /** Characters written so far, for {@link since}. */
  get length(): number {
    return this.#length;
  }

  /** What was written on this line since that length. */
  since(length: number): string {
    return this.#line.slice(Math.max(0, this.#line.length - (this.#length - length)));
  }

  text(raw: string): void {
    const text = decodeEntities(raw.replaceAll(/[ \t\r\n\f]+/g, " "));
    const isBlank = text === " " || text === "";
    if (isBlank && (this.#line === "" || this.#line.endsWith(" "))) return;
    if (this.#pending > 0) this.#flush();
    const piece = this.#line === "" || this.#line.endsWith(" ") ? text.trimStart() : text;
    this.#line += piece;
    this.#length += piece.length;
  }

  /** At least so many line ends before what comes next; none at the start. */
  breakLines(count: number): void {
    this.#pending = Math.max(this.#pending, count);
  }

  /** A line end of its own. */
  endLine(): void {
    if (this.#pending > 0) this.#flush();
    this.#push();
  }

  finish(): string {
    if (this.#line.trim() !== "") this.#push();
    return this.#lines
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trimEnd();
  }

  #flush(): void {
    const count = this.#pending;
    this.#pending = 0;
    if (this.#line.trim() !== "") this.#push();
    if (count > 1 && this.#lines.length > 0 && this.#lines.at(-1) !== "") this.#lines.push("");
  }

  #push(): void {
    this.#lines.push(this.#line.trimEnd());
    this.#line = "";
  }
}
