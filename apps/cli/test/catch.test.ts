import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { letterwright, type Outcome } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright catch "));
afterAll(() => rmSync(folder, { recursive: true }));

const mail = ["-f", "ana@example.com", "-t", "bob@example.org", "-s", "Hi", "-b", "x"];

interface Listening {
  readonly port: number;
  readonly caFile?: string;
}

/** Starts `catch --json`, tells where it listens, and gives its outcome. */
async function catching(
  args: readonly string[],
  use: (listening: Listening, kill: (signal: NodeJS.Signals) => void) => Promise<void>,
): Promise<{ readonly outcome: Outcome; readonly events: readonly Record<string, unknown>[] }> {
  let used: Promise<void> | undefined;
  const outcome = await letterwright(["catch", "--json", ...args], {
    watch: (child) =>
      child.stdout.once("data", (line: string) => {
        used = use(JSON.parse(line) as Listening, (signal) => child.kill(signal));
        // A failed expectation is told below; the server has to end all the same.
        used.catch(() => child.kill("SIGTERM"));
      }),
  });
  await used;
  const events = outcome.stdout.trimEnd().split("\n");
  return { outcome, events: events.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("catch", () => {
  it("stores what `send` delivers over verified TLS, and tells it a line each", async () => {
    const dir = join(folder, "stored");
    const { outcome, events } = await catching(["--dir", dir, "--until", "2"], async (box) => {
      expect(box.caFile).toBe(join(dir, "letterwright-catch-ca.pem"));
      expect(readFileSync(box.caFile ?? "", "utf8")).toContain("BEGIN CERTIFICATE");
      const server = ["--server", `127.0.0.1:${box.port}`, "--tls", "starttls"];
      const trust = ["--tls-ca", box.caFile ?? ""];
      const password = join(folder, "any");
      writeFileSync(password, "any password will do\n");
      const login = ["--user", "ana", "--password-file", password];
      for (const more of [login, []]) {
        const sent = await letterwright(["send", ...server, ...trust, ...more, ...mail]);
        expect(sent).toMatchObject({ status: 0, stderr: "" });
      }
    });
    expect(outcome).toMatchObject({ status: 0, stderr: "" });
    expect(events).toMatchObject([
      { schema: "letterwright.catch/1", event: "listening", host: "127.0.0.1", tls: "starttls" },
      {
        schema: "letterwright.catch/1",
        event: "message",
        subject: "Hi",
        envelope: { reversePath: "ana@example.com", recipients: ["bob@example.org"] },
        session: { isEncrypted: true, user: "ana" },
      },
      { event: "message", session: { isEncrypted: true } },
    ]);
    const stored = readdirSync(dir).filter((name) => name.endsWith(".eml"));
    expect(stored).toHaveLength(2);
    const bytes = readFileSync(String(events[1]?.["path"]));
    expect(bytes).toHaveLength(Number(events[1]?.["byteLength"]));
    expect(bytes.toString()).toMatch(/^From: ana@example\.com\r\n/);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("closes and exits 0 on %s", async (signal) => {
    const { outcome } = await catching(["--dir", join(folder, signal)], async (_, kill) => {
      kill(signal);
    });
    expect(outcome).toMatchObject({ status: 0, stderr: "" });
  });

  it("takes mail without TLS too, since STARTTLS is offered and not demanded", async () => {
    const args = ["--dir", join(folder, "plain"), "--until", "1"];
    const { events } = await catching(args, async ({ port }) => {
      const sent = await letterwright([
        "send",
        "--server",
        `127.0.0.1:${port}`,
        "--tls=none",
        ...mail,
      ]);
      expect(sent.status).toBe(0);
      expect(sent.stdout).toContain("NOT encrypted");
    });
    expect(events[1]).toMatchObject({ session: { isEncrypted: false } });
  });

  it("lets in whom it is told to, and nobody else", async () => {
    const right = join(folder, "right");
    const wrong = join(folder, "wrong");
    writeFileSync(right, "s3same\n");
    writeFileSync(wrong, "s3sam\n");
    const dir = join(folder, "guarded");
    const args = ["--dir", dir, "--tls=implicit", "--user", "ana", "--password-file", right];
    const { outcome } = await catching([...args, "--until", "1"], async ({ port, caFile }) => {
      const server = [
        "send",
        "--server",
        `127.0.0.1:${port}`,
        "--tls=implicit",
        "--tls-ca",
        caFile ?? "",
        ...mail,
      ];
      const login = [...server, "--user", "ana", "--password-file"];
      expect(await letterwright([...login, wrong])).toMatchObject({ status: 77 });
      expect((await letterwright(server)).status).not.toBe(0);
      expect(await letterwright([...login, right])).toMatchObject({ status: 0 });
    });
    expect(outcome.status).toBe(0);
    expect(readdirSync(dir).filter((name) => name.endsWith(".eml"))).toHaveLength(1);
  });

  it("tells a person the address, the authority, a line to try, and each arrival on one safe line", async () => {
    const dir = join(folder, "for people");
    let sent: Promise<Outcome> | undefined;
    const run = await letterwright(["catch", "--dir", dir, "--until", "1"], {
      watch: (child) =>
        child.stdout.once("data", (text: string) => {
          const [, line = ""] = /^ {2}try {2,}letterwright (.*)$/m.exec(text) ?? [];
          // As a POSIX shell would read it.
          const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
            ([, quoted, plain]) => quoted ?? plain ?? "",
          );
          sent = letterwright([...words, "-s", "Grüße"]);
          sent.then(
            ({ status }) => status !== 0 && child.kill(),
            () => child.kill(),
          );
        }),
    });
    expect(await sent).toMatchObject({ status: 0, stderr: "" });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /^Catching mail on 127\.0\.0\.1:\d+ \(TLS starttls\); nothing is delivered\.$/m,
    );
    expect(run.stdout).toContain(join(dir, "letterwright-catch-ca.pem"));
    expect(run.stdout).toMatch(
      /^#1 {2}a@example\.com -> b@example\.org {2}"Grüße" {2}\d+ bytes {2}.*\.eml$/m,
    );
  });

  const refusals: readonly [
    title: string,
    args: readonly string[],
    status: number,
    code: string,
  ][] = [
    ["no folder", [], 64, "CLI_DIR_MISSING"],
    [
      "an address that others can reach",
      ["--dir", "d", "--host", "0.0.0.0"],
      64,
      "RECEIVER_HOST_NOT_LOOPBACK",
    ],
    ["a port that is none", ["--dir", "d", "--port", "smtp"], 64, "CLI_NUMBER_INVALID"],
    ["an unknown mode", ["--dir", "d", "--tls", "opportunistic"], 64, "CLI_TLS_INVALID"],
    ["half a login", ["--dir", "d", "--user", "ana"], 64, "CLI_LOGIN_INCOMPLETE"],
    [
      "a password among the arguments",
      ["--dir", "d", "--password", "x"],
      64,
      "CLI_PASSWORD_IN_ARGUMENTS",
    ],
    ["a folder that is a file", ["--dir", "f"], 78, "STORE_UNWRITABLE"],
  ];
  it.each(refusals)("refuses %s", async (_, args, status, code) => {
    writeFileSync(join(folder, "f"), "");
    const run = await letterwright(["catch", ...args], { cwd: folder });
    expect(run).toMatchObject({ status, stdout: "" });
    expect(run.stderr).toContain(`${code} [exit ${status}]`);
    expect(existsSync(join(folder, "d"))).toBe(false);
  });
});
