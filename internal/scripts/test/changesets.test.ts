/** Packages move together, and the tool that moves them works. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishedPackages, read, root, workspacePackages } from "../src/workspace.ts";

const copy = mkdtempSync(join(tmpdir(), "letterwright-changesets-"));
const bin = createRequire(join(root, "package.json")).resolve("@changesets/cli/bin.js");
const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  for (const name of ["package.json", "pnpm-workspace.yaml", ".changeset", ".gitignore"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  for (const { folder } of workspacePackages()) {
    cpSync(join(root, folder, "package.json"), join(copy, folder, "package.json"));
  }
  run("git", "init", "--quiet", "--initial-branch=main");
  run(
    "git",
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.com",
    "-c",
    "commit.gpgsign=false",
    "commit",
    "--quiet",
    "--allow-empty",
    "-m",
    "start",
  );
});
afterAll(() => rmSync(copy, { recursive: true }));

describe("changesets", () => {
  it("keeps every published package in one group", () => {
    const { fixed } = JSON.parse(read(".changeset/config.json")) as { fixed: string[][] };
    expect(fixed[0]?.toSorted()).toEqual(
      publishedPackages()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it("`changeset status` works, and names all of them where one is to be released", () => {
    const status = run(process.execPath, bin, "status", "--verbose");
    const lost = publishedPackages().filter(({ name }) => !status.includes(name));
    const isReleasing = readdirSync(join(copy, ".changeset")).some(
      (name) => name.endsWith(".md") && name !== "README.md",
    );
    expect(lost.map(({ name }) => name)).toEqual(isReleasing ? [] : expect.any(Array));
  });

  it("`changeset version` moves all of them alike, for one change of one package", () => {
    writeFileSync(
      join(copy, ".changeset", "one.md"),
      '---\n"@letterwright/base": patch\n---\n\nDoes one thing.\n',
    );
    run(process.execPath, bin, "version");
    const versions = publishedPackages().map(({ folder }) => {
      const { version } = JSON.parse(readFileSync(join(copy, folder, "package.json"), "utf8")) as {
        version: string;
      };
      return version;
    });
    expect(new Set(versions).size).toBe(1);
    expect(versions[0]).not.toBe(publishedPackages()[0]?.manifest.version);
  });
});
