import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, once, type RawMessage } from "@letterwright/message";
import { openFile } from "@letterwright/message/node";
import { fileTransport } from "@letterwright/transport/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "letterwright-file-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const to = envelope({ reversePath: "ana@example.com", recipients: ["bob@example.org"] });
const raw: RawMessage = {
  fields: [{ name: "Message-ID", bytes: utf8("Message-ID: <../../a/b@example.com>\r\n") }],
  separator: utf8("\r\n"),
  body: bytesOf("one\r\n.\r\n"),
  requires: new Set(),
};

describe("fileTransport", () => {
  it("names files by time and chance, never by anything in the mail", async () => {
    const now = (): Date => new Date("2026-11-23T10:15:00.123Z");
    const transport = fileTransport({ folder, now });
    const [one, two] = await Promise.all([transport.send(raw, to), transport.send(raw, to)]);
    const names = readdirSync(folder);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^20261123T101500123Z-[0-9a-f]{32}\.eml$/);
    expect(one.path).not.toBe(two.path);
    expect(one.reply.text).toBe(`written to ${one.path.slice(folder.length + 1)}`);
    expect(one.acceptedBy).toBe(folder);
  });

  it("does not write over a file, though the names be the same", async () => {
    const same = {
      folder,
      now: () => new Date(0),
      random: (length: number) => new Uint8Array(length),
    };
    await fileTransport(same).send(raw, to);
    const before = readFileSync(join(folder, readdirSync(folder)[0] as string), "utf8");
    await expect(
      fileTransport(same).send({ ...raw, body: bytesOf("other\r\n") }, to),
    ).rejects.toMatchObject({ code: "TRANSPORT_FOLDER_UNWRITABLE" });
    expect(readdirSync(folder)).toHaveLength(1);
    expect(readFileSync(join(folder, readdirSync(folder)[0] as string), "utf8")).toBe(before);
  });

  it("shows no file by its name before all of it is there", async () => {
    const seen: (readonly string[])[] = [];
    async function* body(): AsyncGenerator<Uint8Array> {
      yield utf8("one\r\n");
      seen.push(readdirSync(folder));
      yield utf8("two\r\n");
    }
    const transport = fileTransport({ folder, envelope: "json" });
    const { path } = await transport.send({ ...raw, body: once(body()) }, to);
    expect(seen[0]?.filter((name) => name.endsWith(".eml"))).toEqual([]);
    // The envelope is there before the message: whoever finds this finds that.
    expect(seen[0]?.filter((name) => /^[^.].*\.json$/.test(name))).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toMatch(/\r\n\r\none\r\ntwo\r\n$/);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("keeps all that the envelope says, beside the message", async () => {
    const transport = fileTransport({ folder, envelope: "json" });
    const { envelopePath = "" } = await transport.send(
      raw,
      envelope({
        reversePath: null,
        recipients: [
          "bob@example.org",
          {
            mailbox: "eve@example.org",
            notify: ["failure"],
            originalRecipient: { type: "rfc822", address: "list@example.net" },
          },
        ],
        reports: { id: "batch 7", return: "headers" },
      }),
    );
    expect(JSON.parse(readFileSync(envelopePath, "utf8"))).toEqual({
      schema: "letterwright.envelope/1",
      reversePath: null,
      recipients: [
        { address: "bob@example.org" },
        {
          address: "eve@example.org",
          notify: ["failure"],
          originalRecipient: { type: "rfc822", address: "list@example.net" },
        },
      ],
      reports: { id: "batch 7", return: "headers" },
      requires: [],
    });
  });

  it("refuses wishes that would be nowhere, and keeps them with the envelope", async () => {
    const wishing = envelope({
      reversePath: null,
      recipients: [{ mailbox: "bob@example.org", notify: "never" }],
    });
    const mailParameters = (): { readonly "MT-PRIORITY": string } => ({ "MT-PRIORITY": "3" });
    const error = { code: "TRANSPORT_OPTION_UNSUPPORTED" };
    const alone = fileTransport({ folder });
    await expect(alone.send(raw, wishing)).rejects.toMatchObject(error);
    await expect(alone.send(raw, to, { mailParameters })).rejects.toMatchObject(error);
    await expect(alone.send(raw, to, { requireTls: true })).rejects.toMatchObject(error);
    expect(readdirSync(folder)).toEqual([]);
    await alone.send(raw, wishing, { dsn: "ifOffered" });

    const offer = { keywords: new Map([["REQUIRETLS", []]]) };
    const transport = fileTransport({ folder, envelope: "json", offer });
    const options = { requireTls: true, mailParameters } as const;
    const { envelopePath = "" } = await transport.send(raw, wishing, options);
    expect(JSON.parse(readFileSync(envelopePath, "utf8"))).toMatchObject({
      recipients: [{ address: "bob@example.org", notify: "never" }],
      requireTls: true,
      mailParameters: { "MT-PRIORITY": "3" },
    });
  });

  it.runIf(process.platform !== "win32")(
    "lets only its user read, or whom `mode` lets",
    async () => {
      const { path } = await fileTransport({ folder }).send(raw, to);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const open = await fileTransport({ folder, mode: 0o644 }).send(raw, to);
      expect(statSync(open.path).mode & 0o777).toBe(0o644);
    },
  );

  it("says so when the folder is not there, or is none", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const path of [join(folder, "absent"), file]) {
      const transport = fileTransport({ folder: path, envelope: "json" });
      const error = { code: "TRANSPORT_FOLDER_UNWRITABLE" };
      await expect(transport.send(raw, to)).rejects.toMatchObject(error);
      await expect(transport.verify()).rejects.toMatchObject(error);
    }
    await expect(fileTransport({ folder }).verify()).resolves.toBeUndefined();
    expect(() => fileTransport({ folder: "" })).toThrow(
      expect.objectContaining({ code: "TRANSPORT_FOLDER_MISSING" }),
    );
  });

  it("passes on what the content threw, be it an error of the file system", async () => {
    const attached = join(folder, "attached");
    writeFileSync(attached, "x");
    const { content } = openFile(attached);
    rmSync(attached);
    const error = { code: "FILE_UNREADABLE" };
    const transport = fileTransport({ folder, envelope: "json" });
    await expect(transport.send({ ...raw, body: content }, to)).rejects.toMatchObject(error);
    const gone = Object.assign(new Error("gone"), { syscall: "read", errno: -5 });
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield utf8("one\r\n");
      throw gone;
    }
    await expect(transport.send({ ...raw, body: once(failing()) }, to)).rejects.toBe(gone);
    expect(readdirSync(folder)).toEqual([]);
  });
});
