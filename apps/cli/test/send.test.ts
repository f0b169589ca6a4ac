import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchMail, type MailCatcher } from "@letterwright/receiver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executable, letterwright } from "./command.ts";
import { scriptedServer } from "./scripted-server.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-send-"));
const caFile = join(folder, "ca.pem");
const passwordFile = join(folder, "password");
const picture = Uint8Array.from({ length: 3000 }, (_, index) => index % 256);
const secret = "corréct hörse";
let inbox: MailCatcher;
let server: readonly string[];

beforeAll(async () => {
  inbox = await catchMail({
    auth: { user: "ana", password: secret },
    requireAuth: true,
    refuse: ["zed@example.org", "yan@example.org"],
  });
  writeFileSync(caFile, inbox.ca);
  writeFileSync(passwordFile, `${secret}\n`);
  writeFileSync(join(folder, "logo.png"), picture);
  writeFileSync(join(folder, "Übersicht.pdf"), picture.toReversed());
  writeFileSync(join(folder, "text.txt"), "Liebe Zoë,\n\n.dot and €\n");
  const address = `${inbox.host}:${inbox.port}`;
  server = ["--server", address, "--tls", "implicit", "--tls-ca", caFile, "--user", "ana"];
});
afterAll(async () => {
  await inbox.close();
  rmSync(folder, { recursive: true });
});

const login = ["--password-file", passwordFile];
const simple = ["-f", "ana@example.com", "-t", "bob@example.org", "-s", "Hi", "-b", "Hello"];

