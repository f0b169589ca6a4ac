import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultVariants, startFault, type RunningFault } from "@letterwright/receiver/faults";
import { afterAll, describe, expect, it } from "vitest";
import { letterwright } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright doctor "));
afterAll(() => rmSync(folder, { recursive: true }));

async function fault(name: string): Promise<RunningFault> {
  const found = faultVariants.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return startFault(found);
}

describe("doctor", () => {
  it("says without a network that an MX is no submission server, and what to use", async () => {
    const seed = ["--server", "smtp.google.com:465", "--user", "me@gmail.com", "--offline"];
    const { status, stdout, stderr } = await letterwright(["doctor", ...seed]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(stdout).toMatch(/Why .*receives mail.*\n?.*\[certain\]/s);
    expect(stdout).toContain("Use smtp.gmail.com, port 465 or 587 with STARTTLS.");
    expect(stdout).toMatch(/app password.*OAuth2/is);
    expect(stdout).toContain(
      "Try     letterwright doctor --server smtp.gmail.com --user me@gmail.com\n",
    );
  });
  it("shows the evidence first, then why, what to do, what to try", async () => {
    await using server = await fault("tls.implicit-on-starttls-port/exim");
    const address = `127.0.0.1:${server.port}`;
    const { status, stdout } = await letterwright([
      "doctor",
      "--server",
      address,
      "--tls",
      "implicit",
    ]);
    expect(status).toBe(1);
    const at = ["settings", "connect", "probe", "Why ", "Do ", "Try "].map((word) =>
      stdout.indexOf(word),
    );
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at[0]).toBeGreaterThan(0);
    // The command that it names is one that can be given.
    const command = /^Try {5}letterwright (.*)$/m.exec(stdout)?.[1] ?? "";
    expect(command).toBe(`doctor --server ${address} --tls starttls`);
  });
  it("finds nothing wrong with a server that is well, and exits 0", async () => {
    await using server = await fault("rcpt.unknown-user/exim");
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, server.ca);
    const args = ["--server", `127.0.0.1:${server.port}`, "--tls", "none"];
    expect(await letterwright(["doctor", ...args])).toMatchObject({ status: 0, stderr: "" });
    const asked = await letterwright(["doctor", ...args, "--to", "bob@example.org", "--json"]);
    expect(asked.status).toBe(1);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      schema: "letterwright.doctor/1",
      exitStatus: 1,
      verdict: { id: "rcpt.unknown-user", asOf: "2026-11-23" },
    });
  });
  it("explains what a program printed, and names settings that were not loaded, not their values", async () => {
    writeFileSync(
      join(folder, ".env"),
      "SMTP_HOST=smtp.example.com\nexport SMTP_PASSWORD=hunter2\nOTHER=1\n",
    );
    const input = "Error: connect ECONNREFUSED 127.0.0.1:587\n    at TCPConnectWrap.afterConnect\n";
    const { status, stdout } = await letterwright(["doctor"], { input, cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toContain("I see   Error: connect ECONNREFUSED 127.0.0.1:587\n");
    expect(stdout).toContain(
      ".env in this folder has SMTP_HOST, SMTP_PASSWORD, and it was not loaded here",
    );
    expect(stdout).not.toContain("hunter2");
    expect(stdout).toContain("config.host-unset");
  });
  it("reads a bounce", async () => {
    const bounce = join(folder, "bounce.eml");
    writeFileSync(
      bounce,
      "Content-Type: multipart/report\r\n\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 Over quota\r\n",
    );
    const { status, stdout } = await letterwright(["doctor", "--bounce", bounce]);
    expect(status).toBe(1);
    expect(stdout).toContain("rcpt.mailbox-full");
  });
  it("masks addresses in what is for others", async () => {
    const args = [
      "doctor",
      "--server",
      "smtp.google.com",
      "--user",
      "ana.ruiz@gmail.com",
      "--offline",
      "--share",
    ];
    for (const more of [[], ["--json"]]) {
      const { stdout } = await letterwright([...args, ...more]);
      expect(stdout).not.toContain("ana.ruiz");
      expect(stdout).toContain("***@gmail.com");
    }
  });
  it("never shows the password, whatever becomes of it", async () => {
    await using server = await fault("auth.generic-535/exim");
    const password = join(folder, "password");
    writeFileSync(password, "hunter2hunter2\n");
    const ca = join(folder, "lab.pem");
    writeFileSync(ca, server.ca);
    const login = ["--user", "ana", "--login", "--password-file", password, "--tls-ca", ca];
    const outcome = await letterwright([
      "doctor",
      "--server",
      `127.0.0.1:${server.port}`,
      ...login,
    ]);
    expect(outcome.stdout).toContain("14 characters");
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
  });
  it.each([
    [["doctor"], "CLI_NOTHING_TO_DIAGNOSE"],
    [["explain"], "CLI_NOTHING_TO_EXPLAIN"],
    [["doctor", "--server", "a.example", "--login"], "CLI_USER_MISSING"],
    [["doctor", "--server", "a.example", "--tls", "yes"], "CLI_TLS_INVALID"],
    [["catch"], "CLI_DIR_MISSING"],
    [["catch", "--fail", "moon"], "CLI_FAULT_UNKNOWN"],
    [["catch", "--fail", "post.bounce"], "CLI_FAULT_UNKNOWN"],
  ])("%j is %s", async (args, code) => {
    const { status, stderr } = await letterwright(args);
    expect(status).toBe(64);
    expect(stderr).toContain(code);
  });
});

describe("explain", () => {
  it("says what a code means", async () => {
    const { status, stdout } = await letterwright(["explain", "550 5.7.26"]);
    expect(status).toBe(0);
    expect(stdout).toContain("data.unauthenticated-sender");
  });
  it("says the same as data", async () => {
    const { stdout } = await letterwright(["explain", "--json", "535", "5.7.139"]);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "letterwright.explain/1",
      candidates: expect.arrayContaining([expect.objectContaining({ id: "auth.m365-policy" })]),
    });
  });
  it("admits what it does not know, and exits 1", async () => {
    const { status, stdout } = await letterwright(["explain", "the moon is made of cheese"]);
    expect(status).toBe(1);
    expect(stdout).toContain("do not recognise");
  });
});

describe("catch --fail", () => {
  it("fails on purpose, and the doctor sees it", async () => {
    const run: { seen?: Promise<{ readonly status: number | null; readonly stdout: string }> } = {};
    const { status, stdout } = await letterwright(
      ["catch", "--fail", "rcpt.greylisted/exim", "--json"],
      {
        watch: (child) =>
          child.stdout.once("data", (line: string) => {
            const { port } = JSON.parse(line) as { readonly port: number };
            const args = [
              "--server",
              `127.0.0.1:${port}`,
              "--tls",
              "none",
              "--to",
              "bob@example.org",
              "--json",
            ];
            run.seen = letterwright(["doctor", ...args]).finally(() => child.kill("SIGTERM"));
          }),
      },
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      event: "failing",
      id: "rcpt.greylisted",
      client: { port: 25 },
    });
    const seen = await run.seen;
    expect(JSON.parse(seen?.stdout ?? "")).toMatchObject({ verdict: { id: "rcpt.greylisted" } });
  });
});
