/** The workspace as its manifests describe it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the whole workspace. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

/** What of a package.json the checks read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One package. */
export interface WorkspacePackage {
  readonly name: string;
  /** From the root, `"packages/base"`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Every package of the workspace. */
export function workspacePackages(): readonly WorkspacePackage[] {
  const folders = ["packages", "apps", "internal"].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${group}/${entry.name}`),
  );
  return [...folders, "examples"].map((folder) => {
    const manifest = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    ) as Manifest;
    return { name: manifest.name, folder, manifest };
  });
}

/** Those that are published. */
export function publishedPackages(): readonly WorkspacePackage[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/** The files below a folder whose name ends so, from the root; without what was built or installed. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return entry.name === "node_modules" || entry.name === "dist" || entry.name.startsWith(".")
        ? []
        : filesBelow(path, ending);
    }
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

/** A file of the workspace as text. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
