/** `letterwright show`, as a person, a script and an attacker's mail use it. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messyMail } from "@letterwright/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { letterwright, letterwrightOctets, type Outcome } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-show-"));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const minutes = [
  "Received: by mx.example.com; Mon, 23 Nov 2026 09:12:01 +0000",
  "From: =?utf-8?q?Ana_Ru=C3=ADz?= <ana@work.example>",
  "To: bob@example.org, Team: c@example.net;",
  "Date: Mon, 23 Nov 2026 10:12:00 +0100",
  "Subject: =?utf-8?q?Minutes_=C3=A9?=",
  "DKIM-Signature: v=1; a=rsa-sha256;\r\n d=work.example; s=k; b=x",
  "MIME-Version: 1.0",
  "Content-Type: multipart/mixed; boundary=m",
  "",
  "--m",
  "Content-Type: multipart/alternative; boundary=a",
  "",
  "--a",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "See attached: =C3=A9.",
  "--a",
  "Content-Type: text/html; charset=utf-8",
  "",
  '<p>See <a href="https://x.example/">this</a> <A HREF=/b>that</A><img src="https://t.example/p.gif">',
  "--a--",
  "--m",
  "Content-Type: application/pdf",
  'Content-Disposition: attachment; filename="minutes.pdf"',
  "Content-Transfer-Encoding: base64",
  "",
  "AAECJVBERg==",
  "--m",
  "Content-Type: message/rfc822",
  "",
  "Subject: inner",
  "",
  "inner text",
  "--m--",
  "",
].join("\r\n");

/** Everything that would drive a terminal, in every place. */
const hostile = [
  "From: =?utf-8?b?GzJKG1szMW0=?= <a@example.com>",
  "Subject: \u009b31m\u202e=?utf-8?b?G11wAHgH?=\u001b[2J",
  "X-Evil: \u001b]0;title\u0007",
  "Content-Type: multipart/mixed; boundary=b",
  "",
  "--b",
  "",
  "\u001b[2Jtext\u009b31m \u202edrow",
  "--b",
  'Content-Type: application/x; name="\u001b[2J/../\u001b]0;x\u0007.sh"',
  "",
  "x",
  "--b--",
].join("\n");

beforeAll(() => {
  writeFileSync(file("minutes.eml"), minutes);
  writeFileSync(file("hostile.eml"), hostile);
});

const show = (...args: readonly string[]): Promise<Outcome> => letterwright(["show", ...args]);
const drivesTerminal = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

