import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { base64Module } from "./base64-module.ts";

const source = "base64.wat";

/** The module as TypeScript: what stands in base64-module.ts. */
async function assembled(): Promise<string> {
  const text = readFileSync(new URL(source, import.meta.url), "utf8");
  const module = (await wabt()).parseWat(source, text, { simd: true });
  module.resolveNames();
  module.validate();
  const octets = Buffer.from(module.toBinary({}).buffer).toString("base64");
  return [
    `/** What ${source} is assembled to, as base64. Made by its test; not written by hand. */`,
    "export const base64Module =",
    `  "${octets}";`,
    "",
  ].join("\n");
}

describe(source, () => {
  it("is what base64-module.ts holds", async () => {
    await expect(await assembled()).toMatchFileSnapshot("base64-module.ts");
  });

  it("asks for nothing, and keeps 192 KiB", () => {
    const module = new WebAssembly.Module(Buffer.from(base64Module, "base64"));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const { memory } = new WebAssembly.Instance(module).exports as { memory: WebAssembly.Memory };
    expect(memory.buffer.byteLength).toBe(192 * 1024);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });
});
