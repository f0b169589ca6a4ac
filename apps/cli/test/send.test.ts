import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchMail, type MailCatcher } from "@letterwright/receiver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { letterwright, type Run } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-cli-"));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
let implicit: MailCatcher;
let starttls: MailCatcher;
let ca: string;
let password: string;

beforeAll(async () => {
  implicit = await catchMail({
    tls: "implicit",
    auth: { user: "ana", password: "s3cret!" },
    refuse: ["no@example.org"],
  });
  starttls = await catchMail({ tls: "starttls" });
  ca = file("ca.pem", implicit.ca);
  password = file("password", "s3cret!\nand nothing else\n");
});
afterAll(async () => {
  await implicit.close();
  await starttls.close();
  rmSync(folder, { recursive: true });
});

const to = (...recipients: readonly string[]): readonly string[] => [
  "-f",
  "ana@example.com",
  ...recipients.flatMap((one) => ["-t", one]),
];
const server = (inbox: MailCatcher, tls: string): readonly string[] => [
  "--server",
  `127.0.0.1:${inbox.port}`,
  "--tls",
  tls,
  "--timeout",
  "5",
];
const login = (): readonly string[] => [
  ...server(implicit, "implicit"),
  "--tls-ca",
  ca,
  "--user",
  "ana",
  "--password-file",
  password,
];

/** A failure ends with one paragraph, a hint, a code and a status; without stack and without secret. */
function expectFailure({ status, stdout, stderr }: Run, code: string, exit: number): void {
  expect(stderr).toContain(`${code} [exit ${exit}]`);
  expect(status).toBe(exit);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(stderr).not.toContain("s3cret!");
  // What happened, a blank line, what to do, a blank line, the code.
  expect(stderr.split("\n\n").length).toBeGreaterThanOrEqual(3);
}

describe("letterwright send", () => {
  it("sends everything it is given", async () => {
    const { status, stdout, stderr } = await letterwright(
      [
        "send",
        ...login(),
        "-f",
        "Jörg <joerg@example.com>",
        "-t",
        '"Doe, Jane" <jane@example.org>',
        "-t",
        "a@example.org, b@example.org",
        "--cc",
        "c@example.org",
        "--bcc",
        "hidden@example.org",
        "--reply-to",
        "r@example.com",
        "-s",
        "Grüße aus Graz",
        "-b",
        "-",
        "--html",
        `@${file("mail.html", '<img src="cid:logo.png">')}`,
        "-a",
        file("Übersicht.pdf", "%PDF"),
        "--inline",
        file("logo.png", Uint8Array.of(1, 2, 255)),
        "--header",
        "X-Campaign: spring: one",
      ],
      { stdin: "Hällo\n" },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Accepted by 127\.0\.0\.1:\d+ \(accepted, not yet delivered\)/);
    expect(stdout).toContain("TLSv1.3");
    expect(stdout).toContain("certificate verified for 127.0.0.1");
    expect(stdout.match(/accepted {1,3}\S+@example\.org {3}250/g)).toHaveLength(5);
    const mail = await implicit.waitFor({ subject: "Grüße aus Graz" });
    expect(mail).toMatchObject({
      from: [{ name: "Jörg", address: "joerg@example.com" }],
      to: [
        { name: "Doe, Jane", address: "jane@example.org" },
        { address: "a@example.org" },
        { address: "b@example.org" },
      ],
      cc: [{ address: "c@example.org" }],
      replyTo: [{ address: "r@example.com" }],
      text: "Hällo\n",
      session: { user: "ana", isEncrypted: true },
    });
    expect(mail.envelope.recipients).toContain("hidden@example.org");
    expect(Buffer.from(mail.bytes).toString()).not.toContain("hidden");
    expect(mail.headers).toContainEqual({ name: "X-Campaign", value: "spring: one" });
    expect(mail.attachments.map(({ name, content }) => [name, [...content]])).toEqual([
      ["logo.png", [1, 2, 255]],
      ["Übersicht.pdf", [..."%PDF"].map((one) => one.charCodeAt(0))],
    ]);
    expect(mail.html).toContain(`cid:${mail.attachments[0]?.cid}`);
  });

  it("takes the password from a command", async () => {
    const run = await letterwright([
      "send",
      ...server(implicit, "implicit"),
      "--tls-ca",
      ca,
      "--user",
      "ana",
      "--password-command",
      "printf 's3cret!\\nx'",
      ...to("b@example.org"),
      "-s",
      "by command",
    ]);
    expect(run.status).toBe(0);
    expect((await implicit.waitFor({ subject: "by command" })).session.user).toBe("ana");
  });

  it("prints one JSON object when asked", async () => {
    const run = await letterwright(["send", ...login(), ...to("b@example.org"), "--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: "letterwright.send/1",
      accepted: [{ reply: { code: 250 } }],
      protection: { kind: "tls" },
    });
    const failed = await letterwright(["send", ...login(), ...to("no@example.org"), "--json"]);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      schema: "letterwright.failure/1",
      code: "DELIVERY_REFUSED",
      exitStatus: 65,
    });
  });

  it("shows the conversation without the secret", async () => {
    const { stderr } = await letterwright([
      "send",
      ...login(),
      ...to("b@example.org"),
      "--verbose",
    ]);
    expect(stderr).toContain("C: AUTH PLAIN ***");
    expect(stderr).toContain("S: 235");
    expect(stderr).not.toContain(Buffer.from("\0ana\0s3cret!").toString("base64"));
  });

  it("connects to nothing in a dry run", async () => {
    const { status, stdout, stderr } = await letterwright([
      "send",
      "--server",
      "nowhere.invalid",
      "--dry-run",
      ...to("b@example.org"),
      "--bcc",
      "c@example.org",
      "-b",
      "Hi",
    ]);
    expect(status).toBe(0);
    expect(stderr).toContain("nowhere.invalid:465 (TLS implicit)");
    expect(stderr).toContain("b@example.org, c@example.org");
    expect(stdout).toMatch(
      /^From: ana@example\.com\r\nTo: b@example\.org\r\n[\s\S]*\r\n\r\nHi\r\n$/,
    );
  });

  it("reports a partial delivery as one, with status 10", async () => {
    const run = await letterwright([
      "send",
      ...login(),
      ...to("yes@example.org", "no@example.org"),
    ]);
    expectFailure(run, "DELIVERY_PARTIAL", 10);
    expect(run.stderr).toMatch(/accepted yes@example\.org {3}250/);
    expect(run.stderr).toMatch(/refused {2}no@example\.org {3}550 5\.1\.1/);
  });
});

