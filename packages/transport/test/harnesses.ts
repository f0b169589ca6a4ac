/** The transports of this package, as the compliance suite wants them. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addrSpec } from "@letterwright/message";
import { memoryTransport } from "@letterwright/transport";
import type { ArrivedMessage, ComplianceHarness } from "@letterwright/transport/compliance";
import { fileTransport, sendmailTransport } from "@letterwright/transport/node";

const everything = {
  keywords: new Map<string, readonly string[]>([
    ["8BITMIME", []],
    ["SMTPUTF8", []],
    ["BINARYMIME", []],
  ]),
};

export const memory: ComplianceHarness = {
  capabilities: [
    "exact-bytes",
    "envelope",
    "quoted-local-parts",
    "8BITMIME",
    "SMTPUTF8",
    "BINARYMIME",
  ],
  async open() {
    const transport = memoryTransport({ offer: everything });
    return {
      transport,
      arrived: async () =>
        transport.sent.map(({ bytes, envelope }) => ({
          bytes,
          reversePath: envelope.reversePath === null ? "" : addrSpec(envelope.reversePath),
          recipients: envelope.recipients.map(({ mailbox }) => addrSpec(mailbox)),
        })),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};

/** Nothing but the base: what is refused where nothing is offered. */
export const bareMemory: ComplianceHarness = {
  capabilities: ["exact-bytes"],
  async open() {
    const transport = memoryTransport();
    return {
      transport,
      arrived: async () => transport.sent,
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};

interface StoredEnvelope {
  readonly reversePath: string | null;
  readonly recipients: readonly { readonly address: string }[];
}

export const file: ComplianceHarness = {
  capabilities: ["exact-bytes", "envelope", "quoted-local-parts", "8BITMIME", "SMTPUTF8"],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "letterwright-file-"));
    return {
      transport: fileTransport({ folder, envelope: "json" }),
      async arrived() {
        // Whatever is there: what was not to arrive leaves no file of any kind.
        return readdirSync(folder)
          .toSorted()
          .filter(
            (name) =>
              !name.endsWith(".json") || !existsSync(join(folder, `${name.slice(0, -5)}.eml`)),
          )
          .map((name): ArrivedMessage => {
            const path = join(folder, name);
            const beside = path.replace(/\.eml$/, ".json");
            const { reversePath, recipients } = JSON.parse(
              readFileSync(beside, "utf8"),
            ) as StoredEnvelope;
            return {
              bytes: readFileSync(path),
              reversePath: reversePath ?? "",
              recipients: recipients.map(({ address }) => address),
            };
          });
      },
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
    };
  },
};

/**
 * A command that keeps its arguments and its input, when that has come to an end. What follows the marker
 * decides how it ends; see the tests.
 */
export function pretendedSendmail(folder: string, more = ""): string {
  const path = join(folder, "sendmail");
  writeFileSync(
    path,
    `#!${process.execPath}
const { readFileSync, writeFileSync, renameSync } = require("node:fs");
const { join } = require("node:path");
const folder = ${JSON.stringify(folder)};
const id = process.hrtime.bigint() + "-" + process.pid;
writeFileSync(join(folder, id + ".started"), "");
${more}
const input = readFileSync(0);
writeFileSync(join(folder, id + ".tmp"), JSON.stringify({ args: process.argv.slice(2), input: input.toString("base64") }));
renameSync(join(folder, id + ".tmp"), join(folder, id + ".sent"));
`,
  );
  chmodSync(path, 0o755);
  return path;
}

/** What the pretended command was given, in order. */
export function givenTo(
  folder: string,
): readonly { readonly args: readonly string[]; readonly input: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sent"))
    .toSorted()
    .map((name) => {
      const { args, input } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
        readonly args: readonly string[];
        readonly input: string;
      };
      return { args, input: Buffer.from(input, "base64").toString() };
    });
}

export const sendmail: ComplianceHarness = {
  capabilities: ["exact-bytes", "envelope", "quoted-local-parts", "8BITMIME", "SMTPUTF8"],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "letterwright-sendmail-"));
    return {
      transport: sendmailTransport({
        command: pretendedSendmail(folder),
        offer: {
          keywords: new Map([
            ["8BITMIME", []],
            ["SMTPUTF8", []],
          ]),
        },
      }),
      arrived: async () =>
        givenTo(folder).map(({ args, input }) => ({
          bytes: Buffer.from(input.replaceAll("\n", "\r\n")),
          reversePath: (args[args.indexOf("-f") + 1] ?? "").replace("<>", ""),
          recipients: args.slice(args.indexOf("--") + 1),
        })),
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
    };
  },
};
