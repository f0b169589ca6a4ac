/**
 * Servers that exclude Postfix in Debian's package database: unpacked beside it by
 * `internal/scripts/install-debian-packages.sh`, and run in a mount namespace of their own, in which the users and the
 * places that are compiled into them exist.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const aside = "/opt/letterwright";

/** A file of an unpacked package. */
export function unpacked(name: string, path: string): string {
  return join(aside, name, path);
}

/** Whether the package is there as a whole. */
export function isUnpacked(name: string): boolean {
  return existsSync(unpacked(name, "complete"));
}

/** A user that only the namespace knows. */
export interface ForeignUser {
  readonly name: string;
  readonly id: number;
  readonly home: string;
}

/** A namespace: what stands where in it. */
export interface MountNamespace {
  readonly folder: string;
  readonly users: readonly ForeignUser[];
  /** What is seen, and over what. */
  readonly mounts: readonly (readonly [what: string, over: string])[];
}

/** A command, and the arguments before those of a program that is to run in the namespace. */
export function inNamespace(
  { folder, users, mounts }: MountNamespace,
  program: string,
): { readonly command: string; readonly args: readonly string[] } {
  const passwd = join(folder, "passwd");
  const group = join(folder, "group");
  writeFileSync(
    passwd,
    withLines(
      "/etc/passwd",
      users.map(({ name, id, home }) => `${name}:x:${id}:${id}::${home}:/bin/sh`),
    ),
  );
  writeFileSync(
    group,
    withLines(
      "/etc/group",
      users.map(({ name, id }) => `${name}:x:${id}:`),
    ),
  );
  const all = [[passwd, "/etc/passwd"] as const, [group, "/etc/group"] as const, ...mounts];
  const script = [
    "set -e",
    ...all.map(([what, over]) => `mount --bind '${what}' '${over}'`),
    `exec '${program}' "$@"`,
  ].join("\n");
  return { command: "unshare", args: ["--mount", "sh", "-c", script, program] };
}

function withLines(path: string, lines: readonly string[]): string {
  return `${readFileSync(path, "utf8").trimEnd()}\n${lines.join("\n")}\n`;
}
