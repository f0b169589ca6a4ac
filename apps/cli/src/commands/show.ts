/** `letterwright show`: a message for a person, a program, or a folder. */
import { utf8 } from "@letterwright/base/bytes";
import { defuse, defuseLines } from "@letterwright/base/display";
import { UsageError } from "@letterwright/base/error";
import { toStream, verbatimPolicy } from "@letterwright/generator";
import {
  attachmentsOf,
  bodyOf,
  originOf,
  partAt,
  readText,
  renderPlain,
  textPart,
  typeOf,
  walk,
  type Message,
  type Part,
} from "@letterwright/message";
import type { MessageDefect } from "@letterwright/parser";
import { ExitStatus } from "../exit-status.ts";
import { defectLines } from "../show/defect-lines.ts";
import { fieldLines, headLines } from "../show/head-lines.ts";
import { readInput, type ReadInput } from "../show/message-input.ts";
import { contentChunks, savePart } from "../show/save-parts.ts";
import { harmlessJson, messageJson } from "../show/show-json.ts";
import { branchesFor, treeLines } from "../show/tree-lines.ts";
import { trustLine } from "../show/trust-line.ts";
import { writeOut } from "../write-out.ts";

/** The flags as they were given; of those that say how to show it there is at most one. */
export interface ShowFlags {
  readonly part?: string;
  readonly tree?: boolean;
  readonly headers?: boolean;
  readonly text?: boolean;
  readonly html?: boolean;
  readonly raw?: boolean;
  readonly save?: string;
  readonly json?: boolean;
}

/** What was asked for: the message, or a part of it. */
interface Asked {
  readonly part: Part;
  readonly byteLength: number | undefined;
  /** All contents are decoded for it. */
  readonly defects: () => readonly MessageDefect[];
}

export async function show(file: string, flags: ShowFlags): Promise<number> {
  const input = await readInput(file);
  const path = flags.part ?? "";
  const part = chosen(input.parsed.message, path);
  const byteLength = path === "" ? input.byteLength : originOf(part)?.length;
  const asked = { part, byteLength, defects: () => defectsIn(input, path) };
  if (flags.json === true) {
    await write(`${harmlessJson(await messageJson(part, byteLength, asked.defects()))}\n`);
  } else if (flags.raw === true) await writeBytes(toStream(part, verbatimPolicy));
  else if (flags.save !== undefined) await save(flags.save, part, path);
  else if (flags.tree === true) await writeLines(await tree(part));
  else if (flags.headers === true) await writeLines(fieldLines(part));
  else if (flags.text === true) await write((await textIn(part)) ?? missing("text"));
  else if (flags.html === true) await showHtml(part);
  else if (path === "") await showAll(asked);
  else await showContent(part, path);
  return ExitStatus.done;
}

/** @throws {UsageError} `CLI_PART_MISSING`, `PART_PATH_INVALID` */
function chosen(mail: Message, path: string): Part {
  const part = partAt(mail, path);
  if (part !== undefined) return part;
  const paths = [...walk(mail)].map((step) => step.path).filter((at) => at !== "");
  const known = paths.length > 20 ? [...paths.slice(0, 20), "…"] : paths;
  throw new UsageError(`the message has no part ${path}`, {
    code: "CLI_PART_MISSING",
    hint:
      known.length === 0
        ? "It has no parts at all: leave --part out."
        : `Its parts are ${known.join(", ")}; --tree shows what they are.`,
  });
}

function missing(what: string): never {
  throw new UsageError(`there is no ${what} in it`, {
    code: "CLI_PART_MISSING",
    hint: "--tree shows what there is.",
  });
}

/** Those found in the part and inside it; of the whole message all. */
function defectsIn({ parsed }: ReadInput, path: string): readonly MessageDefect[] {
  const { defects } = parsed;
  if (path === "") return defects;
  return defects.filter(({ path: at }) => at === path || at?.startsWith(`${path}.`) === true);
}

async function showAll({ part, byteLength, defects }: Asked): Promise<void> {
  const blocks = [
    headLines(part, byteLength).join("\n"),
    [...(await tree(part)), trustLine(part)].join("\n"),
    (await textIn(part))?.trimEnd() ?? "",
    defectLines(defects()).join("\n"),
  ];
  await write(`${blocks.filter((block) => block !== "").join("\n\n")}\n`);
}

/** The content of one part, for a file or another program; for a terminal only what can be read there. */
async function showContent(part: Part, path: string): Promise<void> {
  const chunks = contentChunks(part);
  if (chunks === undefined) {
    throw new UsageError(`part ${path} holds other parts, and no content of its own`, {
      code: "CLI_PART_HAS_NO_CONTENT",
      hint: "Choose one of the parts inside it (--tree shows them), or print it as it stands with --raw.",
    });
  }
  if (!process.stdout.isTTY) return writeOut(chunks);
  const type = typeOf(part);
  if (type.startsWith("text/")) return write(await rendered(part));
  if (!type.startsWith("message/")) {
    throw new UsageError(`part ${path} is ${defuse(type)}, which is not for a terminal`, {
      code: "CLI_BINARY_TO_TERMINAL",
      hint: "Send it to a file with > FILE, or --save it into a folder.",
    });
  }
  await writeBytes(chunks);
}

/** The source of the HTML, in UTF-8. */
async function showHtml(part: Part): Promise<void> {
  const body = bodyOf(part, ["text/html"]) ?? missing("HTML");
  await writeBytes([utf8(await readText(body))]);
}

function tree(part: Part): Promise<readonly string[]> {
  return treeLines(part, branchesFor(process.env));
}

/** What a person reads, harmless for a terminal; of HTML what it says. */
async function textIn(part: Part): Promise<string | undefined> {
  const body = bodyOf(part, ["text/plain", "text/html"]);
  return body && rendered(body);
}

/** A text part alone, without the fields of the message, which are shown by themselves. */
async function rendered(part: Part): Promise<string> {
  const type = typeOf(part) === "text/html" ? "text/html" : "text/plain";
  return renderPlain(textPart(await readText(part), { type }));
}

/** One part, or all files of a message; their names to standard output. */
async function save(folder: string, part: Part, path: string): Promise<void> {
  const isWhole = path === "" || part.body.kind === "multipart";
  const parts = isWhole
    ? attachmentsOf(part, { inline: true })
    : [{ part, path, type: typeOf(part) }];
  if (parts.length === 0) console.error("There are no files in it.");
  for (const one of parts) {
    const { file } = await savePart(folder, one);
    await writeLines([defuse(file)]);
  }
}

async function writeLines(lines: readonly string[]): Promise<void> {
  await write(lines.map((line) => `${line}\n`).join(""));
}

async function write(text: string): Promise<void> {
  await writeOut([utf8(text)]);
}

/** Octets as they are into a file or another program; on a terminal nothing in them drives it. */
async function writeBytes(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  if (!process.stdout.isTTY) return writeOut(chunks);
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of chunks) {
    const text = held + decoder.decode(chunk, { stream: true });
    // A CR at the end may be the first half of a line end.
    held = text.endsWith("\r") ? "\r" : "";
    await write(defuseLines(held === "" ? text : text.slice(0, -1)));
  }
  await write(`${defuseLines(held + decoder.decode())}\n`);
}
