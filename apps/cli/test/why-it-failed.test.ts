/** docs/guides/why-it-failed.md: its transcripts are what the command really prints. LETTERWRIGHT_WRITE=1 writes it anew. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultVariants, startFault } from "@letterwright/receiver/faults";
import { afterAll, expect, it } from "vitest";
import { letterwright } from "./command.ts";

const page = fileURLToPath(new URL("../../../docs/guides/why-it-failed.md", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "letterwright-guide-"));
afterAll(() => rmSync(folder, { recursive: true }));

// The marks of the transcripts are not ASCII.
process.env["LC_ALL"] = "C.UTF-8";

/** What a program printed, for the pipe. */
const printed =
  "Error: connect ECONNREFUSED 127.0.0.1:587\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)\n";

interface Scene {
  readonly title: string;
  readonly text: string;
  /** The variant of the lab that runs on port 2525 of the transcript. */
  readonly fault?: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** How the command is written, where a pipe stands before it. */
  readonly before?: string;
}

const server = ["--server", "127.0.0.1:2525"];
const scenes: readonly Scene[] = [
  {
    title: "The server that only receives",
    text: "The host of a provider's MX records is not the host to send through. The table of providers knows the usual ones, so that no\nnetwork is needed to say so; with one, the ports are tried too and DNS is asked whose mail the host receives.",
    args: ["doctor", "--server", "smtp.google.com:465", "--user", "me@gmail.com", "--offline"],
  },
  {
    title: "What a program printed",
    text: "Any program's error can be piped. Here nothing was set, because the file with the settings was not loaded:",
    before: "node app.js 2>&1 | ",
    args: ["doctor"],
    input: printed,
  },
  {
    title: "TLS at once on a port that begins in plain text",
    text: "`wrong version number` has several causes; what the port says to somebody who waits tells them apart.",
    fault: "tls.implicit-on-starttls-port/exim",
    args: ["doctor", ...server, "--tls", "implicit"],
  },
  {
    title: "Plain text on a port that begins with TLS",
    text: "The greeting that never comes, from the other side:",
    fault: "tls.plaintext-on-implicit-port/courier",
    args: ["doctor", ...server, "--tls", "starttls"],
  },
  {
    title: "Another service",
    text: "",
    fault: "config.wrong-service-port/qpopper",
    args: ["doctor", ...server, "--tls", "none"],
  },
  {
    title: "A certificate that vouches for itself",
    text: "",
    fault: "tls.self-signed/snakeoil",
    args: ["doctor", ...server, "--tls", "starttls"],
  },
  {
    title: "A recipient, without sending anything",
    text: "With `--to` the server is asked about the recipient; the transaction is then taken back.",
    fault: "rcpt.greylisted/exim",
    args: [
      "doctor",
      ...server,
      "--tls",
      "none",
      "--from",
      "ana@example.com",
      "--to",
      "bob@example.org",
    ],
  },
  {
    title: "A code",
    text: "",
    args: ["explain", "550 5.7.26"],
  },
  {
    title: "The name of a failure",
    text: "",
    args: ["explain", "tls.missing-intermediate"],
  },
];

async function transcriptOf({ fault, args, input, before = "" }: Scene): Promise<string> {
  const variant = faultVariants.find(({ name }) => name === fault);
  if (fault !== undefined && variant === undefined) throw new Error(fault);
  const running = variant === undefined ? undefined : await startFault(variant);
  try {
    const port = String(running?.port ?? 2525);
    const real = args.map((word) => word.replace(":2525", `:${port}`));
    const { stdout, stderr, status } = await letterwright(real, {
      input: input ?? "",
      cwd: folder,
    });
    expect(stderr).toBe("");
    const command = args.map((word) => (word.includes(" ") ? `"${word}"` : word)).join(" ");
    const shown = stdout
      .replaceAll(port, "2525")
      .replaceAll(/\(\d+ ms\)/g, "(… ms)")
      .trimEnd();
    const start =
      variant === undefined ? "" : `$ letterwright catch --fail ${variant.name} --port 2525 &\n`;
    return `${start}$ ${before}letterwright ${command}\n${shown}\n[exit ${status}]`;
  } finally {
    await running?.close();
  }
}

async function guide(): Promise<string> {
  writeFileSync(join(folder, ".env"), "SMTP_HOST=smtp.example.com\nSMTP_USER=ana@example.com\n");
  const parts = [
    "# Why it failed",
    "",
    "`letterwright doctor` looks at settings, names, ports, TLS and the conversation, says what it saw, and then why, what to do and what to",
    "try. It takes ten seconds at most, sends no message, and logs in only with `--login`, once. `letterwright explain` says what words mean,",
    "without asking anybody. `--json` gives the same as data, `--share` masks addresses for showing it to others. The exit status is 0 when",
    "nothing wrong was found, 1 when something was.",
    "",
    "Every transcript here was printed by the command; a test runs them. The servers are those of `letterwright catch --fail`, which you can",
    "run too.",
    "",
  ];
  for (const scene of scenes) {
    parts.push(`## ${scene.title}`, "");
    if (scene.text !== "") parts.push(scene.text, "");
    parts.push("```console", await transcriptOf(scene), "```", "");
  }
  parts.push(
    "## In a program",
    "",
    "```ts no-run",
    'import { diagnose, explain } from "@letterwright/doctor";',
    'import { createMailer } from "@letterwright/mailer";',
    "",
    'const from = "ana@gmail.com";',
    'const mailer = createMailer({ transport: "gmail", from, secret: process.env.SECRET });',
    "try {",
    '  await mailer.send({ to: "bob@example.org", subject: "Hi", text: "Hello" });',
    "} catch (error) {",
    "  const [cause] = explain(error as Error).candidates; // at once, without asking anybody",
    "  console.error(cause?.failure.why, cause?.failure.do);",
    '  const { verdict } = await diagnose({ host: "smtp.gmail.com", user: "ana@gmail.com" }, { error });',
    "  console.error(verdict?.id, verdict?.certainty, verdict?.do);",
    "}",
    "```",
    "",
    "All failures: [failures](../failures.md). How often the doctor is right: [the score](../doctor-score.md).",
    "",
  );
  return parts.join("\n");
}

it("shows what the command prints", async () => {
  const made = await guide();
  if (process.env["LETTERWRIGHT_WRITE"] === "1") {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, made);
  }
  expect(readFileSync(page, "utf8")).toBe(made);
}, 120_000);
