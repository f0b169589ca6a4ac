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
  text.split("\n").forEach((raw, index) => {
    const line = path.endsWith(".ts") ? raw.replace(/^\s*\* ?/, "") : raw;
    if (open === undefined) {
      const fence = /^```ts( no-run)?$/.exec(line);
      if (fence !== null) open = { line: index + 1, isRun: fence[1] === undefined, code: [] };
    } else if (line === "```") {
      examples.push({ path, line: open.line, code: open.code.join("\n"), isRun: open.isRun });
      open = undefined;
    } else open.code.push(line);
  });
  return examples;
}

/** The example as a module that fails when an expression is not what its `// =>` says. */
export function runnable({ path, line, code }: DocumentExample): string {
  const checked = code.split("\n").map((text, index) => {
    const claim = /^([^\s/].*); \/\/ => (.+)$/.exec(text);
    if (claim === null || /^(?:const|let|import|export|return)\b/.test(text)) return text;
    const [, expression, value] = claim;
    return `documentCheck(${expression}, ${value}, ${JSON.stringify(`${path}:${line + 1 + index}`)});`;
  });
  return [
    'import { deepStrictEqual as documentEqual } from "node:assert";',
    "const documentCheck = (found: unknown, expected: unknown, where: string): void => documentEqual(found, expected, `${where}: found ${JSON.stringify(found)}`);",
    "void documentCheck;",
    ...checked,
    "export {};",
  ].join("\n");
}
