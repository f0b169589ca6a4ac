/** Examples run: each ts fence of the READMEs, the guides and the doc comments is compiled, executed, and held to its `// =>`. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, toolOf } from "../src/commands.ts";
import {
  examplesIn,
  inDocuments,
  runnable,
  type DocumentExample,
} from "../src/document-examples.ts";
import { filesBelow, publishedPackages, read, root } from "../src/workspace.ts";

// Inside the workspace, so that the packages resolve as they do for a program that installed them.
const folder = join(root, "examples", ".documents");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...filesBelow("docs", ".md"),
  ...publishedPackages().flatMap(({ folder: path }) => [
    `${path}/README.md`,
    ...filesBelow(`${path}/src`, ".ts").filter((file) => !file.endsWith(".test.ts")),
  ]),
].filter((path) => existsSync(join(root, path)));
const examples = documents.flatMap((path) => examplesIn(path, read(path)));
const nameOf = ({ path, line }: DocumentExample): string =>
  `${path.replaceAll(/[^a-z0-9]/gi, "_")}_${line}`;
let compiled: { readonly status: number; readonly output: string };

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const example of examples)
    writeFileSync(join(folder, `${nameOf(example)}.ts`), runnable(example));
  const settings = {
    extends: "../../internal/tsconfig/node.json",
    compilerOptions: {
      customConditions: [],
      rootDir: ".",
      outDir: "out",
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      sourceMap: false,
      noUnusedLocals: false,
      noPropertyAccessFromIndexSignature: false,
    },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  compiled = await runCommand(
    folder,
    process.execPath,
    toolOf("typescript/package.json").replace("package.json", "bin/tsc"),
    "-p",
    ".",
  );
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("examples in documents", () => {
  it("are there", () => expect(examples.length).toBeGreaterThan(20));
  it("compile", () => {
    const byName = new Map(examples.map((example) => [nameOf(example), example]));
    expect(inDocuments(compiled.output, byName)).toBe("");
  });
  it.each(
    examples
      .filter(({ isRun }) => isRun)
      .map((example): [string, DocumentExample] => [`${example.path}:${example.line}`, example]),
  )(
    "%s runs",
    async (_where, example) => {
      const { status, output } = await runCommand(
        folder,
        process.execPath,
        join(folder, "out", `${nameOf(example)}.js`),
      );
      expect(status, output).toBe(0);
    },
    30_000,
  );
});

describe("an example", () => {
  it.each([
    ["1 + 1; // => 2", 'documentCheck(1 + 1, 2, "a.md:4");'],
    ['const a = b(); // => "c"', 'const a = b(); documentCheck(a, "c", "a.md:4");'],
    ["(await a()).b; // => [1]", 'documentCheck((await a()).b, [1], "a.md:4");'],
    ["a(); // => whatever it says", "a(); // => whatever it says"],
    ["a(); // note", "a(); // note"],
  ])("%s", (line, expected) => {
    const [example, ...more] = examplesIn("a.md", `# A\n\n\`\`\`ts\n${line}\n\`\`\`\n`);
    expect(more).toEqual([]);
    expect(example).toMatchObject({ line: 3, isRun: true, code: line });
    expect(example === undefined ? "" : runnable(example)).toContain(`\n${expected}\n`);
  });
  it("is found in a doc comment, and a fence marked `no-run` is only compiled", () => {
    const comment = "/**\n * ```ts no-run\n * a();\n *\n * b();\n * ```\n */";
    expect(examplesIn("a.ts", comment)).toEqual([
      { path: "a.ts", line: 2, code: "a();\n\nb();", isRun: false },
    ]);
  });
  it("has to end, and to say what it compares on one line", () => {
    expect(() => examplesIn("a.md", "```ts\na();")).toThrow("a.md:1");
    const [example] = examplesIn("a.md", "```ts\na(\n); // => 1\n```");
    expect(() => (example === undefined ? "" : runnable(example))).toThrow("a.md:3");
  });
  it("has its own line in what the compiler says", () => {
    const [example] = examplesIn("a.md", "# A\n\n```ts\nwrong;\n```");
    const name = new Map(example === undefined ? [] : [["a_md_3", example]]);
    expect(inDocuments("a_md_3.ts(4,1): error TS1: no", name)).toBe("a.md:4 (1): error TS1: no");
  });
});
