/** Examples run: each ts fence of the READMEs, the guides and the doc comments is compiled, executed, and held to its `// =>`. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, toolOf } from "../src/commands.ts";
import { examplesIn, runnable, type DocumentExample } from "../src/document-examples.ts";
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
  it("compile", () => expect(compiled.output).toBe(""));
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
