import { describe, expect, it } from "vitest";
import { progressLine, progressText } from "./progress-line.ts";

describe("progressText", () => {
  const mib = 1_048_576;
  it.each([
    [
      { sentBytes: 142 * mib, totalBytes: 284 * mib },
      10_000,
      "50 %   142.0 of 284.0 MiB   14.2 MiB/s   0:10 left",
    ],
    [
      { sentBytes: mib, totalBytes: 121 * mib },
      1000,
      "0 %   1.0 of 121.0 MiB   1.0 MiB/s   2:00 left",
    ],
    [{ sentBytes: mib, totalBytes: mib }, 2000, "100 %   1.0 of 1.0 MiB   0.5 MiB/s   0:00 left"],
    [{ sentBytes: 3 * mib }, 2000, "3.0 MiB   1.5 MiB/s"],
    [{ sentBytes: 0, totalBytes: 0 }, 0, "100 %   0.0 of 0.0 MiB   0.0 MiB/s   0:00 left"],
  ])("%j after %i ms: %s", (progress, elapsed, text) => {
    expect(progressText(progress, elapsed)).toBe(text);
  });
});

describe("progressLine", () => {
  const shownBy = (isTTY: boolean, times: readonly number[]): readonly string[] => {
    const written: string[] = [];
    let at = 0;
    const terminal = { isTTY, columns: 20, write: (text: string) => written.push(text) };
    const line = progressLine(terminal, () => at);
    for (const time of times) {
      at = time;
      line.update({ sentBytes: 1, totalBytes: 2 });
    }
    line.clear();
    return written;
  };
  it("shows nothing of what is over soon, and takes away what it showed", () => {
    expect(shownBy(true, [0, 100, 499])).toEqual([]);
    const shown = shownBy(true, [0, 500, 550, 600]);
    expect(shown).toHaveLength(3);
    expect(shown[0]).toBe("\r  50 %   0.0 of 0.0\u001b[K");
    expect(shown.at(-1)).toBe("\r\u001b[K");
  });
  it("shows nothing where there is no terminal", () => {
    expect(shownBy(false, [0, 500, 5000])).toEqual([]);
  });
});
