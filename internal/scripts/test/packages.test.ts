/**
 * Each published package, packed as it would be published: linted by publint and are-the-types-wrong,
 * installed alone in an empty project, imported, required, and compiled against by an older TypeScript.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, toolOf } from "../src/commands.ts";
import { publishedPackages, read, root, type WorkspacePackage } from "../src/workspace.ts";

const work = mkdtempSync(join(tmpdir(), "letterwright-packages-"));
const tarballs = new Map<string, string>();
const packages = publishedPackages();

beforeAll(async () => {
  await Promise.all(packages.map(pack));
}, 300_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

// As many at a time as `maxConcurrency` says.
describe.concurrent.each(packages)("$name", (one) => {
  const doors = doorsOf(one);

  it("has what a package needs to be found", () => {
    expect(one.manifest).toMatchObject({
      license: "MIT",
      type: "module",
      engines: { node: ">=20.19.0" },
    });
    expect(read(`${one.folder}/README.md`).split("\n").length).toBeLessThan(100);
  });

  it("is clean for publint", async () => {
    const tarball = new Uint8Array(readFileSync(tarballs.get(one.name) ?? "")).buffer;
    const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
    expect(
      messages.map((message) => formatMessage(message, pkg as Record<string, unknown>)),
    ).toEqual([]);
  }, 60_000);

  it("is clean for are-the-types-wrong, unless it is a command alone", async () => {
    if (doors.length === 0) {
      expect(one.manifest).toHaveProperty("bin");
      return;
    }
    const attw = toolOf("@arethetypeswrong/cli/package.json").replace(
      "package.json",
      "dist/index.js",
    );
    const { status, output } = await runCommand(
      work,
      process.execPath,
      attw,
      tarballs.get(one.name) ?? "",
      "--profile",
      "esm-only",
    );
    expect(status, output).toBe(0);
  }, 60_000);

  it("installs alone; each door can be imported, required, and compiled against", async () => {
    const project = join(work, "installed", one.name.replace("/", "-"));
    mkdirSync(project, { recursive: true });
    writeFileSync(
      join(project, "package.json"),
      JSON.stringify({ name: "consumer", version: "1.0.0", private: true, type: "module" }),
    );
    const needed = closureOf(one.name).map((name) => tarballs.get(name) ?? "");
    const npm = await runCommand(
      project,
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      ...needed,
    );
    expect(npm.status, npm.output).toBe(0);
    if (doors.length === 0) {
      const { status, output } = await runCommand(
        project,
        "npx",
        "--no-install",
        "letterwright",
        "--version",
      );
      expect(status, output).toBe(0);
      return;
    }
    writeFileSync(
      join(project, "esm.mjs"),
      doors
        .map(
          (door, index) =>
            `import * as door${index} from "${door}";\nif (Object.keys(door${index}).length === 0) throw new Error("${door} is empty");`,
        )
        .join("\n"),
    );
    writeFileSync(
      join(project, "common.cjs"),
      doors
        .map(
          (door) =>
            `if (Object.keys(require("${door}")).length === 0) throw new Error("${door} is empty");`,
        )
        .join("\n"),
    );
    for (const file of ["esm.mjs", "common.cjs"]) {
      const { status, output } = await runCommand(project, process.execPath, file);
      expect(status, output).toBe(0);
    }
    writeFileSync(
      join(project, "consumer.ts"),
      doors
        .map(
          (door, index) =>
            `import * as door${index} from "${door}";\nexport const keys${index}: string[] = Object.keys(door${index});`,
        )
        .join("\n"),
    );
    writeFileSync(
      join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2022",
          lib: ["es2022", "esnext.disposable", "dom"],
          strict: true,
          skipLibCheck: false,
          noEmit: true,
        },
        files: ["consumer.ts"],
      }),
    );
    const tsc = await runCommand(
      project,
      process.execPath,
      toolOf("typescript-5.4/bin/tsc"),
      "-p",
      ".",
    );
    expect(tsc.status, tsc.output).toBe(0);
  }, 180_000);
});

/** What can be imported of a package. */
function doorsOf({ name, manifest }: WorkspacePackage): readonly string[] {
  return Object.keys(manifest.exports ?? {})
    .filter((door) => door !== "./package.json")
    .map((door) => name + door.slice(1));
}

/** The package and those of this workspace that it needs. */
function closureOf(name: string): readonly string[] {
  const found = new Set<string>();
  const visit = (wanted: string): void => {
    const one = packages.find((candidate) => candidate.name === wanted);
    if (one === undefined || found.has(wanted)) return;
    found.add(wanted);
    Object.keys(one.manifest.dependencies ?? {}).forEach(visit);
  };
  visit(name);
  return [...found];
}

/** The package as it would be published, packed by the pnpm that runs us. */
async function pack({ name, folder }: WorkspacePackage): Promise<void> {
  const target = join(work, "packed", name.replace("/", "-"));
  mkdirSync(target, { recursive: true });
  const pnpm = process.env["npm_execpath"];
  const [command = "", ...args] =
    pnpm === undefined || !pnpm.includes("pnpm")
      ? ["npx", "-y", "pnpm@12"]
      : pnpm.endsWith("js")
        ? [process.execPath, pnpm]
        : [pnpm];
  const destination = ["pack", "--pack-destination", target];
  const { status, output } = await runCommand(join(root, folder), command, ...args, ...destination);
  const [file] = readdirSync(target);
  if (status !== 0 || file === undefined) throw new Error(`pnpm pack in ${folder}: ${output}`);
  tarballs.set(name, join(target, file));
}