describe("the mistakes of a beginner", () => {
  const rows: readonly [
    title: string,
    args: () => readonly string[],
    code: string,
    exit: number,
    says: RegExp,
  ][] = [
    [
      "a wrong host",
      () => ["--server", "nowhere.invalid", ...to("b@example.org")],
      "SMTP_HOST_NOT_FOUND",
      68,
      /spelling/,
    ],
    [
      "a wrong port",
      () => ["--server", "127.0.0.1:1", "--tls", "none", ...to("b@example.org")],
      "SMTP_CONNECTION_REFUSED",
      69,
      /465 and 587/,
    ],
    [
      "TLS to a plaintext port",
      () => [...server(starttls, "implicit"), ...to("b@example.org")],
      "TLS_PLAINTEXT_ON_PORT",
      76,
      /--tls starttls/,
    ],
    [
      "plain text to a TLS port",
      () => [
        "--server",
        `127.0.0.1:${implicit.port}`,
        "--tls",
        "starttls",
        "--timeout",
        "1",
        ...to("b@example.org"),
      ],
      "SMTP_TIMEOUT",
      74,
      /--tls implicit/,
    ],
    [
      "an untrusted certificate",
      () => [...server(implicit, "implicit"), ...to("b@example.org")],
      "TLS_UNTRUSTED_ISSUER",
      69,
      /--tls-ca/,
    ],
    [
      "a refused login",
      () => [
        ...server(implicit, "implicit"),
        "--tls-ca",
        ca,
        "--user",
        "ana",
        "--password-file",
        file("wrong", "nope"),
        ...to("b@example.org"),
      ],
      "SMTP_AUTH_REFUSED",
      77,
      /app password/,
    ],
    [
      "a refused recipient",
      () => [...login(), ...to("no@example.org")],
      "DELIVERY_REFUSED",
      65,
      /550 5\.1\.1/,
    ],
    [
      "an unreadable file",
      () => [...login(), ...to("b@example.org"), "-a", join(folder, "none.pdf")],
      "FILE_UNREADABLE",
      66,
      /none\.pdf/,
    ],
    [
      "an unreadable text",
      () => [...login(), ...to("b@example.org"), "-b", "@none.txt"],
      "FILE_UNREADABLE",
      66,
      /none\.txt/,
    ],
    [
      "an unreadable authority",
      () => [...server(implicit, "implicit"), "--tls-ca", "none.pem", ...to("b@example.org")],
      "TLS_CA_UNREADABLE",
      66,
      /none\.pem/,
    ],
    [
      "a malformed address",
      () => [...login(), ...to("jane at example.org")],
      "ADDRESS_SYNTAX",
      64,
      /\n {2}jane at example\.org\n {2}\s*\^\n/,
    ],
    [
      "a name with a comma",
      () => [...login(), ...to("Doe, Jane <jane@example.org>")],
      "ADDRESS_SYNTAX",
      64,
      /\n {5}\^\n/,
    ],
    [
      "a password among the arguments",
      () => [
        ...server(implicit, "implicit"),
        "--user",
        "ana",
        "--password",
        "s3cret!",
        ...to("b@example.org"),
      ],
      "CLI_PASSWORD_IN_ARGUMENTS",
      64,
      /--password-file/,
    ],
    [
      "a password without TLS",
      () => ["--server", "127.0.0.1:25", "--tls", "none", "--user", "ana", ...to("b@example.org")],
      "CLI_PASSWORD_UNENCRYPTED",
      64,
      /starttls/,
    ],
    [
      "a password that may go without TLS",
      () => [
        "--server",
        "127.0.0.1:25",
        "--tls",
        "opportunistic",
        "--user",
        "ana",
        ...to("b@example.org"),
      ],
      "CLI_PASSWORD_UNENCRYPTED",
      64,
      /starttls/,
    ],
    [
      "no password and no terminal",
      () => [...server(implicit, "implicit"), "--user", "ana", ...to("b@example.org")],
      "CLI_PASSWORD_MISSING",
      64,
      /--password-command/,
    ],
    [
      "a password command that fails",
      () => [
        ...server(implicit, "implicit"),
        "--user",
        "ana",
        "--password-command",
        "echo s3cret!; exit 1",
        ...to("b@example.org"),
      ],
      "CLI_PASSWORD_COMMAND_FAILED",
      64,
      /by itself/,
    ],
    [
      "a port that says nothing about TLS",
      () => ["--server", "127.0.0.1:2525", ...to("b@example.org")],
      "SMTP_TLS_MODE_MISSING",
      78,
      /--tls implicit/,
    ],
    ["no server", () => to("b@example.org"), "CLI_SERVER_MISSING", 64, /--server/],
    [
      "a server that is none",
      () => ["--server", "https://example.com", ...to("b@example.org")],
      "CLI_SERVER_INVALID",
      64,
      /example\.com:587/,
    ],
    [
      "no author",
      () => ["--server", "example.com", "-t", "b@example.org"],
      "CLI_FROM_MISSING",
      64,
      /--from/,
    ],
    [
      "nobody to send to",
      () => ["--server", "example.com", "-f", "a@example.com"],
      "ENVELOPE_RECIPIENTS_MISSING",
      64,
      /to, cc or bcc/,
    ],
    [
      "a line break in the subject",
      () => ["--server", "example.com", ...to("b@example.org"), "-s", "a\nBcc: c@example.org"],
      "FIELD_CONTROL_CHARACTER",
      64,
      /U\+000A/,
    ],
    [
      "a header that is none",
      () => ["--server", "example.com", ...to("b@example.org"), "--header", "X"],
      "CLI_HEADER_INVALID",
      64,
      /Name: text/,
    ],
    [
      "a broken cid",
      () => [
        "--server",
        "example.com",
        ...to("b@example.org"),
        "--html",
        '<img src="cid:none.png">',
      ],
      "MESSAGE_INLINE_MISSING",
      64,
      /none\.png/,
    ],
  ];
  it.each(rows)("%s", async (_title, args, code, exit, says) => {
    const run = await letterwright(["send", ...args()], { cwd: folder });
    expectFailure(run, code, exit);
    expect(run.stderr).toMatch(says);
  });

  it.each([
    [["sned"], "send"],
    [["send", "--sever", "x"], "--server"],
  ])("%j is answered with what was meant", async (args, meant) => {
    const { status, stderr } = await letterwright(args);
    expect(status).toBe(64);
    expect(stderr).toContain(`Did you mean ${meant}?`);
  });
});

