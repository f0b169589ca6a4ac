/** The commands and their help; what they do is loaded when they are called. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { ExitStatus } from "./exit-status.ts";
import type { CatchFlags } from "./commands/catch.ts";
import type { SendFlags } from "./commands/send.ts";
import { addMessageFlags, repeated, type MessageFlags } from "./message-flags.ts";
import { reportFailure } from "./report-failure.ts";

/** Runs the command line, and gives the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status: number = ExitStatus.done;
  const program = createProgram((code) => {
    status = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? ExitStatus.done : ExitStatus.usage;
    return reportFailure(error, {
      json: args.includes("--json"),
      verbose: args.includes("--verbose"),
    });
  }
}

function createProgram(finish: (status: number) => void): Command {
  const program = new Command("letterwright")
    .description("Sends mail, catches it, and says why it did not work.")
    .version(version())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      "before",
      `Examples:
  letterwright send --server smtp.example.com --user ana@example.com \\
      --from ana@example.com --to bob@example.org --subject Hello --text "It works"
  letterwright compose --from a@example.com --to b@example.org --text @notes.txt > mail.eml
  letterwright catch --dir caught
`,
    );

  addMessageFlags(
    program
      .command("send")
      .description("send a message")
      .option("--server <host[:port]>", "where to send it; no port means 465")
      .option(
        "--tls <mode>",
        "implicit, starttls, opportunistic or none; 465 is implicit, 587 starttls",
      )
      .option(
        "--tls-ca <file>",
        "trust this certificate authority too (PEM); may be repeated",
        repeated,
        [],
      )
      .option("--user <name>", "log in as")
      .option("--password-file <file>", "the password is the first line of this file")
      .option("--password-command <command>", "the password is the first line this command prints")
      .option("--password <refused>", "is refused: other users of this machine could read it")
      .option("--timeout <seconds>", "how long to wait for each answer (default 30)")
      .option("--dry-run", "print the message and the plan, and connect to nothing")
      .option("--json", "print one JSON object")
      .option("-v, --verbose", "print the conversation; secrets are stars")
      .addHelpText(
        "before",
        `Examples:
  letterwright send --server smtp.example.com --user ana@example.com \\
      -f ana@example.com -t bob@example.org -s "Minutes" -b @minutes.txt -a minutes.pdf
  letterwright send --server mail.example.com:587 --user ana --password-command "pass mail/ana" \\
      -f ana@example.com -t "Bob <bob@example.org>" --html @news.html --inline logo.png
`,
      ),
  ).action(async (flags: SendFlags) => {
    const { send } = await import("./commands/send.ts");
    finish(await send(flags));
  });

  addMessageFlags(
    program
      .command("compose")
      .description("write a message to standard output")
      .addHelpText(
        "before",
        `Example:
  letterwright compose -f ana@example.com -t bob@example.org -s Hello -b "It works" > hello.eml
`,
      ),
  ).action(async (flags: MessageFlags) => {
    const { compose } = await import("./commands/compose.ts");
    finish(await compose(flags));
  });

  program
    .command("catch")
    .description("receive mail on this machine, and deliver none")
    .requiredOption("--dir <folder>", "store each message here as a file")
    .option("--host <address>", "a loopback address to listen on", "127.0.0.1")
    .option("--port <number>", "default: any free port")
    .option("--tls <mode>", "implicit, starttls (offered, not demanded) or none", "starttls")
    .option("--user <name>", "let only this user log in, with --password-file")
    .option("--password-file <file>", "the first line is the user's password")
    .option("--until <count>", "stop after so many messages")
    .option("--json", "print one JSON object a line")
    .addHelpText(
      "before",
      `Example:
  letterwright catch --dir caught --port 1025
`,
    )
    .action(async (flags: CatchFlags) => {
      const { catchCommand } = await import("./commands/catch.ts");
      finish(await catchCommand(flags));
    });

  for (const command of program.commands) command.exitOverride().showSuggestionAfterError();
  return program;
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}
