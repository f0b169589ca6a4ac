/**
 * The structure of a message, found in one pass over its octets.
 *
 * The scanner is in the fields of a part or behind them, and keeps a stack of the parts that are open. Fields
 * are read line by line. Behind them it looks for one thing only: the next line that is a delimiter of any
 * multipart around (RFC 2046 §5.1.2: outer ones count at any level), and everything up to it is content. What
 * a chunk leaves undecided waits in the window, which never holds more than one field, or one line that may
 * become a delimiter.
 */
import { cr, lf } from "@letterwright/base/bytes";
import { isBlank } from "@letterwright/base/grammar";
import type { StructureDefectCode } from "../defect.ts";
import {
  bodyKindOf,
  contentKindOf,
  digestKind,
  encodingOf,
  type ContentKind,
} from "./content-kind.ts";
import { Delimiter, type DelimiterKind } from "./delimiter.ts";
import { exceeded, type ParseLimits } from "./limits.ts";
import type { BodyEncoding, BodyForm, ContentRole, PartRole, Sink } from "./sink.ts";
import { Window } from "./window.ts";

/** What of the limits a message around this one has used already. */
export interface Used {
  readonly parts: number;
  readonly messages: number;
  readonly depth: number;
}

const nothingUsed: Used = { parts: 0, messages: 0, depth: 0 };

/** A part that is open. */
interface Level {
  readonly isInDigest: boolean;
  kind: ContentKind | undefined;
  encoding: BodyEncoding | undefined;
  delimiter: Delimiter | undefined;
  hasParts: boolean;
  isClosed: boolean;
  /** Each is reported once a part. */
  hasPrefix: boolean;
  hasLateDelimiter: boolean;
  /** The next delimiter line in the window, or -1, and up to where there is no other before it. */
  hit: number;
  hitKind: DelimiterKind;
  hitEnd: number;
  searched: number;
}

const noBody: BodyForm = { kind: "leaf", encoding: "identity", boundary: undefined };

const colon = 0x3a;
const dash = 0x2d;
const greater = 0x3e;
const longestName = 998; // a line, RFC 5322 §2.1.1
const mostGreater = 16;

/** 1 for what may stand in a field name, RFC 5322 §2.2. */
const ftext: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, octet) =>
  octet > 32 && octet < 127 && octet !== colon ? 1 : 0,
);

/** Its members are `private` to the compiler and not `#private`, which engines of today run slower. */
export class Scanner {
  private readonly sink: Sink;
  private readonly limits: ParseLimits;
  private readonly window = new Window();
  private readonly levels: Level[] = [];
  private parts: number;
  private messages: number;
  private readonly depth: number;
  private isInFields = true;
  /** What is done with, as are all the following a place in the window. */
  private at = 0;
  /** Where the field that is open starts; -1 when none is. */
  private fieldStart = -1;
  private nameEnd = 0;
  private line = 0;
  /** Whether the end of the line is what is looked for, and from where on. */
  private isInLine = false;
  private sought = 0;
  private headStart = 0;
  /** The octets of the header sections before. */
  private headsBefore = 0;
  private fields = 0;
  /** Where content began: at the start of a line, whatever stands before it. */
  private contentStart = 0;

  constructor(sink: Sink, limits: ParseLimits, used: Used = nothingUsed) {
    this.sink = sink;
    this.limits = limits;
    this.parts = used.parts;
    this.messages = used.messages;
    this.depth = used.depth;
    this.openLevel("message", false);
  }

  /** The octets between two offsets that were told in the call that is going on. */
  octetsOf(start: number, end: number): Uint8Array {
    const { octets, base, isOwn } = this.window;
    return isOwn
      ? octets.slice(start - base, end - base)
      : octets.subarray(start - base, end - base);
  }

  /** @throws {LimitError} `PARSE_LIMIT`; the scanner is not used after it */
  push(chunk: Uint8Array): void {
    const moved = this.window.push(chunk, this.at);
    this.at = 0;
    if (this.fieldStart !== -1) this.fieldStart -= moved;
    this.nameEnd -= moved;
    this.line -= moved;
    this.sought -= moved;
    this.headStart -= moved;
    this.contentStart -= moved;
    this.forgetSearches();
    this.run(false);
  }

  /** @throws {LimitError} `PARSE_LIMIT` */
  end(): void {
    this.forgetSearches();
    this.run(true);
    const end = this.window.octets.length;
    while (this.levels.length > 0) this.closeLevel(end);
  }

  private forgetSearches(): void {
    for (const level of this.levels) {
      level.hit = -1;
      level.searched = this.at;
    }
  }

