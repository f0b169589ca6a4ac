/** The handshakes in every version of Node that is supported: the same tests, run by another Node. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "letterwright-node-"));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const versions = ["22", "24", "26"];
const tests = ["internal/conformance/test/tls", "packages/tls", "packages/smtp"];
const minutes = 60_000;

beforeAll(async () => {
  const dependencies = Object.fromEntries(
    versions.map((version) => [`node-${version}`, `npm:node@${version}`]),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  await run("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder });
}, 5 * minutes);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the handshakes", () => {
  it.each(versions)(
    "in Node %s",
    async (version) => {
      const node = join(folder, "node_modules", `node-${version}`, "bin", "node");
      const { stdout: says } = await run(node, ["--version"]);
      expect(says).toMatch(new RegExp(`^v${version}\\.`));
      const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", ...tests];
      const { stdout } = await run(node, args, { cwd: root, maxBuffer: 1 << 26 });
      const result = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Record<string, unknown>;
      expect(result).toMatchObject({ success: true, numFailedTests: 0, numPendingTests: 0 });
      expect(result["numPassedTests"]).toBeGreaterThan(300);
    },
    3 * minutes,
  );
});
