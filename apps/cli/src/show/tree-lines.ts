/** The tree of a message, drawn. */
import { defuse } from "@letterwright/base/display";
import {
  contentSource,
  contentTransferEncoding,
  contentType,
  field,
  filenameOf,
  originOf,
  readText,
  walk,
  type Part,
  type WalkStep,
} from "@letterwright/message";
import { sizeText } from "./size-text.ts";

/** What branches are drawn with. */
export interface Branches {
  readonly middle: string;
  readonly last: string;
  readonly through: string;
  readonly none: string;
}

const lines: Branches = { middle: "├─ ", last: "└─ ", through: "│  ", none: "   " };
const ascii: Branches = { middle: "|- ", last: "`- ", through: "|  ", none: "   " };

/** Lines where the locale says UTF-8, ASCII elsewhere (POSIX: LC_ALL before LC_CTYPE before LANG). */
export function branchesFor(env: Readonly<Record<string, string | undefined>>): Branches {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((one) => (one ?? "") !== "");
  return /utf-?8/i.test(locale ?? "") ? lines : ascii;
}

/** A line each part: where it is, what it is, how it is called, encoded, and how large it is. */
export async function treeLines(root: Part, branches: Branches): Promise<readonly string[]> {
  const steps = [...walk(root)];
  const isLast = lastOnes(steps);
  const drawn: string[] = [];
  /** What stands before the children of the part at each depth. */
  const margins = [""];
  for (const [index, step] of steps.entries()) {
    const { depth, path } = step;
    const about = defuse((await wordsOf(step)).join("  "));
    if (depth === 0) {
      drawn.push(about);
      continue;
    }
    const margin = margins[depth - 1] as string;
    const last = isLast[index] === true;
    margins[depth] = margin + (last ? branches.none : branches.through);
    drawn.push(`${margin}${last ? branches.last : branches.middle}${path.padEnd(5)}${about}`);
  }
  return drawn;
}

/** Whether each part is the last of those beside it: found from the end, in one pass. */
function lastOnes(steps: readonly WalkStep[]): readonly boolean[] {
  const found: boolean[] = [];
  let seen: boolean[] = [];
  for (let index = steps.length - 1; index >= 0; index--) {
    const { depth } = steps[index] as WalkStep;
    found[index] = seen[depth] !== true;
    seen[depth] = true;
    seen = seen.slice(0, depth + 1);
  }
  return found;
}

async function wordsOf({ part, type }: WalkStep): Promise<readonly string[]> {
  if (part.body.kind === "multipart") return [type];
  const words = [type];
  const filename = filenameOf(part);
  const charset = field(part, contentType)?.parameters["charset"];
  const encoding = field(part, contentTransferEncoding);
  if (filename !== undefined) words.push(filename);
  const form = [charset, encoding].filter((word) => word !== undefined).join(" ");
  if (form !== "") words.push(form);
  const size = lengthOf(part);
  if (size !== undefined) words.push(sizeText(size));
  if (type === "text/html" && part.body.kind === "bytes") words.push(...(await htmlWords(part)));
  return words;
}

/** The octets of a part's content, decoded. */
export function lengthOf(part: Part): number | undefined {
  if (part.body.kind === "message") return originOf(part.body.message)?.length;
  return contentSource(part)?.byteLength;
}

/** What HTML leads to: links, and images that are fetched when it is shown. */
async function htmlWords(part: Part): Promise<readonly string[]> {
  let links = 0;
  let images = 0;
  for (const tag of (await readText(part)).split("<")) {
    if (/^a\s/i.test(tag) && /\shref\s*=/i.test(tag)) links++;
    if (/^img\s/i.test(tag) && /\ssrc\s*=\s*["']?(?:https?:)?\/\//i.test(tag)) images++;
  }
  const words = [
    ...(links === 0 ? [] : [counted(links, "link")]),
    ...(images === 0 ? [] : [counted(images, "remote image")]),
  ];
  return words.length === 0 ? [] : [words.join(", ")];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
