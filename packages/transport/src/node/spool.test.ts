import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cannotBeKilled, whenSpooled } from "./spool.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-spool-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(process.platform !== "win32")("cannotBeKilled", () => {
  const command = join(folder, "command");
  writeFileSync(command, "");
  const { uid } = statSync(command);
  it.each([
    ["a set-user-ID command of another", 0o4755, uid + 1, true],
    ["one of the same user", 0o4755, uid, false],
    ["an ordinary command", 0o755, uid + 1, false],
    ["a set-group-ID command, as postdrop is", 0o2755, uid + 1, false],
    ["anything, for root", 0o4755, 0, false],
  ] as const)("%s", async (_title, mode, user, expected) => {
    chmodSync(command, mode);
    expect(await cannotBeKilled(command, user)).toBe(expected);
  });
  it("a command that is not there", async () => {
    expect(await cannotBeKilled(join(folder, "absent"), uid + 1)).toBe(false);
  });
});

describe("whenSpooled", () => {
  async function* pieces(fails?: Error): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("one\r\n");
    if (fails !== undefined) throw fails;
    yield new TextEncoder().encode("two\r\n");
  }
  it("gives all of the content, from a file that is gone afterwards", async () => {
    let path = "";
    const text = await whenSpooled(pieces(), async (chunks) => {
      path = String((chunks as { readonly path?: unknown }).path);
      expect(statSync(path).mode & 0o077).toBe(0);
      let read = "";
      for await (const chunk of chunks) read += new TextDecoder().decode(chunk);
      return read;
    });
    expect(text).toBe("one\r\ntwo\r\n");
    expect(() => readdirSync(dirname(path))).toThrow("ENOENT");
  });
  it("uses nothing of content that fails", async () => {
    const fails = new Error("gone");
    let used = false;
    const spooling = whenSpooled(pieces(fails), async () => {
      used = true;
    });
    await expect(spooling).rejects.toBe(fails);
    expect(used).toBe(false);
  });
});
