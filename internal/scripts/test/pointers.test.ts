/** Documents point at what is there, and the architecture's table is the one that is enforced. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { layers } from "../src/layers.ts";
import { filesBelow, publishedPackages, read, root } from "../src/workspace.ts";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...[".changeset", "docs", "packages", "apps", "internal", "examples"].flatMap((folder) =>
    filesBelow(folder, ".md"),
  ),
];

describe("links", () => {
  it.each(documents)("of %s lead to a file", (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target.replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
    const lost = targets.filter(
      (target) => !existsSync(join(root, posix.dirname(path), decodeURIComponent(target))),
    );
    expect(lost).toEqual([]);
  });
});

describe("docs/rfc-coverage.md", () => {
  const rows = read("docs/rfc-coverage.md")
    .split("\n")
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  it("names sources and tests that are there", () => {
    const lost = rows.flatMap(([, rfc = "", , where = "", test = ""]) => {
      const paths = [...`${where} ${test}`.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
      // A name alone stands beside the file before it.
      let folder = "";
      return paths.flatMap((path) => {
        const whole = path.includes("/") && path.includes("src/") ? path : "";
        if (whole !== "") folder = posix.dirname(whole);
        const candidates = [
          `packages/${path}`,
          path,
          `packages/${folder}/${path}`,
          `packages/${folder.split("/src")[0]}/src/${path}`,
        ];
        return candidates.some((candidate) => existsSync(join(root, candidate)))
          ? []
          : [`${rfc}: ${path}`];
      });
    });
    expect(lost).toEqual([]);
  });

  it("has a test beside every source, or says what is missing", () => {
    const silent = rows.filter(
      ([, , , where, test, missing]) => (where === "" || test === "") && missing === "",
    );
    expect(silent).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  const rows = new Map(
    read("docs/architecture.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .map(([, name = "", mayUse = ""]) => [/`([^`]+)`/.exec(name)?.[1] ?? name, mayUse]),
  );

  it("has a row for every published package, and for no other", () => {
    const names = publishedPackages().map(({ name }) => name.replace("@letterwright/", ""));
    expect([...rows.keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries(layers))("says what %s may depend on", (name, { mayUse }) => {
    const said = rows.get(name) ?? "";
    const others = Object.keys(layers).filter((other) => other !== name);
    const expected =
      said === "anything"
        ? others
        : said === "the above but receiver"
          ? [...rows.keys()]
              .slice(0, [...rows.keys()].indexOf(name))
              .filter((one) => one !== "receiver")
          : said === "nothing"
            ? []
            : said.split(", ");
    expect(mayUse.toSorted()).toEqual(expected.toSorted());
  });
});
