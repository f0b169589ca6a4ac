/** The tree of a message, node by node. */
import { UsageError } from "@letterwright/base/error";
import type { Part } from "../part.ts";
import { contentTypeOf } from "./description.ts";

/** One node on the way through a tree. */
export interface WalkStep {
  readonly part: Part;
  /**
   * Where it is: the number of each child on the way, from 1 on, with dots between; `""` for the root. The
   * message inside a message/rfc822 part is its only child.
   */
  readonly path: string;
  /** The media type, lower case: what Content-Type says, else the default at this place. */
  readonly type: string;
  /** The part that holds this one. */
  readonly parent: Part | undefined;
  /** 0 for the root. */
  readonly depth: number;
}

/** How far {@link walk} goes. */
export interface WalkOptions {
  /** `"multiparts"`: messages inside messages are leaves. `"messages"`, the default: they are entered. */
  readonly into?: "multiparts" | "messages";
}

/** Trees nest no deeper: a walk refuses to follow a tree that was made to exhaust it. */
export const maxDepth = 256;

/**
 * Every part, each before its children, in the order in which they are written.
 *
 * @throws {UsageError} `MESSAGE_TOO_DEEP` below the 256th level
 * @example
 * ```ts
 * import { message, walk } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", text: "Hi", html: "<p>Hi" });
 * [...walk(mail)].map(({ path, type }) => `${path} ${type}`);
 * // => [" multipart/alternative", "1 text/plain", "2 text/html"]
 * ```
 */
export function* walk(root: Part, options: WalkOptions = {}): Generator<WalkStep, void> {
  const pending: WalkStep[] = [firstStep(root)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    if (next.part.body.kind === "message" && options.into === "multiparts") continue;
    stepInto(next, pending);
  }
}

/** Where a walk begins. */
export function firstStep(root: Part): WalkStep {
  return step(root, "", undefined, 0);
}

/** Puts the steps to the children on a stack, the first on top. */
export function stepInto({ part, path, depth }: WalkStep, pending: WalkStep[]): void {
  const children = childrenOf(part);
  if (children.length === 0) return;
  assertDepth(depth + 1);
  for (let index = children.length - 1; index >= 0; index--) {
    pending.push(step(children[index] as Part, childPath(path, index), part, depth + 1));
  }
}

/**
 * The part at a path such as `"1.2"`, as {@link walk} counts them; `undefined` when there is none.
 *
 * @throws {UsageError} `PART_PATH_INVALID` for text that is no path
 */
export function partAt(root: Part, path: string): Part | undefined {
  let part: Part | undefined = root;
  for (const index of indicesOf(path)) part = part && childrenOf(part)[index];
  return part;
}

/** The parts directly below: of a multipart its parts, of a message part its message. */
export function childrenOf({ body }: Part): readonly Part[] {
  if (body.kind === "multipart") return body.parts;
  return body.kind === "message" ? [body.message] : none;
}

const none: readonly Part[] = Object.freeze([]);

/** The indices, from 0 on, that a path stands for. */
export function indicesOf(path: string): readonly number[] {
  if (path === "") return [];
  return path.split(".").map((number) => {
    if (/^[1-9]\d{0,8}$/.test(number)) return Number(number) - 1;
    throw new UsageError(`${JSON.stringify(path)} is not the path of a part`, {
      code: "PART_PATH_INVALID",
      hint: 'Numbers from 1 on with dots between, "1.2"; walk(message) gives the path of every part.',
    });
  });
}

/** @throws {UsageError} `MESSAGE_TOO_DEEP` */
export function assertDepth(depth: number): void {
  if (depth <= maxDepth) return;
  throw new UsageError(`the message has more than ${maxDepth} levels`, {
    code: "MESSAGE_TOO_DEEP",
    hint: "No mail program writes this; it was made to exhaust readers.",
  });
}

/**
 * The media type of a part. Without a Content-Type it is text/plain (RFC 2045 §5.2), in a digest
 * message/rfc822 (RFC 2046 §5.1.5).
 */
export function typeOf(part: Part, parent?: Part): string {
  const own = contentTypeOf(part)?.type;
  if (own !== undefined) return own;
  const isInDigest = parent !== undefined && typeOf(parent) === "multipart/digest";
  return isInDigest ? "message/rfc822" : "text/plain";
}

function step(part: Part, path: string, parent: Part | undefined, depth: number): WalkStep {
  return { part, path, type: typeOf(part, parent), parent, depth };
}

function childPath(path: string, index: number): string {
  return path === "" ? String(index + 1) : `${path}.${index + 1}`;
}
