/**
 * The command and programs that are not ours: Python's smtplib delivers to `letterwright catch`, and
 * `letterwright send` delivers to Debian's Postfix, read back by Python's email.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postfixUser, startPostfix, type RunningPostfix } from "../src/postfix.ts";
import { hex, plainText } from "../src/reading.ts";

const executable = fileURLToPath(new URL("../../../apps/cli/dist/bin.js", import.meta.url));
// Debian's own: another one on the path may lack its modules.
const python = "/usr/bin/python3";
const folder = mkdtempSync(join(tmpdir(), "letterwright-peers-"));
const passwordFile = join(folder, "password");
writeFileSync(passwordFile, `${postfixUser.password}\n`);
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  command: string,
  args: readonly string[],
  input: string | Uint8Array = "",
): Promise<Outcome> {
  const running = promisify(execFile)(command, args, { timeout: 60_000 });
  running.child.stdin?.end(input);
  try {
    return { status: 0, ...(await running) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

/** Sends what it is told as JSON on standard input; prints the bytes that it sent as hexadecimal digits. */
const smtplib = `
import email.message, email.policy, json, smtplib, ssl, sys
told = json.load(sys.stdin)
context = ssl.create_default_context(cafile=told["caFile"]) if told["caFile"] else None
if told["tls"] == "implicit":
    server = smtplib.SMTP_SSL("127.0.0.1", told["port"], context=context)
else:
    server = smtplib.SMTP("127.0.0.1", told["port"])
    if told["tls"] == "starttls":
        server.starttls(context=context)
if told["password"]:
    server.login("ana", told["password"])
mail = email.message.EmailMessage(policy=email.policy.SMTP)
mail["From"] = "Ana Größe <ana@example.com>"
mail["To"] = "bob@example.org, Çelik <cem@example.org>"
mail["Subject"] = "Grüße und ein langer Betreff, der " + "immer weiter geht, " * 12
mail.set_content("Hellö\\n.\\n..two dots\\n\\nlast line without dot\\n", cte="8bit")
mail.add_alternative("<p>Hellö</p>", subtype="html")
mail.add_attachment(bytes(range(256)) * 40, maintype="application", subtype="octet-stream", filename="Übersicht.bin")
data = mail.as_bytes()
server.sendmail("ana@example.com", ["bob@example.org", "cem@example.org"], data, mail_options=["BODY=8BITMIME"])
server.quit()
print(data.hex())
`;

describe("Python's smtplib to `letterwright catch`", () => {
  it.each([
    ["implicit", "implicit", "right"],
    ["starttls", "starttls", "right"],
    ["starttls", "none", ""],
    ["none", "none", ""],
  ])("catch --tls %s, client %s: every byte is stored", async (tls, clientTls, password) => {
    const dir = join(folder, `${tls}-${clientTls}`);
    mkdirSync(dir);
    const secret = join(dir, "password");
    writeFileSync(secret, "right\n");
    const login = password === "" ? [] : ["--user", "ana", "--password-file", secret];
    const box = spawn(process.execPath, [
      ...[executable, "catch", "--json", "--dir", dir, "--tls", tls, "--until", "1", ...login],
    ]);
    const ended = once(box, "close");
    try {
      const events = createInterface(box.stdout)[Symbol.asyncIterator]();
      const listening = JSON.parse((await events.next()).value as string) as Listening;
      const told = { tls: clientTls, port: listening.port, caFile: listening.caFile ?? "" };
      if (password !== "") {
        const refused = await run(
          python,
          ["-c", smtplib],
          JSON.stringify({ ...told, password: "wrong" }),
        );
        expect(refused.stderr).toContain("SMTPAuthenticationError: (535");
      }
      const sent = await run(python, ["-c", smtplib], JSON.stringify({ ...told, password }));
      expect(sent).toMatchObject({ status: 0, stderr: "" });
      const arrival = JSON.parse((await events.next()).value as string) as Arrival;
      expect(arrival).toMatchObject({
        event: "message",
        envelope: {
          reversePath: "ana@example.com",
          recipients: ["bob@example.org", "cem@example.org"],
        },
        session: { isEncrypted: clientTls !== "none" },
      });
      expect(hex(readFileSync(arrival.path))).toBe(sent.stdout.trim());
      expect((await ended)[0]).toBe(0);
    } finally {
      box.kill();
    }
  });
});

interface Listening {
  readonly port: number;
  readonly caFile?: string;
}
interface Arrival {
  readonly path: string;
}

/** Reads the message on standard input with Python's email, and prints what it found as JSON. */
const pythonReader = `
import email, email.policy, json, sys
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
def boxes(name):
    return [[box.display_name, box.addr_spec] for box in mail[name].addresses] if mail[name] else []
def text(kind):
    part = mail.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""
found = {
    "defects": [str(defect) for part in mail.walk() for defect in part.defects],
    "subject": str(mail["Subject"]), "from": boxes("From"), "to": boxes("To"), "cc": boxes("Cc"), "bcc": boxes("Bcc"),
    "messageId": str(mail["Message-ID"]), "text": text("plain"), "html": text("html"),
    "files": [
        [part.get_filename(), part.get_content_type(), part["Content-ID"], part.get_content().hex()]
        for part in mail.walk() if part.get_filename()],
}
# An address in UTF-8 stays escaped bytes in Python's email; as bytes it is UTF-8 again.
sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogateescape"))
`;

