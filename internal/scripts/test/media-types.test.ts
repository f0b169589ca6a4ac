import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tablePath, tableSource } from "../src/media-types.ts";
import { root } from "../src/workspace.ts";

it("keeps the table of media types as mime-db has it; LETTERWRIGHT_WRITE=1 writes it anew", () => {
  const file = join(root, tablePath);
  if (process.env["LETTERWRIGHT_WRITE"] === "1") writeFileSync(file, tableSource());
  expect(readFileSync(file, "utf8")).toBe(tableSource());
});