  private run(isEnd: boolean): void {
    let goesOn = true;
    while (goesOn) goesOn = this.isInFields ? this.readFields(isEnd) : this.readContent(isEnd);
  }

  // Fields

  /** Whether there is more to do. */
  private readFields(isEnd: boolean): boolean {
    const { octets } = this.window;
    const { length } = octets;
    for (;;) {
      if (this.isInLine) {
        const feed = this.sought < length ? octets.indexOf(lf, this.sought) : -1;
        if (feed === -1 && !isEnd) {
          this.sought = length;
          this.checkHead(length);
          return false;
        }
        this.line = feed === -1 ? length : feed + 1;
        this.isInLine = false;
        this.checkHead(this.line);
      }
      const { line } = this;
      if (line === length) {
        if (!isEnd) return false;
        this.flushField(line);
        this.endFields(line, line);
        return true;
      }
      const octet = octets[line] as number;
      if (this.fieldStart !== -1) {
        if (isBlank(octet)) {
          this.startLine();
          continue;
        }
        this.flushField(line);
      }
      // Nearly every line is a field.
      let nameEnd = line;
      const most = Math.min(length, line + longestName);
      while (nameEnd < most && ftext[octets[nameEnd] as number] === 1) nameEnd++;
      if (octets[nameEnd] === colon && nameEnd > line && octet !== dash) {
        this.startField(nameEnd);
        continue;
      }
      const goesOn = this.readOddLine(octet, nameEnd, isEnd);
      if (goesOn === undefined) continue;
      return goesOn;
    }
  }

  /** A line that is no plain field. `undefined` when the fields go on; false when more octets are needed. */
  private readOddLine(octet: number, nameEnd: number, isEnd: boolean): boolean | undefined {
    const { line } = this;
    const { octets, base } = this.window;
    const { length } = octets;
    if (octet === lf) return this.endFields(line, line + 1);
    if (octet === cr) {
      if (line + 1 === length && !isEnd) return false;
      if (line + 1 === length || octets[line + 1] === lf) {
        return this.endFields(line, Math.min(line + 2, length));
      }
    }
    if (isBlank(octet)) {
      this.sink.defect("FIELD_LINE_CONTINUES_NOTHING", base + line);
      return this.startField(line);
    }
    if (octet === dash) {
      const met = this.delimiterAt(line, isEnd);
      if (met !== undefined) return met;
    }
    const from = this.envelopeLineAt(line, isEnd);
    if (from === "unknown") return false;
    if (from === "yes") {
      this.sink.defect("ENVELOPE_LINE_MISPLACED", base + line);
      return this.startField(line);
    }
    if (octet === colon) {
      this.sink.defect("FIELD_NAME_MISSING", base + line);
      return this.startField(line);
    }
    let at = nameEnd;
    const most = Math.min(length, line + longestName);
    while (at < most && isBlank(octets[at])) at++;
    if (at === length && !isEnd && at < line + longestName) return false;
    if (octets[at] === colon && nameEnd > line) {
      if (at > nameEnd) this.sink.defect("FIELD_NAME_BLANK", base + nameEnd);
      return this.startField(nameEnd);
    }
    this.sink.defect("SEPARATOR_MISSING", base + line);
    return this.endFields(line, line);
  }

  private startField(nameEnd: number): undefined {
    this.fieldStart = this.line;
    this.nameEnd = nameEnd;
    if (++this.fields > this.limits.fields) throw exceeded(this.limits, "fields");
    this.startLine();
  }

  private startLine(): void {
    this.isInLine = true;
    this.sought = this.line;
  }

  private checkHead(end: number): void {
    const { fieldBytes, headBytes } = this.limits;
    if (end - this.fieldStart > fieldBytes) throw exceeded(this.limits, "fieldBytes");
    if (this.headsBefore + end - this.headStart > headBytes)
      throw exceeded(this.limits, "headBytes");
  }

  private flushField(end: number): void {
    const { fieldStart: start, nameEnd } = this;
    if (start === -1) return;
    this.fieldStart = -1;
    this.at = end;
    const { octets, base } = this.window;
    if (nameEnd - start === 12 && isNamed(octets, start, "content-type")) {
      const level = this.level();
      level.kind ??= contentKindOf(octets, octets.indexOf(colon, nameEnd) + 1, end);
    } else if (nameEnd - start === 25 && isNamed(octets, start, "content-transfer-encoding")) {
      const level = this.level();
      level.encoding ??= encodingOf(octets, octets.indexOf(colon, nameEnd) + 1, end);
    }
    this.sink.field(base + start, base + nameEnd, base + end);
  }

