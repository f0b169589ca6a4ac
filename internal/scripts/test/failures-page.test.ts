import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { failuresPage, failuresPagePath } from "../src/failures-page.ts";
import { root } from "../src/workspace.ts";

it("keeps the page of failures as the catalogue has it; LETTERWRIGHT_WRITE=1 writes it anew", () => {
  const file = join(root, failuresPagePath);
  if (process.env["LETTERWRIGHT_WRITE"] === "1") writeFileSync(file, failuresPage());
  expect(readFileSync(file, "utf8")).toBe(failuresPage());
});