describe("`letterwright send` to Postfix", () => {
  let postfix: RunningPostfix;
  beforeAll(async () => {
    postfix = await startPostfix();
    return () => postfix.stop();
  });

  const send = (tls: "implicit" | "starttls", ...args: readonly string[]): Promise<Outcome> => {
    const port = tls === "implicit" ? postfix.implicitPort : postfix.starttlsPort;
    const server = ["--server", `127.0.0.1:${port}`, "--tls", tls, "--tls-ca", postfix.caFile];
    const login = ["--user", postfixUser.user];
    return run(process.execPath, [
      ...[executable, "send", "--json", "--from", "Ana Größe <ana@example.com>"],
      ...[...server, ...login, "--password-file", passwordFile, ...args],
    ]);
  };
  const read = async (bytes: Uint8Array | undefined): Promise<Record<string, unknown>> => {
    const { stdout, stderr } = await run(python, ["-c", pythonReader], bytes);
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it.each(["implicit", "starttls"] as const)(
    "delivers text, HTML, an inline image and a file, with TLS %s and a login",
    async (tls) => {
      const picture = Buffer.from("89504e470d0a1a0a0000", "hex");
      const table = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7) % 256));
      writeFileSync(join(folder, "logo.png"), picture);
      writeFileSync(join(folder, "Übersicht 2026.bin"), table);
      writeFileSync(join(folder, "news.html"), '<p>Grüße <img src="cid:logo.png"></p>\n');
      const text = "Grüße\n.\n..\nFrom here, a line that is kept\n";
      const { status, stdout, stderr } = await send(
        tls,
        ...["--to", "bob@example.org, Çelik <cem@example.org>", "--cc", "dora@example.org"],
        ...["--bcc", "eve@example.org", "--subject", "Grüße aus 東京", "--text", text],
        ...["--html", `@${join(folder, "news.html")}`, "--inline", join(folder, "logo.png")],
        ...["--attach", join(folder, "Übersicht 2026.bin")],
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const receipt = JSON.parse(stdout) as { readonly messageId: string };
      expect(receipt).toMatchObject({
        outcome: "accepted",
        protection: { kind: "tls", protocol: "TLSv1.3", verifiedName: "127.0.0.1" },
        accepted: ["bob", "cem", "dora", "eve"].map((name) => ({
          address: `${name}@example.org`,
          reply: { code: 250, enhancedStatus: "2.1.5" },
        })),
      });
      const stored = await postfix.delivered(4);
      expect(stored).toHaveLength(4);
      for (const bytes of stored) {
        const found = await read(bytes);
        expect({ ...found, text: plainText(String(found["text"])) }).toMatchObject({
          defects: [],
          subject: "Grüße aus 東京",
          from: [["Ana Größe", "ana@example.com"]],
          to: [
            ["", "bob@example.org"],
            ["Çelik", "cem@example.org"],
          ],
          cc: [["", "dora@example.org"]],
          bcc: [],
          messageId: receipt.messageId,
          text: plainText(text),
          files: [
            ["logo.png", "image/png", expect.any(String), hex(picture)],
            ["Übersicht 2026.bin", "application/octet-stream", null, hex(table)],
          ],
        });
        expect(found["html"]).toContain("Grüße <img src=");
      }
    },
  );

  it("delivers to an internationalized address (RFC 6531)", async () => {
    const { status, stderr } = await send("starttls", "--to", "jörg@example.org", "--text", "Hi");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [stored] = await postfix.delivered(1);
    expect(await read(stored)).toMatchObject({ defects: [], to: [["", "jörg@example.org"]] });
  });

  it("says who was refused, in Postfix's words, and delivers to the others", async () => {
    const { status, stdout } = await send(
      "implicit",
      ...["--to", "bob@example.org,eve@example.net", "--text", "Hi"],
    );
    expect(status).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "partial",
      accepted: [{ address: "bob@example.org" }],
      refused: [
        {
          address: "eve@example.net",
          reply: { code: 554, text: expect.stringContaining("Relay access denied") as string },
        },
      ],
    });
    expect(await postfix.delivered(1)).toHaveLength(1);
  });

  it("explains a refused login", async () => {
    const wrong = join(folder, "wrong");
    writeFileSync(wrong, "wrong\n");
    const { status, stdout } = await run(process.execPath, [
      ...[executable, "send", "--json", "--from", "ana@example.com", "--to", "bob@example.org"],
      ...["--server", `127.0.0.1:${postfix.starttlsPort}`, "--tls", "starttls", "--text", "Hi"],
      ...["--tls-ca", postfix.caFile, "--user", postfixUser.user, "--password-file", wrong],
    ]);
    expect(status).toBe(77);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "SMTP_AUTH_REFUSED" } });
  });
});
