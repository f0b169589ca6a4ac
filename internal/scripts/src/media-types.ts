/** Makes the table of `@letterwright/message/media-types` from mime-db. */
import { createRequire } from "node:module";

interface MediaType {
  readonly source?: string;
  readonly extensions?: readonly string[];
}

/** Where the table lies, from the root of the workspace. */
export const tablePath = "packages/message/src/media-types/table.ts";

/** The file as it has to be. */
export function tableSource(): string {
  const require = createRequire(import.meta.url);
  const database = require("mime-db") as Readonly<Record<string, MediaType>>;
  const { version } = require("mime-db/package.json") as { readonly version: string };
  const chosen = new Map<string, string>();
  for (const [type, { extensions = [] }] of Object.entries(database)) {
    for (const extension of extensions) {
      const known = chosen.get(extension);
      if (known === undefined || isBetter(type, known, database)) chosen.set(extension, type);
    }
  }
  const byType = new Map<string, string[]>();
  for (const [extension, type] of [...chosen].sort(([left], [right]) => (left < right ? -1 : 1))) {
    byType.set(type, [...(byType.get(type) ?? []), extension]);
  }
  const lines = [...byType]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([type, extensions]) => `${type} ${extensions.join(" ")}`);
  return [
    `/** Media types and the extensions of their files, a line each. Made from mime-db ${version}. */`,
    `export const table: string = \`\\`,
    ...lines,
    "`;",
    "",
  ].join("\n");
}

/** Of two types with one extension: what IANA registers, no generic stand-in, what says more than "application". */
function isBetter(
  type: string,
  known: string,
  database: Readonly<Record<string, MediaType>>,
): boolean {
  return rank(type, database) > rank(known, database);
}

function rank(type: string, database: Readonly<Record<string, MediaType>>): number {
  const ranks: readonly (string | undefined)[] = [undefined, "nginx", "apache", "iana"];
  const isStandIn = type === "application/octet-stream" || type.includes("/x-");
  const isMedium = ["audio/", "font/", "image/", "video/"].some((main) => type.startsWith(main));
  return ranks.indexOf(database[type]?.source) + (isMedium ? 0.5 : 0) - (isStandIn ? 4 : 0);
}
