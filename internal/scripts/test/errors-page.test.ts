/** The page of error codes and the sources say the same. */
import { describe, expect, it } from "vitest";
import { filesBelow, publishedPackages, read } from "../src/workspace.ts";

const inSources = new Set(
  publishedPackages()
    .flatMap(({ folder }) => filesBelow(`${folder}/src`, ".ts"))
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) => [
      ...read(path).matchAll(
        /\bcode: "([A-Z][A-Z0-9_]+)"|\| "([A-Z][A-Z0-9]*_[A-Z0-9_]+)"|\? "([A-Z]+_[A-Z_]+)" : "([A-Z]+_[A-Z_]+)"/g,
      ),
    ])
    .flatMap(([, ...codes]) => codes.filter((code) => code !== undefined))
    // What Node itself observed keeps Node's name.
    .filter((code) => code.includes("_") && !code.startsWith("ERR_")),
);
const onPage = [...read("docs/errors.md").matchAll(/^### (\S+)$/gm)].map(([, code = ""]) => code);

describe("docs/errors.md", () => {
  it("has an entry for every code of the sources", () => {
    expect([...inSources].filter((code) => !onPage.includes(code)).toSorted()).toEqual([]);
  });
  it("has no entry for a code that is gone", () => {
    expect(onPage.filter((code) => !inSources.has(code))).toEqual([]);
  });
  it("has each code once, with a text of its own", () => {
    expect(onPage).toHaveLength(new Set(onPage).size);
    const empty = read("docs/errors.md")
      .split(/^### /m)
      .slice(1)
      .filter((entry) => entry.split("\n").slice(1).join("").trim().length < 40);
    expect(empty).toEqual([]);
  });
});
