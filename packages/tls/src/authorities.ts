/** Certificate authorities that are given: PEM or DER, as values, files and folders. */
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LetterwrightError, UsageError } from "@letterwright/base/error";

/** Certificates: PEM text that may hold several, or the octets of one as DER or of PEM text. */
export type Certificates = string | Uint8Array;

/** Where authorities come from besides a store. */
export interface GivenAuthorities {
  readonly ca?: Certificates | readonly Certificates[] | undefined;
  readonly caFiles?: readonly string[] | undefined;
  readonly caFolders?: readonly string[] | undefined;
}

/**
 * All that are given, each as PEM.
 *
 * @throws {UsageError} `TLS_CA_INVALID`
 * @throws {LetterwrightError} `TLS_CA_UNREADABLE`
 */
export function authoritiesOf({ ca, caFiles = [], caFolders = [] }: GivenAuthorities): string[] {
  const values = ca === undefined ? [] : isOne(ca) ? [ca] : ca;
  return [
    ...values.flatMap((value) => certificatesIn(value, "`ca`")),
    ...caFiles.flatMap((path) => certificatesIn(readFile(path), JSON.stringify(path))),
    ...caFolders.flatMap(authoritiesInFolder),
  ];
}

function isOne(ca: Certificates | readonly Certificates[]): ca is Certificates {
  return typeof ca === "string" || ca instanceof Uint8Array;
}

/** Files that are meant as certificates, also under the names that `openssl rehash` gives. */
const certificateFile = /\.(?:pem|crt|cer|der|\d+)$/i;

function authoritiesInFolder(folder: string): readonly string[] {
  const names = attempt(folder, () => readdirSync(folder)).filter((name) =>
    certificateFile.test(name),
  );
  const found = names.toSorted().flatMap((name) => {
    const path = join(folder, name);
    return certificatesIn(readFile(path), JSON.stringify(path));
  });
  if (found.length === 0) throw notAuthority(JSON.stringify(folder), undefined);
  return [...new Set(found)]; // a hashed name is a link to a file beside it
}

function readFile(path: string): Uint8Array {
  return attempt(path, () => readFileSync(path));
}

function attempt<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(
      `cannot read the certificate authorities in ${JSON.stringify(path)}: ${reason}`,
      {
        code: "TLS_CA_UNREADABLE",
        hint: "Check the path and that you may read the file.",
        cause,
      },
    );
  }
}

const begin = "-----BEGIN CERTIFICATE-----";
const end = "-----END CERTIFICATE-----";

/** The blocks of a PEM text as they stand; `undefined` at a block that does not end. */
export function pemBlocks(text: string): readonly string[] | undefined {
  const blocks: string[] = [];
  for (let start = text.indexOf(begin); start !== -1;) {
    const stop = text.indexOf(end, start);
    if (stop === -1) return undefined;
    blocks.push(text.slice(start, stop + end.length));
    start = text.indexOf(begin, stop);
  }
  return blocks;
}

/** Each certificate checked: Node passes over what it cannot read. */
function certificatesIn(value: Certificates, from: string): readonly string[] {
  const text = typeof value === "string" ? value : Buffer.from(value).toString("utf8");
  const isDer = typeof value !== "string" && !text.includes(begin);
  const blocks = isDer ? [value] : pemBlocks(text);
  if (blocks === undefined || blocks.length === 0) throw notAuthority(from, undefined);
  try {
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch (cause) {
    throw notAuthority(from, cause);
  }
}

function notAuthority(from: string, cause: unknown): UsageError {
  return new UsageError(`${from} holds no readable certificate`, {
    code: "TLS_CA_INVALID",
    hint: `PEM is expected, a block that starts with ${begin}; or one certificate as DER, in a file or as octets.`,
    cause,
  });
}