describe("send", () => {
  it("carries text, HTML, an inline picture, an attachment and any language", async () => {
    const { status, stdout, stderr } = await letterwright(
      [
        ["send", ...server, ...login],
        ["--from", "Änne Œuvre <ana@example.com>"],
        ["--to", 'bob@example.org, "Doe, Jane" <jane@example.org>', "--to", "zoe@example.org"],
        ["--cc", "Zoë <zoe@example.net>", "--bcc", "eve@example.net"],
        ["--reply-to", "desk@example.com", "--subject", "Grüße 漢字 🙂"],
        ["--text", "@text.txt", "--html", "-", "--inline", "logo.png"],
        ["--attach", "Übersicht.pdf", "--header", "X-Campaign: früh: ling"],
      ].flat(),
      { cwd: folder, input: '<p>Grüße</p><img src="cid:logo.png">' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const mail = await inbox.waitFor({ subject: "Grüße 漢字 🙂" });
    expect(mail.envelope.recipients).toEqual([
      "bob@example.org",
      "jane@example.org",
      "zoe@example.org",
      "zoe@example.net",
      "eve@example.net",
    ]);
    expect(mail.text).toBe("Liebe Zoë,\n\n.dot and €\n");
    const raw = Buffer.from(mail.bytes).toString("latin1");
    expect(raw).not.toContain("eve@example.net");
    expect(raw).toMatch(/^Content-ID: <[^>]+>/m);
    expect(raw).toContain("X-Campaign:");
    expect(raw).not.toContain("cid:logo.png");
    const contents = mail.attachments.map(({ name, content }) => [name, Buffer.from(content)]);
    expect(contents).toContainEqual(["Übersicht.pdf", Buffer.from(picture.toReversed())]);
    expect(contents).toContainEqual(["logo.png", Buffer.from(picture)]);

    expect(stdout).toContain(`Accepted by ${inbox.host}:${inbox.port} (accepted, not yet deliver`);
    for (const address of mail.envelope.recipients) {
      expect(stdout).toMatch(new RegExp(`accepted +${address} +250`));
    }
    expect(stdout).toContain(`queued as ${mail.id}`);
    expect(stdout).toMatch(/TLSv1\.3, .*certificate verified for 127\.0\.0\.1/);
  });

  it("takes the first line that a command prints as the password", async () => {
    const command = `printf '%s\\n%s\\n' '${secret}' 'user: ana'`;
    const run = await letterwright(["send", ...server, "--password-command", command, ...simple]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
  });

  it("reads the text from standard input", async () => {
    const args = ["-f", "ana@example.com", "-t", "bob@example.org", "-s", "piped", "-b", "-"];
    const { status } = await letterwright(["send", ...server, ...login, ...args], {
      input: "one\ntwo\n",
    });
    expect(status).toBe(0);
    expect((await inbox.waitFor({ subject: "piped" })).text).toBe("one\ntwo\n");
  });

  it("works through a symbolic link", async () => {
    const path = join(folder, "lw");
    symlinkSync(executable, path);
    const run = await letterwright(["send", ...server, ...login, ...simple], { path });
    expect(run.status).toBe(0);
  });

  it("trusts nobody, and writes no secret down, because the environment says so", async () => {
    const keyLog = join(folder, "keys.log");
    const address = `${inbox.host}:${inbox.port}`;
    const run = await letterwright(
      ["send", "--server", address, "--tls", "implicit", "--user", "ana", ...login, ...simple],
      {
        env: {
          NODE_EXTRA_CA_CERTS: caFile,
          NODE_TLS_REJECT_UNAUTHORIZED: "0",
          SSLKEYLOGFILE: keyLog,
        },
      },
    );
    expect(run.stderr).toContain("TLS_UNTRUSTED_ISSUER");
    expect(run.status).not.toBe(0);
    expect(existsSync(keyLog)).toBe(false);
  });

  it("says nothing with --quiet", async () => {
    const run = await letterwright(["send", ...server, ...login, ...simple, "--quiet"]);
    expect(run).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("prints one versioned object with --json", async () => {
    const run = await letterwright(["send", ...server, ...login, ...simple, "--json"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: "letterwright.send/1",
      outcome: "accepted",
      exitStatus: 0,
      accepted: [{ address: "bob@example.org", reply: { code: 250 } }],
      refused: [],
      acceptedBy: `${inbox.host}:${inbox.port}`,
      protection: { kind: "tls", protocol: "TLSv1.3", verifiedName: "127.0.0.1" },
      messageId: expect.stringMatching(/^<.+@example\.com>$/),
    });
  });

  it("prints the conversation with --verbose, and stars for the secret", async () => {
    const run = await letterwright(["send", ...server, ...login, ...simple, "--verbose"]);
    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(/^S: 220 /m);
    expect(run.stderr).toMatch(/^C: AUTH PLAIN \*\*\*$/m);
    expect(run.stderr).toMatch(/^C: RCPT TO:<bob@example\.org>$/m);
    const inBase64 = Buffer.from(`\0ana\0${secret}`).toString("base64");
    for (const text of [secret, inBase64, Buffer.from(secret).toString("base64")]) {
      expect(run.stderr + run.stdout).not.toContain(text);
    }
  });

  it("says of each recipient what became of it, and exits 10, when some are refused", async () => {
    const to = ["-t", "bob@example.org,zed@example.org"];
    const args = ["send", ...server, ...login, "-f", "ana@example.com", ...to, "-s", "part"];
    const run = await letterwright(args);
    expect(run).toMatchObject({ status: 10, stdout: "" });
    expect(run.stderr).toMatch(/^Partly sent: /);
    expect(run.stderr).toMatch(/accepted +bob@example\.org +250/);
    expect(run.stderr).toMatch(/refused +zed@example\.org +550 5\.1\.1/);
    expect(run.stderr).toContain("DELIVERY_PARTIAL [exit 10]");
    expect((await inbox.waitFor({ subject: "part" })).envelope.recipients).toEqual([
      "bob@example.org",
    ]);

    const json: unknown = JSON.parse((await letterwright([...args, "--json"])).stdout);
    expect(json).toMatchObject({
      outcome: "partial",
      exitStatus: 10,
      accepted: [{ address: "bob@example.org" }],
      refused: [{ address: "zed@example.org", retry: "no", reply: { code: 550 } }],
      error: { code: "DELIVERY_PARTIAL" },
    });
  });

  it("exits 65 when every recipient is refused for good", async () => {
    const to = ["-t", "yan@example.org", "--cc", "zed@example.org"];
    const run = await letterwright(["send", ...server, ...login, "-f", "ana@example.com", ...to]);
    expect(run).toMatchObject({ status: 65, stdout: "" });
    expect(run.stderr).toMatch(/refused +yan@example\.org +550/);
    expect(run.stderr).toMatch(/refused +zed@example\.org +550/);
  });

  it("exits 75 when a refusal is for now only", async () => {
    await using greylist = await scriptedServer((line) =>
      line.startsWith("RCPT") ? "450 4.2.0 greylisted" : "",
    );
    const run = await letterwright(["send", "--server", greylist.address, "--tls=none", ...simple]);
    expect(run.status).toBe(75);
    expect(run.stderr).toContain("greylisted");
    expect(run.stderr).toContain("Trying again later is safe");
  });

  it("exits 74, and does not call it safe, when nobody knows (RFC 1047)", async () => {
    await using cutter = await scriptedServer((line) => (line === "." ? "cut" : ""));
    const run = await letterwright(["send", "--server", cutter.address, "--tls=none", ...simple]);
    expect(run.status).toBe(74);
    expect(run.stderr).toMatch(/^Perhaps sent: /);
    expect(run.stderr).toContain("it may arrive twice");
  });

  it("shows control characters of a server as escapes", async () => {
    await using rude = await scriptedServer((line) => {
      if (line.startsWith("RCPT")) return "550 \u001b]0;pwned\u0007 gone";
      return line === "(connected)" ? "220 \u001b[31mred" : "";
    });
    const args = ["send", "--server", rude.address, "--tls=none", ...simple, "--verbose"];
    const { status, stdout, stderr } = await letterwright(args);
    expect(status).toBe(65);
    expect(stderr).toContain("\\u001b]0;pwned\\u0007 gone");
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/); // eslint-disable-line no-control-regex
  });

  it("exits 130 when it is interrupted, and the server has nothing", async () => {
    await using silent = await scriptedServer((line) => (line.startsWith("MAIL") ? "silence" : ""));
    const args = ["send", "--server", silent.address, "--tls=none", ...simple, "--verbose"];
    const run = await letterwright(args, {
      watch: (child) =>
        child.stderr.on("data", (text: string) => {
          if (text.includes("MAIL FROM")) child.kill("SIGINT");
        }),
    });
    expect(run.status).toBe(130);
    expect(run.stderr).toContain("Interrupted: the server has not taken the message.");
  });
});

describe("send to many", () => {
  const many = (count: number): readonly string[] => [
    "--to",
    Array.from({ length: count }, (_, index) => `r${index}@example.org`).join(","),
  ];
  const from = ["-f", "ana@example.com", "-s", "many", "-b", "Hello"];

  it("wants a word for more than 20 recipients, and sends nothing without it", async () => {
    await using server = await scriptedServer(() => "");
    const args = ["send", "--server", server.address, "--tls=none", ...from];
    const refused = await letterwright([...args, ...many(21)]);
    expect(refused).toMatchObject({ status: 130, stdout: "" });
    expect(refused.stderr).toContain("21 recipients");
    expect(refused.stderr).toContain("--yes");
    expect(server.lines).toEqual([]);
    expect((await letterwright([...args, ...many(21), "--yes"])).status).toBe(0);
    expect((await letterwright([...args, ...many(20)])).status).toBe(0);
    expect((await letterwright([...args, ...many(21), "--dry-run"])).status).toBe(0);
  });
});

describe("send --dry-run", () => {
  it("says what is known of a provider, and as of when", async () => {
    const run = await letterwright(
      ["send", "--server", "gmail", "--dry-run", "-f", "ana@gmail.com"].concat([
        "-t",
        "bob@example.org",
      ]),
    );
    expect(run.status).toBe(0);
    expect(run.stderr).toContain("smtp.gmail.com port 465, TLS implicit");
    expect(run.stderr).toMatch(/provider {2}Gmail, as known on 20[0-9-]+: .*app password/);
    expect(run.stderr).toContain("login     as ana@gmail.com");
  });

  const plan = ["send", "--server", "smtp.example.com", "--user", "ana", "--dry-run"];
  const mail = ["-f", "Ana <ana@example.com>", "-t", "bob@example.org", "--bcc", "eve@example.net"];

  it("prints the message to standard output and the plan to the other, and asks nobody", async () => {
    const run = await letterwright([...plan, ...mail, "-s", "Hi", "-b", "a\nb"]);
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^From: Ana <ana@example\.com>\r\nTo: bob@example\.org\r\n/);
    expect(run.stdout).toMatch(/\r\n\r\na\r\nb\r\n$/);
    expect(run.stdout.replaceAll("\r\n", "")).not.toContain("\n");
    expect(run.stdout).not.toContain("eve@example.net");
    expect(run.stderr).toContain("smtp.example.com port 465, TLS implicit");
    expect(run.stderr).toContain("<eve@example.net>");
    expect(run.stderr).toContain("login     as ana");
  });

  it("puts both into one object with --json", async () => {
    const run = await letterwright([...plan, ...mail, "--json"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const { messageBase64, ...rest } = JSON.parse(run.stdout) as { messageBase64: string };
    expect(Buffer.from(messageBase64, "base64").toString()).toMatch(/^From: Ana /);
    expect(rest).toEqual({
      schema: "letterwright.send/1",
      outcome: "planned",
      exitStatus: 0,
      server: { host: "smtp.example.com", port: 465, tls: "implicit", user: "ana" },
      envelope: {
        from: "ana@example.com",
        recipients: ["bob@example.org", "eve@example.net"],
      },
    });
  });
});