  /** What stands at the line start: `From ` of a mailbox file, quoted or not. */
  private envelopeLineAt(line: number, isEnd: boolean): "yes" | "no" | "unknown" {
    const { octets } = this.window;
    let at = line;
    while (at < line + mostGreater && octets[at] === greater) at++;
    for (let index = 0; index < 5; index++, at++) {
      if (at >= octets.length) return isEnd ? "no" : "unknown";
      if (octets[at] !== "From ".charCodeAt(index)) return "no";
    }
    // RFC 5322 §4.5: a blank before the colon of a From field.
    const most = line + longestName;
    while (at < most && isBlank(octets[at])) at++;
    if (at === octets.length && at < most && !isEnd) return "unknown";
    return octets[at] === colon ? "no" : "yes";
  }

  /** The fields end at `start`, the body begins at `end`. */
  private endFields(start: number, end: number): true {
    const { base } = this.window;
    const level = this.level();
    this.isInFields = false;
    this.at = this.contentStart = end;
    this.headsBefore += end - this.headStart;
    const content = level.kind ?? (level.isInDigest ? digestKind : undefined);
    const encoding = level.encoding ?? "identity";
    const kind = bodyKindOf(content, encoding);
    const boundary = kind === "multipart" ? content?.boundary : undefined;
    for (const code of content?.defects ?? []) this.headDefect(code);
    if (content?.main === "multipart" && encoding !== "identity")
      this.headDefect("MULTIPART_ENCODED");
    if (kind === "encoded-message" && content?.subtype !== "global")
      this.headDefect("MESSAGE_ENCODED");
    if (boundary !== undefined) {
      if (this.levels.some(({ delimiter }) => delimiter?.boundary === boundary)) {
        this.headDefect("BOUNDARY_DUPLICATE");
      }
      level.delimiter = new Delimiter(boundary);
      level.searched = end;
    }
    this.sink.separator(base + start, base + end, { kind, encoding, boundary });
    if (kind === "message") this.openLevel("nested-message", false);
    return true;
  }

  private headDefect(code: StructureDefectCode): void {
    this.sink.defect(code, this.window.base + this.headStart);
  }

  // Content

  private readContent(isEnd: boolean): boolean {
    const { octets } = this.window;
    const { length } = octets;
    const level = this.nextDelimiter(isEnd);
    if (level !== undefined) {
      const start = level.hit;
      const lead = this.leadOf(start);
      this.tellContent(lead);
      this.meet(level, lead, start);
      return true;
    }
    this.tellContent(isEnd ? length : this.safeEnd());
    return false;
  }

  /** The level whose delimiter line comes first; of two at one place the outer. */
  private nextDelimiter(isEnd: boolean): Level | undefined {
    let bound = this.window.octets.length;
    let first: Level | undefined;
    for (const level of this.levels) {
      if (level.delimiter === undefined || level.hasLateDelimiter) continue;
      const hit = this.search(level, level.delimiter, bound, isEnd);
      if (hit === -1 || hit >= bound) continue;
      if (level.isClosed) {
        this.tellLate(level, hit);
        continue;
      }
      bound = hit;
      first = level;
    }
    return first;
  }

  private tellLate(level: Level, at: number): void {
    level.hasLateDelimiter = true;
    this.sink.defect("DELIMITER_AFTER_CLOSE", this.window.base + at);
  }

  /** Where the next delimiter line of this level starts, when that is before `bound`. */
  private search(level: Level, delimiter: Delimiter, bound: number, isEnd: boolean): number {
    if (level.hit >= this.at) return level.hit;
    const { octets, base } = this.window;
    let from = Math.max(this.at, level.searched);
    while (from < bound) {
      const found = delimiter.next(octets, from, bound);
      if (found === -1) break;
      if (found === this.contentStart || (found > this.at && octets[found - 1] === lf)) {
        const kind = delimiter.kindAt(octets, found, isEnd);
        if (kind === "delimiter" || kind === "close") {
          level.hit = found;
          level.hitKind = kind;
          level.hitEnd = delimiter.lineEnd;
          return found;
        }
        if (kind === "prefix" && !level.hasPrefix) {
          level.hasPrefix = true;
          this.sink.defect("BOUNDARY_PREFIX", base + found);
        }
      }
      // Another line is the next place where one may stand.
      const feed = octets.indexOf(lf, found);
      if (feed === -1) break;
      from = feed + 1;
    }
    level.searched = bound;
    return -1;
  }

  /** Where a delimiter that starts here begins: with the line end before it (RFC 2046 §5.1.1). */
  private leadOf(start: number): number {
    if (start <= this.contentStart) return start;
    const { octets } = this.window;
    const feed = start - 1;
    return feed - 1 >= Math.max(this.contentStart, this.at) && octets[feed - 1] === cr
      ? feed - 1
      : feed;
  }

