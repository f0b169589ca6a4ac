/** What the command does at a terminal, a real one: Debian's Python gives it a pseudo-terminal and types. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { catchMail, type MailCatcher } from "@letterwright/receiver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executable } from "./command.ts";

/** Runs the arguments at a terminal; waits for each text in turn, and types the answer. Prints what was shown. */
const typist = `
import json, os, pty, select, sys, time
told = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(told["args"][0], told["args"])
shown = b""
steps = list(told["steps"])
deadline = time.time() + 30
while time.time() < deadline:
    if steps and steps[0][0].encode() in shown:
        _, answer = steps.pop(0)
        # One key at a time, as a person does.
        for key in answer:
            os.write(terminal, key.encode())
    ready, _, _ = select.select([terminal], [], [], 0.05)
    if not ready:
        continue
    try:
        more = os.read(terminal, 65536)
    except OSError:
        break
    if not more:
        break
    shown += more
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
print(json.dumps({"status": os.waitstatus_to_exitcode(status), "shown": shown.decode(), "left": len(steps)}))
`;

interface Shown {
  readonly status: number;
  readonly shown: string;
  /** Texts that never came. */
  readonly left: number;
}

async function atTerminal(
  args: readonly string[],
  steps: readonly (readonly [waitFor: string, type: string])[],
): Promise<Shown> {
  const told = JSON.stringify({ args: [process.execPath, executable, ...args], steps });
  const env = { ...process.env, TERM: "xterm" };
  const { stdout } = await promisify(execFile)("/usr/bin/python3", ["-c", typist, told], {
    env,
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout) as Shown;
}

const password = "corréct hörse";
const folder = mkdtempSync(join(tmpdir(), "letterwright-terminal-"));
let inbox: MailCatcher;
let server: readonly string[];
beforeAll(async () => {
  inbox = await catchMail({ auth: { user: "ana", password }, requireAuth: true });
  writeFileSync(join(folder, "ca.pem"), inbox.ca);
  writeFileSync(join(folder, "large.bin"), new Uint8Array(40_000_000));
  server = ["--server", `${inbox.host}:${inbox.port}`, "--tls=implicit", "--tls-ca"].concat(
    join(folder, "ca.pem"),
    ["--user", "ana"],
  );
});
afterAll(async () => {
  await inbox.close();
  rmSync(folder, { recursive: true });
});
const mail = ["-f", "ana@example.com", "-t", "bob@example.org", "-b", "Hello", "-s"];
const asked = "Password for ana: ";

describe("the question for a password", () => {
  it("shows nothing of what is typed, and logs in with it", async () => {
    const { status, shown, left } = await atTerminal(
      ["send", ...server, ...mail, "typed"],
      [[asked, `${password}\r`]],
    );
    expect({ status, left }).toEqual({ status: 0, left: 0 });
    expect((await inbox.waitFor({ subject: "typed" })).text).toBe("Hello\n");
    expect(shown).toContain("Accepted by");
    for (const piece of [password, "corr", "hörse", "*"]) expect(shown).not.toContain(piece);
  });
  it("takes back what is erased, and several keys at once", async () => {
    const erased = `wrong\u007f\u007f\u007f\u007f\u007f${password}x\b\n`;
    const { status } = await atTerminal(["send", ...server, ...mail, "erased"], [[asked, erased]]);
    expect(status).toBe(0);
  });
  it("explains a wrong one, without it", async () => {
    const { status, shown } = await atTerminal(
      ["send", ...server, ...mail, "wrong"],
      [[asked, "hunter2\r"]],
    );
    expect(status).toBe(77);
    expect(shown).toContain("SMTP_AUTH_REFUSED");
    expect(shown).not.toContain("hunter2");
  });
  it("ends with Ctrl-C, and is refused when nothing is typed", async () => {
    const interrupted = await atTerminal(
      ["send", ...server, ...mail, "no"],
      [[asked, "hunt\u0003"]],
    );
    expect(interrupted.status).toBe(130);
    expect(interrupted.shown).toContain("Interrupted");
    expect(interrupted.shown).not.toContain("hunt");
    const empty = await atTerminal(["send", ...server, ...mail, "no"], [[asked, "\r"]]);
    expect(empty.status).toBe(78);
    expect(empty.shown).toContain("CLI_PASSWORD_MISSING");
  });
});

describe("the question before a message goes to many", () => {
  const many = [
    "--cc",
    Array.from({ length: 25 }, (_, index) => `r${index}@example.org`).join(","),
  ];
  const question = "Send this to 26 recipients? [y/N] ";
  it("sends after yes, and then asks for the password", async () => {
    const { status, left } = await atTerminal(
      ["send", ...server, ...mail, "yes", ...many],
      [
        [question, "y\r"],
        [asked, `${password}\r`],
      ],
    );
    expect({ status, left }).toEqual({ status: 0, left: 0 });
    expect((await inbox.waitFor({ subject: "yes" })).envelope.recipients).toHaveLength(26);
  });
  it.each(["n\r", "\r", "yeah\r"])("sends nothing after %j", async (answer) => {
    const before = inbox.messages.length;
    const { status, shown } = await atTerminal(
      ["send", ...server, ...mail, "no", ...many],
      [[question, answer]],
    );
    expect(status).toBe(130);
    expect(shown).toContain("CLI_NOT_CONFIRMED");
    expect(inbox.messages.length).toBe(before);
  });
});

describe("progress", () => {
  const large = ["send", "--attach", join(folder, "large.bin")];
  it("shows on a line that is gone in the end", async () => {
    const { status, shown } = await atTerminal(
      [...large, ...server, ...mail, "large"],
      [[asked, `${password}\r`]],
    );
    expect(status).toBe(0);
    expect(shown).toMatch(/\r {2}[0-9]+ % {3}[0-9.]+ of 5[0-9]\.[0-9] MiB/);
    expect(shown.slice(shown.lastIndexOf("\u001b[K"))).toMatch(/^\u001b\[KAccepted by/); // eslint-disable-line no-control-regex
  });
  it("does not show with --quiet or --json", async () => {
    for (const flag of ["--quiet", "--json"]) {
      const { shown } = await atTerminal(
        [...large, ...server, ...mail, "quiet", flag],
        [[asked, `${password}\r`]],
      );
      expect(shown).not.toContain("MiB");
    }
  });
});

describe("show, at a terminal", () => {
  const mail = [
    "From: a@example.com",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "",
    "\u001b[2Jtext\u001b]0;title\u0007",
    "--b",
    "Content-Type: text/html",
    "",
    "<p>\u001b[31m</p>",
    "--b",
    "Content-Type: application/x-data; name=a.bin",
    "",
    "\u001b[31mx",
    "--b--",
    "",
  ].join("\n");
  const path = join(folder, "hostile.eml");
  beforeAll(() => writeFileSync(path, mail));

  it.each([
    ["the source", ["--raw"], "·[2Jtext·]0;title·"],
    ["the HTML", ["--part", "2", "--html"], "<p>·[31m</p>"],
    ["a text part", ["--part", "1"], "·[2Jtext·]0;title·"],
  ])("prints %s so that it drives nothing", async (_title, flags, expected) => {
    const { status, shown } = await atTerminal(["show", path, ...flags], []);
    expect(status).toBe(0);
    expect(shown).toContain(expected);
    expect(shown).not.toMatch(/(?![\r\n\t])\p{Cc}/u);
  });

  it("prints no content that is not for reading", async () => {
    const { status, shown } = await atTerminal(["show", path, "--part", "3"], []);
    expect(status).toBe(64);
    expect(shown).toContain("CLI_BINARY_TO_TERMINAL");
  });
});
