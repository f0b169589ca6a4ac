/** The mistakes that everyone makes once: each ends in one paragraph, a status, and no stack. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchMail, type MailCatcher } from "@letterwright/receiver";
import { createAuthority } from "@letterwright/receiver/certificates";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { letterwright } from "./command.ts";
import { scriptedServer } from "./scripted-server.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-mistakes-"));
const file = (name: string): string => join(folder, name);
const wrongPassword = "hunter2-wrong";
const mail = ["-f", "ana@example.com", "-t", "bob@example.org", "-b", "Hello"];
let implicit: MailCatcher;
let startTls: MailCatcher;
let misnamed: MailCatcher;

beforeAll(async () => {
  const auth = { user: "ana", password: "the right one" };
  const authority = await createAuthority();
  const foreign = await authority.issue({ names: ["mail.example.com"] });
  [implicit, startTls, misnamed] = await Promise.all([
    catchMail({ auth, refuse: ["gone@example.org"] }),
    catchMail({ tls: "starttls" }),
    catchMail({ identity: { ...foreign, authority: authority.certificate } }),
  ]);
  writeFileSync(file("implicit.pem"), implicit.ca);
  writeFileSync(file("starttls.pem"), startTls.ca);
  writeFileSync(file("misnamed.pem"), misnamed.ca);
  writeFileSync(file("wrong"), `${wrongPassword}\n`);
  writeFileSync(file("empty"), "");
  writeFileSync(file("latin1.txt"), Uint8Array.of(0x47, 0xfc));
  writeFileSync(file("not.pem"), "no certificate");
});
afterAll(async () => {
  await Promise.all([implicit, startTls, misnamed].map((catcher) => catcher.close()));
  rmSync(folder, { recursive: true });
});

const at = ({ host, port }: MailCatcher): string => `${host}:${port}`;

interface Mistake {
  readonly title: string;
  readonly args: () => readonly string[];
  readonly status: number;
  readonly code: string;
  /** What happened. */
  readonly what: RegExp;
  /** What to do. */
  readonly hint: RegExp;
}

const send = (server: string, ...more: readonly string[]): readonly string[] => [
  "send",
  "--server",
  server,
  "--timeout",
  "2",
  ...more,
];