  /** How much of the window is content whatever comes next. */
  private safeEnd(): number {
    const { octets } = this.window;
    const { length } = octets;
    if (!this.levels.some(({ delimiter }) => delimiter !== undefined)) return length;
    const feed = length > this.at ? octets.lastIndexOf(lf) : -1;
    const start = feed >= this.at ? feed + 1 : this.contentStart === this.at ? this.at : -1;
    if (start !== -1 && this.mayBecomeDelimiter(start)) return this.leadOf(start);
    return octets[length - 1] === cr && length > this.at ? length - 1 : length;
  }

  private mayBecomeDelimiter(start: number): boolean {
    if (start === this.window.octets.length) return true;
    return this.levels.some(
      ({ delimiter }) =>
        delimiter !== undefined && delimiter.kindAt(this.window.octets, start, false) === "unknown",
    );
  }

  private tellContent(end: number): void {
    if (end <= this.at) return;
    const { base } = this.window;
    this.sink.content(this.role(), base + this.at, base + end);
    this.at = end;
  }

  private role(): ContentRole {
    const { delimiter, isClosed } = this.level();
    return delimiter === undefined ? "body" : isClosed ? "epilogue" : "preamble";
  }

  // Parts

  /** Among fields: a delimiter line at `line`. `undefined` when it is none. */
  private delimiterAt(line: number, isEnd: boolean): boolean | undefined {
    const { octets, base } = this.window;
    for (const level of this.levels) {
      if (level.delimiter === undefined) continue;
      const kind = level.delimiter.kindAt(octets, line, isEnd);
      if (kind === "unknown") return false;
      if (kind === "prefix" && !level.hasPrefix) {
        level.hasPrefix = true;
        this.sink.defect("BOUNDARY_PREFIX", base + line);
      }
      if (kind !== "delimiter" && kind !== "close") continue;
      if (level.isClosed) {
        if (!level.hasLateDelimiter) this.tellLate(level, line);
        continue;
      }
      level.hit = line;
      level.hitKind = kind;
      level.hitEnd = level.delimiter.lineEnd;
      this.sink.separator(base + line, base + line, noBody);
      this.meet(level, line, line);
      return true;
    }
    return undefined;
  }

  /** The delimiter line of this level, found at `start`. */
  private meet(level: Level, lead: number, start: number): void {
    while (this.level() !== level) this.closeLevel(lead);
    const { base } = this.window;
    const isClose = level.hitKind === "close";
    const end = level.hitEnd;
    this.sink.delimiter(base + lead, base + start, base + end, isClose);
    this.at = end;
    level.hit = -1;
    level.searched = end;
    if (isClose) {
      level.isClosed = true;
      this.isInFields = false;
      this.contentStart = end;
      if (!level.hasParts) this.sink.defect("START_DELIMITER_MISSING", base + start);
      return;
    }
    level.hasParts = true;
    this.openLevel("part", level.kind?.subtype === "digest");
  }

  private openLevel(role: PartRole, isInDigest: boolean): void {
    const { limits } = this;
    if (++this.parts > limits.parts) throw exceeded(limits, "parts");
    if (this.depth + this.levels.length > limits.depth) throw exceeded(limits, "depth");
    if (role === "nested-message" && ++this.messages > limits.nestedMessages) {
      throw exceeded(limits, "nestedMessages");
    }
    this.levels.push({
      isInDigest,
      kind: undefined,
      encoding: undefined,
      delimiter: undefined,
      hasParts: false,
      isClosed: false,
      hasPrefix: false,
      hasLateDelimiter: false,
      hit: -1,
      hitKind: "none",
      hitEnd: 0,
      searched: this.at,
    });
    this.isInFields = true;
    this.fieldStart = -1;
    this.isInLine = false;
    this.line = this.headStart = this.at;
    this.fields = 0;
    this.sink.partStart(role, this.window.base + this.at);
  }

  private closeLevel(end: number): void {
    const level = this.levels.pop() as Level;
    const offset = this.window.base + end;
    if (level.delimiter !== undefined && !level.isClosed) {
      const code: StructureDefectCode = level.hasParts
        ? "CLOSE_DELIMITER_MISSING"
        : "START_DELIMITER_MISSING";
      this.sink.defect(code, offset);
    }
    this.sink.partEnd(offset);
  }

  private level(): Level {
    return this.levels[this.levels.length - 1] as Level;
  }
}

/** Whether these octets are a name, whatever its case. */
function isNamed(octets: Uint8Array, start: number, lower: string): boolean {
  for (let index = 0; index < lower.length; index++) {
    if (((octets[start + index] as number) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}
