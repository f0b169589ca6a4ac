/** The examples in documents and doc comments. */

/** One fenced block of TypeScript. */
export interface DocumentExample {
  readonly path: string;
  /** Of the fence's first line. */
  readonly line: number;
  readonly code: string;
  /** `false` for a fence marked `no-run`: it is compiled only. */
  readonly isRun: boolean;
}

/** Every `ts` fence of a document, or of the doc comments of a source. */
export function examplesIn(path: string, text: string): readonly DocumentExample[] {
  const examples: DocumentExample[] = [];
  let open: { readonly line: number; readonly isRun: boolean; readonly code: string[] } | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = path.endsWith(".ts") ? raw.replace(/^\s*\* ?/, "") : raw;
    if (open === undefined) {
      const fence = /^```(?:ts|typescript)\b(.*)$/.exec(line);
      if (fence !== null)
        open = { line: index + 1, isRun: fence[1]?.trim() !== "no-run", code: [] };
    } else if (line === "```") {
      examples.push({ path, line: open.line, code: open.code.join("\n"), isRun: open.isRun });
      open = undefined;
    } else open.code.push(line);
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: the fence is not closed`);
  return examples;
}

const preamble: readonly string[] = [
  'import { deepStrictEqual as documentEqual } from "node:assert";',
  "const documentCheck = (found: unknown, expected: unknown, where: string): void => documentEqual(found, expected, `${where}: found ${JSON.stringify(found)}`);",
  "void documentCheck;",
];

/**
 * The example as a module that fails when a value is not what its `// =>` says. Each of its lines
 * stays one line; a `// =>` whose words are no JSON is for the reader only.
 */
export function runnable({ path, line, code }: DocumentExample): string {
  const checked = code.split("\n").map((text, index) => {
    const claim = /^(.*);\s+\/\/ => (.+)$/.exec(text);
    if (claim === null) return text;
    const [, statement = "", value = ""] = claim;
    if (!isJson(value)) return text;
    const where = JSON.stringify(`${path}:${line + 1 + index}`);
    const named = /^(?:export )?(?:const|let) (\w+)\b/.exec(statement)?.[1];
    if (named !== undefined) return `${statement}; documentCheck(${named}, ${value}, ${where});`;
    if (/^(?!(?:import|export|return|throw)\b)[\w(]/.test(statement)) {
      return `documentCheck(${statement}, ${value}, ${where});`;
    }
    throw new Error(
      `${where}: write the expression on one line, so that its value can be compared`,
    );
  });
  return [...preamble, ...checked, "export {};"].join("\n");
}

/** The compiler's complaints, with the lines of the documents in place of those of the modules. */
export function inDocuments(
  complaints: string,
  examples: ReadonlyMap<string, DocumentExample>,
): string {
  return complaints.replaceAll(/^(\S+)\.ts\((\d+),/gm, (whole, name: string, line: string) => {
    const example = examples.get(name);
    return example === undefined
      ? whole
      : `${example.path}:${example.line + Number(line) - preamble.length} (`;
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