describe("show", () => {
  it("prints the fields, the tree, the text and what is wrong", async () => {
    const run = await letterwright(["show", file("minutes.eml")], { env: { LC_ALL: "C.UTF-8" } });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toBe(`From     Ana Ruíz <ana@work.example>
To       bob@example.org, Team: c@example.net;
Date     Mon, 23 Nov 2026 10:12:00 +0100
Subject  Minutes é
Size     905 bytes

multipart/mixed
├─ 1    multipart/alternative
│  ├─ 1.1  text/plain  utf-8 quoted-printable  17 bytes
│  └─ 1.2  text/html  utf-8  99 bytes  2 links, 1 remote image
├─ 2    application/pdf  minutes.pdf  base64  7 bytes
└─ 3    message/rfc822  28 bytes
   └─ 3.1  text/plain  10 bytes
DKIM signed by work.example, not checked, no List-Unsubscribe

See attached: é.

1 defect
  damaged    FROM_MISSING at octet ${minutes.indexOf("Subject: inner")}, part 3.1: the message names no author (RFC 5322 §3.6)
`);
  });

  it("draws with ASCII where the locale is not UTF-8", async () => {
    const env = { LC_ALL: "C", LANG: "C.UTF-8" };
    const { stdout } = await letterwright(["show", file("minutes.eml"), "--tree"], { env });
    expect(stdout).toContain("|- 1    multipart/alternative\n|  |- 1.1");
    expect(stdout).toContain("`- 3    message/rfc822");
  });

  it("reads standard input, and shows a part that is a message like one", async () => {
    const run = await letterwright(["show", "-", "--part", "3.1", "--headers"], { input: minutes });
    expect(run).toEqual({ status: 0, stderr: "", stdout: "Subject: inner\n" });
    const text = await letterwright(["show", "-", "--part", "3.1", "--text"], { input: minutes });
    expect(text.stdout).toBe("inner text\n");
  });

  it("prints all fields decoded, the text, and the HTML", async () => {
    const { stdout } = await show(file("minutes.eml"), "--headers");
    expect(stdout).toContain("From: Ana Ruíz <ana@work.example>\n");
    expect(stdout).toContain("Received: by mx.example.com; Mon, 23 Nov 2026 09:12:01 +0000\n");
    expect(stdout).toContain("DKIM-Signature: v=1; a=rsa-sha256; d=work.example; s=k; b=x\n");
    expect((await show(file("minutes.eml"), "--text")).stdout).toBe("See attached: é.\n");
    expect((await show(file("minutes.eml"), "--html")).stdout).toMatch(/^<p>See <a href/);
  });

  it("prints the content of a part, octet for octet", async () => {
    const run = await letterwrightOctets(["show", file("minutes.eml"), "--part", "2"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect([...run.stdout]).toEqual([0, 1, 2, 0x25, 0x50, 0x44, 0x46]);
    const inner = await show(file("minutes.eml"), "--part", "3");
    expect(inner.stdout).toBe("Subject: inner\r\n\r\ninner text");
  });

  it("--raw writes the file again, byte for byte, whatever it is", async () => {
    for (const octets of fc.sample(messyMail, { numRuns: 8, seed: 7 })) {
      const run = await letterwrightOctets(["show", "--raw", "-"], { input: octets });
      expect(run).toMatchObject({ status: 0, stderr: "" });
      expect(run.stdout.equals(octets)).toBe(true);
    }
    const part = await show(file("minutes.eml"), "--raw", "--part", "2");
    expect(minutes).toContain(part.stdout);
    expect(part.stdout).toMatch(/^Content-Type: application\/pdf\r\n[^]*AAECJVBERg==$/);
  });

  it("--json is one object with a version, which has everything", async () => {
    const run = await show(file("minutes.eml"), "--json");
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const object = JSON.parse(run.stdout) as { parts: { path: string; fields: unknown[] }[] };
    expect(object).toMatchObject({
      schema: "letterwright.show/1",
      outcome: "shown",
      exitStatus: 0,
      byteLength: Buffer.byteLength(minutes),
      text: "See attached: é.",
      defects: [{ code: "FROM_MISSING", severity: "damaged", path: "3.1" }],
    });
    expect(object.parts.map(({ path }) => path)).toEqual(["", "1", "1.1", "1.2", "2", "3", "3.1"]);
    expect(object.parts[4]).toMatchObject({
      type: "application/pdf",
      encoding: "base64",
      filename: "minutes.pdf",
      byteLength: 7,
    });
    expect(object.parts[0]?.fields[4]).toEqual({
      name: "Subject",
      value: "Minutes é",
      wire: " =?utf-8?q?Minutes_=C3=A9?=",
    });
  });

  it("shows nothing that drives a terminal, in whatever way", async () => {
    for (const way of [[], ["--tree"], ["--headers"], ["--text"], ["--json"]]) {
      const { status, stdout, stderr } = await show(file("hostile.eml"), ...way);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout.length).toBeGreaterThan(10);
      expect(stdout, way.join(" ")).not.toMatch(drivesTerminal);
    }
    const saved = await show(file("hostile.eml"), "--save", file("hostile"));
    expect(saved.stdout).not.toMatch(drivesTerminal);
    expect(readdirSync(file("hostile"))).toEqual(["\ufffd]0;x\ufffd.sh"]);
  });
});

describe("show, of a file that is not held in memory", () => {
  const large = file("large.eml");
  const half = "A".repeat(75).concat("B\r\n");
  beforeAll(() => {
    // 34 MB: an attachment in front of the others, and the same message behind it.
    const big = [
      "--m",
      "Content-Type: application/x-large; name=large.bin",
      "Content-Transfer-Encoding: base64",
      "",
      half.repeat(440_000),
    ].join("\r\n");
    const [head, tail] = minutes.split("--m--");
    writeFileSync(large, `${head}${big}--m--${tail}`);
  });

  it("shows the same, and writes every octet again", { timeout: 120_000 }, async () => {
    const shown = await show(large);
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(shown.stdout).toContain("application/x-large  large.bin  base64");
    expect(shown.stdout).toContain("\n\nSee attached: é.\n");
    const raw = await letterwrightOctets(["show", "--raw", large]);
    expect(raw.stdout.equals(readFileSync(large))).toBe(true);
    const saved = await show(large, "--save", file("large"));
    expect(saved).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(file("large")).sort()).toEqual(["large.bin", "minutes.pdf", "part-3.eml"]);
    expect(readFileSync(file("large/large.bin"))).toHaveLength(440_000 * 57);
    expect(readFileSync(file("large/part-3.eml"), "utf8")).toBe("Subject: inner\r\n\r\ninner text");
    const json = JSON.parse((await show(large, "--json")).stdout) as { text: string };
    expect(json.text).toBe("See attached: é.");
  });
});

