import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { kernelModule } from "./kernel-module.ts";

const source = "kernel.wat";

/** The module as TypeScript: what stands in kernel-module.ts. */
async function assembled(): Promise<string> {
  const text = readFileSync(new URL(source, import.meta.url), "utf8");
  const module = (await wabt()).parseWat(source, text, { simd: true });
  module.resolveNames();
  module.validate();
  // One character an octet costs a program that carries it less than two digits.
  const octets = Buffer.from(module.toBinary({}).buffer).toString("latin1");
  const escaped = octets.replaceAll(
    /[^ !#-[\]-~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return [
    `/** What ${source} is assembled to, one character an octet. Made by its test; not written by hand. */`,
    "export const kernelModule =",
    `  "${escaped}";`,
    "",
  ].join("\n");
}

describe(source, () => {
  it("is what kernel-module.ts holds", async () => {
    await expect(await assembled()).toMatchFileSnapshot("kernel-module.ts");
  });

  it("asks for nothing, and keeps 448 KiB", () => {
    const module = new WebAssembly.Module(Buffer.from(kernelModule, "latin1"));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const { memory } = new WebAssembly.Instance(module).exports as { memory: WebAssembly.Memory };
    expect(memory.buffer.byteLength).toBe(448 * 1024);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });
});
