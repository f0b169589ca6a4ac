/** The pure packages in other runtimes: one program, the same result. */
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { portableProgram } from "../src/portable-program.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "letterwright-runtimes-"));
const packages = ["deno@2.9.6", "bun@1.4.5", "workerd@1.20261117.1"];
const minutes = 60_000;
const bin = (name: string): string => join(folder, "node_modules", ".bin", name);
let expected: unknown;
let program: string;

beforeAll(async () => {
  // Into a folder of its own: half a gigabyte that no other run needs.
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  await run("npm", ["install", "--no-audit", "--no-fund", ...packages], { cwd: folder });
  const bundle = await rolldown({
    input: fileURLToPath(new URL("../src/portable-program.ts", import.meta.url)),
    platform: "neutral",
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  program = output[0].code;
  expected = JSON.parse(JSON.stringify(await portableProgram()));
}, 5 * minutes);
afterAll(() => rmSync(folder, { recursive: true }));

/** A module that prints the result. */
function printing(): string {
  const path = join(folder, "print.mjs");
  writeFileSync(path, `${program}\nconsole.log(JSON.stringify(await portableProgram()));\n`);
  return path;
}

describe("the pure packages", () => {
  it(
    "in Deno, without any permission",
    async () => {
      const { stdout } = await run(bin("deno"), ["run", "--no-prompt", "--no-remote", printing()]);
      expect(JSON.parse(stdout)).toEqual(expected);
    },
    minutes,
  );

  it(
    "in Bun",
    async () => {
      const { stdout } = await run(bin("bun"), ["run", printing()]);
      expect(JSON.parse(stdout)).toEqual(expected);
    },
    minutes,
  );

  it(
    "in workerd, where nothing of Node is",
    async () => {
      const worker =
        "export default { async fetch() { return Response.json(await portableProgram()); } };";
      writeFileSync(join(folder, "worker.mjs"), `${program}\n${worker}\n`);
      const port = await freePort();
      writeFileSync(
        join(folder, "config.capnp"),
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
    compatibilityDate = "2024-09-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`,
      );
      const serving = spawn(bin("workerd"), ["serve", join(folder, "config.capnp")], {
        stdio: "pipe",
      });
      let faults = "";
      serving.stderr.on("data", (chunk: Buffer) => (faults += chunk.toString()));
      try {
        expect(await fetched(port, () => faults)).toEqual(expected);
      } finally {
        serving.kill();
      }
    },
    minutes,
  );

  it(
    "in Chromium",
    async () => {
      const page = `<!doctype html><meta charset="utf-8"><title>run</title><script type="module">
import { portableProgram } from "./program.mjs";
const result = await portableProgram().catch((error) => String(error));
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
</script>`;
      let give: (text: string) => void;
      const given = new Promise<string>((resolve) => (give = resolve));
      const server = createServer((request, response) => {
        if (request.method === "POST") {
          let text = "";
          request.on("data", (chunk: Buffer) => (text += chunk.toString()));
          request.on("end", () => {
            response.end();
            give(text);
          });
          return;
        }
        const isProgram = request.url === "/program.mjs";
        response.setHeader(
          "Content-Type",
          isProgram ? "text/javascript" : "text/html; charset=utf-8",
        );
        response.end(isProgram ? program : page);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const browser = spawn("/usr/bin/chromium", [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
        ...[`--user-data-dir=${join(folder, "profile")}`, "--remote-debugging-port=0"],
        `http://127.0.0.1:${port}/`,
      ]);
      const failed = new Promise<never>((_resolve, reject) => browser.once("error", reject));
      const ended = new Promise((resolve) => browser.once("close", resolve));
      try {
        expect(JSON.parse(await Promise.race([given, failed]))).toEqual(expected);
      } finally {
        browser.kill();
        await ended;
        server.close();
      }
    },
    minutes,
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the server says once it is up. */
async function fetched(port: number, faults: () => string): Promise<unknown> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      const text = await response.text();
      if (!response.ok) throw new Error(`${text}\n${faults()}`);
      return JSON.parse(text) as unknown;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`no answer:\n${faults()}`);
}
