/** How much a program carries that composes messages and writes them: bundled, minified, compressed. */
import { brotliCompressSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";

/** The code of a program with these imports, as it would be served. */
async function bundled(program: string): Promise<string> {
  const entry = "\0program";
  const bundle = await rolldown({
    input: entry,
    platform: "neutral",
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === entry ? entry : undefined),
        load: (id) => (id === entry ? program : undefined),
      },
      {
        name: "from here",
        // The program itself is nowhere, so its imports are looked up from this package.
        async resolveId(id, importer) {
          if (importer !== entry) return undefined;
          return await this.resolve(id, fileURLToPath(import.meta.url), { skipSelf: true });
        },
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  return output[0].code;
}

describe("a bundle", () => {
  it.each([
    [
      "that composes and generates",
      `import { attachment, inlineFile, message } from "@letterwright/message";
       import { toBytes } from "@letterwright/generator";
       globalThis.use = [attachment, inlineFile, message, toBytes];`,
      25_000,
    ],
    [
      "that only reads addresses",
      `import { parseMailbox } from "@letterwright/message"; globalThis.use = parseMailbox;`,
      5_000,
    ],
  ])("%s does not grow unseen", async (_title, program, most) => {
    const code = await bundled(program);
    const { length } = brotliCompressSync(code);
    expect(length, `${length} octets compressed`).toBeLessThan(most);
    expect(length).toBeGreaterThan(500);
  });
});
