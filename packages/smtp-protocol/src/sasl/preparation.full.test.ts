/** SASLprep beside Python's stringprep: every code point of Unicode 3.2, which RFC 3454 is about. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { prepared } from "./preparation.ts";

/** What RFC 4013 §2 makes of "a", the code point, "a"; null where it is prohibited. */
const program = `
import json, stringprep as s
from unicodedata import ucd_3_2_0 as ucd
out = {}
for code in range(0x80, 0x110000):
    c = chr(code)
    if s.in_table_a1(c) or 0xd800 <= code < 0xe000:
        continue
    mapped = " " if s.in_table_c12(c) else "" if s.in_table_b1(c) else c
    text = ucd.normalize("NFKC", "a" + mapped + "a")
    bad = any(t(x) for x in text for t in (s.in_table_c12, s.in_table_c21_c22, s.in_table_c3, s.in_table_c4,
        s.in_table_c5, s.in_table_c6, s.in_table_c7, s.in_table_c8, s.in_table_c9))
    if bad or text != "a" + c + "a":
        out[code] = None if bad else text
print(json.dumps(out))
`;

// Five ideographs that Unicode 3.2 normalises wrongly, which its corrigendum 4 put right.
const corrected: ReadonlySet<number> = new Set([0x2f868, 0x2f874, 0x2f91f, 0x2f95f, 0x2f9bf]);

it("maps and prohibits as RFC 3454 has it", () => {
  const text = execFileSync("/usr/bin/python3", ["-c", program], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const changed = new Map(
    Object.entries(JSON.parse(text) as Record<string, string | null>).map(([code, made]) => [
      Number(code),
      made,
    ]),
  );
  expect(changed.size).toBeGreaterThan(5000);
  const differing: string[] = [];
  for (const [code, wanted] of changed) {
    if (corrected.has(code)) continue;
    let made: string | null;
    try {
      made = prepared(`a${String.fromCodePoint(code)}a`, "secret");
    } catch {
      made = null;
    }
    if (made !== wanted) differing.push(code.toString(16));
  }
  expect(differing).toEqual([]);
});