const mistakes: readonly Mistake[] = [
  {
    title: "a wrong host name",
    args: () => send("smtp.exmaple.invalid", ...mail),
    status: 68,
    code: "SMTP_HOST_NOT_FOUND",
    what: /there is no host "smtp\.exmaple\.invalid"/,
    hint: /spelling/,
  },
  {
    title: "the server that receives Google's mail, in place of the one that sends",
    args: () => send("smtp.google.com:465", "--user", "ana@gmail.com", ...mail),
    status: 78,
    code: "CLI_SERVER_RECEIVES_ONLY",
    what: /smtp\.google\.com does not take mail from you; nothing was transmitted/,
    hint: /an MX[^]*Use smtp\.gmail\.com[^]*doctor --server smtp\.gmail\.com --user ana@gmail\.com/,
  },
  {
    title: "a wrong port",
    args: () => send("127.0.0.1:1", "--tls", "implicit", ...mail),
    status: 69,
    code: "SMTP_CONNECTION_REFUSED",
    what: /nothing listens on 127\.0\.0\.1:1/,
    hint: /465 and 587/,
  },
  {
    title: "TLS spoken to a plaintext port",
    args: () => send(at(startTls), "--tls", "implicit", ...mail),
    status: 76,
    code: "TLS_PLAINTEXT_ON_PORT",
    what: /speaks plain text/,
    hint: /--tls starttls/,
  },
  {
    title: "plaintext spoken to a TLS port",
    args: () => send(at(implicit), "--tls", "starttls", ...mail),
    status: 74,
    code: "SMTP_TIMEOUT",
    what: /accepted the connection and said nothing within 2 s/,
    hint: /--tls implicit/,
  },
  {
    title: "a login that is refused",
    args: () =>
      send(
        at(implicit),
        "--tls=implicit",
        "--tls-ca",
        file("implicit.pem"),
        "--user",
        "ana",
      ).concat("--password-file", file("wrong"), mail),
    status: 77,
    code: "SMTP_AUTH_REFUSED",
    what: /the server refused the login with PLAIN: 535 5\.7\.8/,
    hint: /app password/,
  },
  {
    title: "a recipient that is refused",
    args: () =>
      send(at(implicit), "--tls=implicit", "--tls-ca", file("implicit.pem")).concat([
        "-f",
        "ana@example.com",
        "-t",
        "gone@example.org",
      ]),
    status: 65,
    code: "DELIVERY_REFUSED",
    what: /refused the recipient: 550 5\.1\.1/,
    hint: /does not exist/,
  },
  {
    title: "a certificate that nobody trusts",
    args: () => send(at(implicit), "--tls", "implicit", ...mail),
    status: 69,
    code: "TLS_UNTRUSTED_ISSUER",
    what: /authority, "CN=[^"]+", that this side does not trust/,
    hint: /--tls-ca FILE/,
  },
  {
    title: "a certificate for another name",
    args: () => send(at(misnamed), "--tls=implicit", "--tls-ca", file("misnamed.pem"), ...mail),
    status: 69,
    code: "TLS_NAME_MISMATCH",
    what: /not for "127\.0\.0\.1" but for .*"mail\.example\.com"/,
    hint: /names it is for/,
  },
  {
    title: "an attachment that is not there",
    args: () => send("smtp.example.com", ...mail, "--attach", file("minutes.pdf")),
    status: 66,
    code: "FILE_UNREADABLE",
    what: /minutes\.pdf/,
    hint: /Check the path/,
  },
  {
    title: "a folder as attachment",
    args: () => send("smtp.example.com", ...mail, "--attach", folder),
    status: 66,
    code: "FILE_UNREADABLE",
    what: /not a regular file/,
    hint: /Check the path/,
  },
  {
    title: "a text file that is not there",
    args: () => send("smtp.example.com", ...mail, "--html", "@nowhere.html"),
    status: 66,
    code: "FILE_UNREADABLE",
    what: /"nowhere\.html" for --html/,
    hint: /--html "@@/,
  },
  {
    title: "a text that is not UTF-8",
    args: () => send("smtp.example.com", ...mail, "--html", `@${file("latin1.txt")}`),
    status: 65,
    code: "CLI_TEXT_NOT_UTF8",
    what: /is not UTF-8/,
    hint: /Convert it/,
  },
  {
    title: "an authority that is not there",
    args: () => send("smtp.example.com", ...mail, "--tls-ca", file("nowhere.pem")),
    status: 66,
    code: "TLS_CA_UNREADABLE",
    what: /nowhere\.pem/,
    hint: /Check the path/,
  },
  {
    title: "an authority that is none",
    args: () => send("smtp.example.com", ...mail, "--tls-ca", file("not.pem")),
    status: 78,
    code: "TLS_CA_INVALID",
    what: /no readable certificate/,
    hint: /PEM/,
  },
  {
    title: "a malformed address, with a caret under the fault",
    args: () => send("smtp.example.com", "-f", "ana@example.com", "-t", "bob@example.org zed"),
    status: 64,
    code: "ADDRESS_SYNTAX",
    what: /--to: .*\n {2}bob@example\.org zed\n {18}\^\n/,
    hint: /Write jane@example\.com/,
  },
  {
    title: "a password among the arguments",
    args: () => send("smtp.example.com", ...mail, "--user", "ana", "--password", wrongPassword),
    status: 64,
    code: "CLI_PASSWORD_IN_ARGUMENTS",
    what: /does not belong on the command line/,
    hint: /--password-file, --password-command/,
  },
  {
    title: "a password behind an equals sign",
    args: () => send("smtp.example.com", ...mail, `--password=${wrongPassword}`),
    status: 64,
    code: "CLI_PASSWORD_IN_ARGUMENTS",
    what: /does not belong on the command line/,
    hint: /--password-file, --password-command/,
  },
  {
    title: "a password without TLS",
    args: () => send("127.0.0.1:25", ...mail, "--tls", "none", "--user", "ana"),
    status: 64,
    code: "CLI_PASSWORD_UNENCRYPTED",
    what: /could travel unencrypted/,
    hint: /--tls implicit/,
  },
  {
    title: "no password and nobody to ask",
    args: () => send("smtp.example.com", ...mail, "--user", "ana"),
    status: 78,
    code: "CLI_PASSWORD_MISSING",
    what: /no terminal to ask/,
    hint: /--password-file or --password-command/,
  },
  {
    title: "an empty password file",
    args: () => send("a.example", ...mail, "--user", "ana", "--password-file", file("empty")),
    status: 78,
    code: "CLI_PASSWORD_MISSING",
    what: /password is empty/,
    hint: /first line/,
  },
  {
    title: "a password command that fails, and prints",
    args: () =>
      send("a.example", ...mail, "--user", "ana").concat(
        "--password-command",
        `cat ${file("wrong")}; exit 3`,
      ),
    status: 78,
    code: "CLI_PASSWORD_COMMAND_FAILED",
    what: /password command failed/,
    hint: /Run it by itself/,
  },
  {
    title: "standard input wanted twice",
    args: () => send("smtp.example.com", "-f", "ana@example.com", "-b", "-", "--html", "-"),
    status: 64,
    code: "CLI_STDIN_TWICE",
    what: /standard input/,
    hint: /@file/,
  },
  {
    title: "nobody to send to",
    args: () => send("smtp.example.com", "-f", "ana@example.com", "-b", "Hello"),
    status: 64,
    code: "ENVELOPE_RECIPIENTS_MISSING",
    what: /nobody to send to/,
    hint: /--to/,
  },
  {
    title: "nobody who sends",
    args: () => send("smtp.example.com", "-t", "bob@example.org"),
    status: 64,
    code: "CLI_FROM_MISSING",
    what: /no author/,
    hint: /--from/,
  },
  {
    title: "a port of which nobody knows when TLS begins",
    args: () => send("smtp.example.com:2525", ...mail),
    status: 64,
    code: "SMTP_TLS_MODE_MISSING",
    what: /port 2525/,
    hint: /--tls implicit or --tls starttls/,
  },
  {
    title: "a line break that would make another field",
    args: () => send("smtp.example.com", ...mail, "--subject", "Hi\nBcc: eve@example.net"),
    status: 64,
    code: "FIELD_CONTROL_CHARACTER",
    what: /Subject/,
    hint: /./,
  },
  {
    title: "a name with a comma and no quotes",
    args: () => send("smtp.example.com", "-f", "a@example.com", "-t", "Doe, Jane <j@example.org>"),
    status: 64,
    code: "ADDRESS_SYNTAX",
    what: /--to: expected "@"/,
    hint: /needs the quotes/,
  },
  {
    title: "a picture that the HTML shows and nobody gave",
    args: () => send("smtp.example.com", ...mail, "--html", '<img src="cid:logo.png">'),
    status: 64,
    code: "MESSAGE_INLINE_MISSING",
    what: /cid:logo\.png/,
    hint: /--inline FILE/,
  },
  {
    title: "a header field without a name",
    args: () => send("smtp.example.com", ...mail, "--header", "spring"),
    status: 64,
    code: "CLI_HEADER_INVALID",
    what: /"spring" is not a header field/,
    hint: /--header 'Name: text'/,
  },
  {
    title: "a URL for a server",
    args: () => send("https://example.com", ...mail),
    status: 64,
    code: "CLI_SERVER_INVALID",
    what: /"https:\/\/example\.com" is not a server/,
    hint: /smtp\.example\.com:587/,
  },
  {
    title: "no server",
    args: () => ["send", ...mail],
    status: 64,
    code: "CLI_SERVER_MISSING",
    what: /no server/,
    hint: /--server/,
  },
  {
    title: "a flag with a slip of the finger",
    args: () => send("smtp.example.com", ...mail, "--sbject", "Hi"),
    status: 64,
    code: "CLI_USAGE",
    what: /unknown option '--sbject' \(Did you mean --subject\?\)/,
    hint: /send --help/,
  },
  {
    title: "a value with a blank and no quotes",
    args: () => send("smtp.example.com", ...mail, "--subject", "Hi", "there"),
    status: 64,
    code: "CLI_USAGE",
    what: /too many arguments/,
    hint: /quotes/,
  },
  {
    title: "a command with a slip of the finger",
    args: () => ["sned"],
    status: 64,
    code: "CLI_USAGE",
    what: /unknown command 'sned' \(Did you mean send\?\)/,
    hint: /letterwright --help/,
  },
];