describe("show --save", () => {
  const attachment = (name: string, content: string): string =>
    `--b\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}\n\n${content}\n`;
  const holding = (...names: readonly string[]): string =>
    `Content-Type: multipart/mixed; boundary=b\n\n${names.map((name, at) => attachment(name, String(at))).join("")}--b--\n`;

  it("writes each file under a safe name, and never over another", async () => {
    const target = file("saved");
    mkdirSync(target);
    writeFileSync(join(target, "a.txt"), "mine");
    symlinkSync(file("elsewhere"), join(target, "link.txt"));
    const names = ["a.txt", "../../a.txt", "/etc/link.txt", "", "..", "con.txt", "..\\x\\b.pdf"];
    const run = await letterwright(["show", "-", "--save", target], { input: holding(...names) });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const written = readdirSync(target).sort();
    expect(written).toEqual([
      "_con.txt",
      "a-2.txt",
      "a-3.txt",
      "a.txt",
      "b.pdf",
      "link-2.txt",
      "link.txt",
      "part-4.txt",
      "part-5.txt",
    ]);
    expect(
      run.stdout
        .trimEnd()
        .split("\n")
        .map((path) => path.slice(target.length + 1))
        .sort(),
    ).toEqual(written.filter((name) => name !== "a.txt" && name !== "link.txt"));
    expect(readFileSync(join(target, "a.txt"), "utf8")).toBe("mine");
    expect(readFileSync(join(target, "a-3.txt"), "utf8")).toBe("1");
    expect(() => readFileSync(file("elsewhere"))).toThrow("ENOENT");
  });

  it("makes the folder, saves one part alone, and a message as a message", async () => {
    const target = file("new/deep");
    const run = await show(file("minutes.eml"), "--save", target, "--part", "3");
    expect(run).toEqual({ status: 0, stderr: "", stdout: `${join(target, "part-3.eml")}\n` });
    expect(readFileSync(join(target, "part-3.eml"), "utf8")).toContain("inner text");
  });

  it("says when there is nothing to save", async () => {
    const run = await letterwright(["show", "-", "--save", file("none")], { input: "\r\nHi" });
    expect(run).toEqual({ status: 0, stdout: "", stderr: "There are no files in it.\n" });
  });
});

interface Mistake {
  readonly title: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly status: number;
  readonly code: string;
  readonly hint: RegExp;
}

const mistakes: readonly Mistake[] = [
  { title: "no file", args: [], status: 64, code: "CLI_USAGE", hint: /show --help/ },
  {
    title: "a file that is not there",
    args: [file("nowhere.eml")],
    status: 66,
    code: "FILE_UNREADABLE",
    hint: /Check the path/,
  },
  {
    title: "a folder",
    args: [folder],
    status: 66,
    code: "FILE_UNREADABLE",
    hint: /Check the path/,
  },
  {
    title: "two ways at once",
    args: ["-", "--raw", "--tree"],
    status: 64,
    code: "CLI_USAGE",
    hint: /show --help/,
  },
  {
    title: "a part that is not there",
    args: [file("minutes.eml"), "--part", "4"],
    status: 64,
    code: "CLI_PART_MISSING",
    hint: /Its parts are 1, 1\.1, 1\.2, 2, 3, 3\.1/,
  },
  {
    title: "a path that is none",
    args: [file("minutes.eml"), "--part", "a"],
    status: 64,
    code: "PART_PATH_INVALID",
    hint: /1\.2/,
  },
  {
    title: "the content of a multipart",
    args: [file("minutes.eml"), "--part", "1"],
    status: 64,
    code: "CLI_PART_HAS_NO_CONTENT",
    hint: /--raw/,
  },
  {
    title: "HTML where there is none",
    args: ["-", "--html"],
    input: "\nHi",
    status: 64,
    code: "CLI_PART_MISSING",
    hint: /--tree/,
  },
  {
    title: "a folder that is a file",
    args: [file("minutes.eml"), "--save", file("minutes.eml")],
    status: 78,
    code: "STORE_UNWRITABLE",
    hint: /folder/,
  },
  {
    title: "a message made to exhaust its reader",
    args: ["-"],
    input: "X: 1\n".repeat(5001),
    status: 65,
    code: "PARSE_LIMIT",
    hint: /exhaust/,
  },
];

describe("a mistake with show", () => {
  beforeAll(() => {
    writeFileSync(file("minutes.eml"), minutes);
  });

  it.each(mistakes)(
    "$title: exit $status, $code",
    async ({ args, input = "", status, code, hint }) => {
      const run = await letterwright(["show", ...args], { input });
      expect(run).toMatchObject({ status, stdout: "" });
      expect(run.stderr).toMatch(/^Not done: /);
      expect(run.stderr).toMatch(hint);
      expect(run.stderr.trimEnd().split("\n").at(-1)).toBe(`  ${code} [exit ${status}]`);
    },
  );

  it("is one object with --json", async () => {
    const run = await show(file("nowhere.eml"), "--json");
    expect(run).toMatchObject({ status: 66, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: "letterwright.show/1",
      outcome: "failed",
      error: { code: "FILE_UNREADABLE" },
    });
  });
});