describe("letterwright compose", () => {
  it("writes the message to standard output, without Bcc", async () => {
    const { status, stdout, stderr } = await letterwright([
      "compose",
      ...to("b@example.org"),
      "--bcc",
      "c@example.org",
      "-s",
      "Hi",
      "-b",
      "Hello",
    ]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^From: ana@example\.com\r\nTo: b@example\.org\r\nSubject: Hi\r\n/);
    expect(stdout).not.toContain("c@example.org");
  });
  it("starts its help with examples", async () => {
    const { stdout } = await letterwright(["send", "--help"]);
    expect(stdout).toMatch(/^Examples:/);
  });
});

describe("letterwright catch", () => {
  it("announces itself, stores and prints arrivals, and stops after as many as asked for", async () => {
    const dir = join(folder, "caught");
    const probe = await catchMail({ tls: "none" });
    const { port } = probe;
    await probe.close();
    const running = letterwright([
      "catch",
      "--dir",
      dir,
      "--port",
      String(port),
      "--until",
      "1",
      "--json",
    ]);
    await listening(port);
    const sent = await letterwright([
      "send",
      "--server",
      `127.0.0.1:${port}`,
      "--tls",
      "starttls",
      "--tls-ca",
      join(dir, "letterwright-catch-ca.pem"),
      ...to("b@example.org"),
      "-s",
      "caught",
    ]);
    expect([sent.status, sent.stderr]).toEqual([0, ""]);
    const { status, stdout } = await running;
    expect(status).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ event: "listening", port });
    expect(events[1]).toMatchObject({
      event: "message",
      subject: "caught",
      session: { isEncrypted: true },
    });
  });
});

/** Resolves when something listens there. */
async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.once("data", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on ${port}`);
}