describe("a mistake", () => {
  it.each(mistakes)("$title: exit $status, $code", async ({ args, status, code, what, hint }) => {
    const run = await letterwright(args());
    expect(run).toMatchObject({ status, stdout: "" });
    const [happened = "", ...advice] = run.stderr.split("\n\n");
    expect(`${happened}\n`).toMatch(what);
    expect(happened).toMatch(/^Not (sent|done): /);
    expect(advice.join("\n")).toMatch(hint);
    expect(run.stderr.trimEnd().split("\n").at(-1)).toBe(`  ${code} [exit ${status}]`);
    expect(run.stderr).not.toMatch(/^\s+at .*:\d+|node:internal|hunter2/m);
  });

  it.each(mistakes.slice(0, 4))(
    "$title: one object with --json",
    async ({ args, status, code }) => {
      const run = await letterwright([...args(), "--json"]);
      expect(run).toMatchObject({ status, stderr: "" });
      expect(JSON.parse(run.stdout)).toMatchObject({
        schema: "letterwright.send/1",
        outcome: "failed",
        exitStatus: status,
        error: { code },
      });
    },
  );

  it("is told with its cause and what to do, where the doctor knows more than the error", async () => {
    await using gmail = await scriptedServer((line) => {
      if (line.startsWith("EHLO")) return "250-smtp.gmail.com\r\n250 8BITMIME";
      return line.startsWith("MAIL")
        ? "550 5.7.26 This mail has been blocked: unauthenticated"
        : "";
    });
    const args = send(gmail.address, "--tls", "none", ...mail);
    const told = await letterwright(args);
    expect(told.stderr).toContain(`letterwright doctor --server ${gmail.address} --tls none`);
    const run = await letterwright([...args, "--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: { code: "SMTP_SENDER_REFUSED" },
      cause: { id: "data.unauthenticated-sender" },
    });
  });

  it("is told as one object also when the flags cannot be read", async () => {
    const run = await letterwright(["send", "--json", "--sbject", "Hi"]);
    expect(run).toMatchObject({ status: 64, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: "CLI_USAGE" } });
  });

  it("shows the stack and what led to it with --verbose", async () => {
    const run = await letterwright([...send("127.0.0.1:1", "--tls=none", ...mail), "--verbose"]);
    expect(run.status).toBe(69);
    expect(run.stderr).toContain("ECONNREFUSED");
    expect(run.stderr).toMatch(/^\s+at /m);
  });

  it("that is another service on the port: exit 76", async () => {
    await using imap = await scriptedServer(() => "* OK IMAP4rev1 ready");
    const run = await letterwright(send(imap.address, "--tls", "none", ...mail));
    expect(run.status).toBe(76);
    expect(run.stderr).toContain("does not speak SMTP");
  });

  it("that hands a password to a server without TLS cannot be made, whatever the server says", async () => {
    await using stripped = await scriptedServer((line) =>
      line.startsWith("EHLO") ? "250-mail.example.com\r\n250 AUTH PLAIN LOGIN" : "",
    );
    const login = ["--user", "ana", "--password-file", file("wrong")];
    const run = await letterwright(send(stripped.address, "--tls", "starttls", ...login, ...mail));
    expect(run.status).toBe(69);
    expect(run.stderr).toContain("does not offer STARTTLS");
    expect(stripped.lines.join("\n")).not.toMatch(/AUTH|MAIL/);
  });
});
