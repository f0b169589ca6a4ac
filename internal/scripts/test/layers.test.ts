/** Dependencies point down: manifests and imports against the table of layers. */
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { layers } from "../src/layers.ts";
import { filesBelow, publishedPackages, read, workspacePackages } from "../src/workspace.ts";

const shortName = (name: string): string => name.replace("@letterwright/", "");

/** The specifiers of imports, re-exports and dynamic imports, in sources as the formatter leaves them. */
function importsOf(path: string): readonly string[] {
  return read(path)
    .split("\n")
    .flatMap((line) => {
      const found =
        /^(?:import|export|\}) ?.*\bfrom "([^"]+)";$/.exec(line) ??
        /^\s*import "([^"]+)";$/.exec(line) ??
        /\bimport\("([^"]+)"\)/.exec(line);
      return found?.[1] === undefined ? [] : [found[1]];
    });
}

function packageOf(specifier: string): string {
  const [scope = "", name = ""] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

describe.each(publishedPackages())("$name", ({ name, folder, manifest }) => {
  const layer = layers[shortName(name)];
  const sources = filesBelow(`${folder}/src`, ".ts").filter(
    (path) => !/\.test(-d)?\.ts$/.test(path),
  );

  it("stands in the table of layers", () => expect(layer).toBeDefined());

  it("depends on nothing but what its layer may use", () => {
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const allowed = [
      ...(layer?.mayUse ?? []).map((one) => `@letterwright/${one}`),
      ...(layer?.brings ?? []),
    ];
    expect(dependencies.filter((one) => !allowed.includes(one))).toEqual([]);
  });

  it("imports nothing that it does not declare, and no source of another package", () => {
    const declared = Object.keys(manifest.dependencies ?? {});
    const undeclared = sources.flatMap((path) =>
      importsOf(path)
        .filter(
          (one) =>
            !one.startsWith(".") && !one.startsWith("node:") && !declared.includes(packageOf(one)),
        )
        .map((one) => `${path}: ${one}`),
    );
    expect(undeclared).toEqual([]);
    const outside = sources.flatMap((path) =>
      importsOf(path)
        .filter(
          (one) =>
            one.startsWith(".") &&
            !posix.join(posix.dirname(path), one).startsWith(`${folder}/src/`),
        )
        .map((one) => `${path}: ${one}`),
    );
    expect(outside).toEqual([]);
  });

  it("declares nothing that it does not import", () => {
    const imported = new Set(sources.flatMap((path) => importsOf(path).map(packageOf)));
    const unused = Object.keys(manifest.dependencies ?? {}).filter(
      (one) => one !== "@types/node" && !imported.has(one),
    );
    expect(unused).toEqual([]);
  });

  it("reaches for nothing of Node outside of src/node, if it is pure", () => {
    const reaching = (layer?.isPure === true ? sources : [])
      .filter((path) => !path.startsWith(`${folder}/src/node/`))
      .filter((path) => {
        const bare = importsOf(path).some(
          (one) => one.startsWith("node:") || builtinModules.includes(one),
        );
        const code = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
        return bare || /(?<!globalThis\.)\b(Buffer|process)\./.test(code);
      });
    expect(reaching).toEqual([]);
  });

  it("never decodes bytes as Latin-1 or ASCII: what is not UTF-8 stays bytes", () => {
    const decoding =
      /\b(?:toString|setEncoding|from|write|TextDecoder|readFile|readFileSync)\([^)]*"(?:latin1|binary|ascii|iso-8859-1)"/;
    expect(sources.filter((path) => decoding.test(read(path)))).toEqual([]);
  });

  it("has no cycle among its files", () => {
    const graph = new Map(
      sources.map((path) => [
        path,
        importsOf(path)
          .filter((one) => one.startsWith("."))
          .map((one) => posix.join(posix.dirname(path), one)),
      ]),
    );
    expect(cycleIn(graph)).toBeUndefined();
  });
});

describe("the workspace", () => {
  it("has no cycle among its packages, not even for development", () => {
    const graph = new Map(
      workspacePackages().map(({ name, manifest }) => [
        name,
        Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
      ]),
    );
    expect(cycleIn(graph)).toBeUndefined();
  });

  it("finds a cycle where there is one", () => {
    expect(
      cycleIn(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["a"]],
        ]),
      ),
    ).toEqual(["a", "b", "c", "a"]);
    expect(
      cycleIn(
        new Map([
          ["a", ["b", "c"]],
          ["b", ["c"]],
          ["c", []],
        ]),
      ),
    ).toBeUndefined();
  });

  it("keeps the testing helpers free of every package", () => {
    const testing = workspacePackages().find(({ name }) => name === "@letterwright/testing");
    expect(Object.keys(testing?.manifest.dependencies ?? {})).toEqual(["fast-check"]);
  });

  it("publishes nothing that depends on something private", () => {
    const isPrivate = new Set(
      workspacePackages()
        .filter(({ manifest }) => manifest.private)
        .map(({ name }) => name),
    );
    const leaks = publishedPackages().flatMap(({ name, manifest }) =>
      Object.keys(manifest.dependencies ?? {})
        .filter((one) => isPrivate.has(one))
        .map((one) => `${name} -> ${one}`),
    );
    expect(leaks).toEqual([]);
  });
});

/** A path that ends where it begins; `undefined` when there is none. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found !== undefined) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const found = visit(node, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
