/** The commands and their help; what they do is loaded when they are called. */
import { readFileSync } from "node:fs";
import { UsageError } from "@letterwright/base/error";
import { Command, CommanderError, Option } from "commander";
import { ExitStatus } from "./exit-status.ts";
import type { CatchFlags } from "./commands/catch.ts";
import type { DoctorFlags } from "./commands/doctor.ts";
import type { ExplainFlags } from "./commands/explain.ts";
import type { SendFlags } from "./commands/send.ts";
import type { ShowFlags } from "./commands/show.ts";
import type { SendTarget } from "./failed-sending.ts";
import { addMessageFlags, repeatable, type MessageFlags } from "./message-flags.ts";
import { reportFailure, type Telling } from "./report-failure.ts";
import { refusePasswordFlag, type SecretFlags } from "./secret-input.ts";

/** Runs the command line, and gives the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status: number = ExitStatus.done;
  // A guess until the flags have been read: then it is known.
  let telling: Telling = {
    command: args[0] ?? "",
    json: args.includes("--json"),
    verbose: args.includes("--verbose"),
  };
  const program = createProgram(
    (code) => {
      status = code;
    },
    (server) => {
      telling = { ...telling, server };
    },
  );
  program.hook("preAction", (_, command) => {
    const flags: SecretFlags & { readonly json?: boolean; readonly verbose?: boolean } =
      command.opts();
    telling = {
      command: command.name(),
      json: flags.json === true,
      verbose: flags.verbose === true,
    };
    refusePasswordFlag(flags);
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, telling);
    // Help and version have said what they had to say.
    if (error.exitCode === 0) return ExitStatus.done;
    if (error.code === "commander.help") return ExitStatus.usage;
    return reportFailure(misuse(error, program, telling.command), telling);
  }
}

function createProgram(
  finish: (status: number) => void,
  onTarget: (target: SendTarget) => void,
): Command {
  const program = new Command("letterwright")
    .description("Sends mail, catches it, shows it, and says why it did not work.")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => undefined }) // misuse is told like any other failure
    .showSuggestionAfterError()
    .addHelpText(
      "before",
      `Examples:
  letterwright send --server smtp.example.com --user ana@example.com \\
      --from ana@example.com --to bob@example.org --subject Hello --text "It works"
  letterwright compose --from a@example.com --to b@example.org --text @notes.txt > mail.eml
  letterwright show mail.eml
  letterwright catch --dir caught
  letterwright doctor --server smtp.example.com --user ana@example.com
`,
    );

  addMessageFlags(
    program
      .command("send")
      .description("send a message")
      .option("--server <host[:port]>", "where to send it, no port means 465; or a provider: gmail")
      .option(
        "--tls <mode>",
        "implicit, starttls, opportunistic or none; 465 is implicit, 587 starttls",
      )
      .addOption(repeatable("--tls-ca <file>", "trust this certificate authority too (PEM)"))
      .option("--user <name>", "log in as")
      .option("--password-file <file>", "the password is the first line of this file")
      .option("--password-command <command>", "the password is the first line this command prints")
      .addOption(passwordFlag())
      .option("--timeout <seconds>", "how long to wait for each answer (default 30)")
      .option("--dry-run", "print the message and the plan, and connect to nothing")
      .option("-y, --yes", "do not ask before a message goes to more than 20")
      .option("--json", "print one JSON object")
      .option("-q, --quiet", "print nothing when all went well")
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
    finish(await send(flags, onTarget));
  });

  addMessageFlags(
    program
      .command("compose")
      .description("write a message to standard output")
      .addOption(passwordFlag())
      .option("-v, --verbose", "say more when it fails")
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
    .command("show")
    .description("show a message: its fields, its parts, its text, and what is wrong with it")
    .argument("<file>", "a message as it was stored or sent; - is standard input")
    .option("--part <path>", "only this part; alone, its decoded content")
    .addOption(oneOf("--tree", "only the tree of its parts"))
    .addOption(oneOf("--headers", "all fields, decoded"))
    .addOption(oneOf("--text", "only the text; of HTML what it says"))
    .addOption(oneOf("--html", "the source of the HTML, in UTF-8"))
    .addOption(oneOf("--raw", "write it again from what was read: byte for byte the file"))
    .addOption(oneOf("--save <folder>", "write its files there, under safe names, over none"))
    .addOption(oneOf("--json", "print one JSON object"))
    .option("-v, --verbose", "say more when it fails")
    .addHelpText(
      "before",
      `Examples:
  letterwright show mail.eml
  letterwright show mail.eml --part 2 > minutes.pdf
  letterwright show - --save files < mail.eml
`,
    )
    .action(async (file: string, flags: ShowFlags) => {
      const { show } = await import("./commands/show.ts");
      finish(await show(file, flags));
    });

  program
    .command("catch")
    .description("receive mail on this machine, and deliver none")
    .option("--dir <folder>", "store each message here as a file")
    .option("--host <address>", "a loopback address to listen on", "127.0.0.1")
    .option("--port <number>", "default: any free port")
    .option("--tls <mode>", "implicit, starttls (offered, not demanded) or none", "starttls")
    .option("--user <name>", "let only this user in, with --password-file")
    .option("--password-file <file>", "the first line is the user's password")
    .addOption(passwordFlag())
    .option("--until <count>", "stop after so many messages")
    .option("--fail <id>", "fail on purpose, as docs/failures.md names it")
    .option("--json", "print one JSON object a line")
    .option("-v, --verbose", "say more when it fails")
    .addHelpText(
      "before",
      `Examples:
  letterwright catch --dir caught --port 1025
  letterwright catch --dir caught --until 1 --json
  letterwright catch --fail rcpt.greylisted --port 1025
`,
    )
    .action(async (flags: CatchFlags) => {
      const { catchCommand } = await import("./commands/catch.ts");
      finish(await catchCommand(flags));
    });

  program
    .command("doctor")
    .description("find out why mail cannot be sent")
    .option("--server <host[:port]>", "the server to look at")
    .option(
      "--tls <mode>",
      "implicit, starttls, opportunistic or none; found out where it is left out",
    )
    .addOption(repeatable("--tls-ca <file>", "trust this certificate authority too (PEM)"))
    .option("--user <name>", "who would log in")
    .option("--login", "log in, once")
    .option("--password-file <file>", "the password is the first line of this file")
    .option("--password-command <command>", "the password is the first line this command prints")
    .addOption(passwordFlag())
    .option("-f, --from <address>", "the sender's address")
    .addOption(
      repeatable("-t, --to <address>", "ask the server about this recipient; nothing is sent"),
    )
    .option("--domain <name>", "look at what DNS says of a domain: MX, SPF, DMARC")
    .option("--dkim-selector <name>", "look for this DKIM key too")
    .option("--public-address <ip>", "evaluate SPF for this address")
    .option("--bounce <file>", "explain a bounce message")
    .option("--offline", "send no packet")
    .option("--neutral-host <name>", "compare with this host's port 443")
    .option("--all", "explain the other causes of a piped error too")
    .option("--json", "print one JSON object")
    .option("--share", "mask addresses, for showing to others")
    .option("-v, --verbose", "say more when it fails")
    .addHelpText(
      "before",
      `Examples:
  letterwright doctor --server smtp.gmail.com --user ana@gmail.com --login
  letterwright doctor --server smtp.example.com:587 --to bob@example.org
  letterwright doctor --domain example.com
  node app.js 2>&1 | letterwright doctor
`,
    )
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import("./commands/doctor.ts");
      finish(await doctor(flags));
    });

  program
    .command("explain")
    .description("say what an error, a reply or a failure's name means")
    .argument("[text...]", "the error; without it, standard input is read")
    .option("--all", "explain the less likely causes too")
    .option("--json", "print one JSON object")
    .option("--share", "mask addresses, for showing to others")
    .option("-v, --verbose", "say more when it fails")
    .addHelpText(
      "before",
      `Examples:
  letterwright explain "550 5.7.26"
  letterwright explain auth.gmail-app-password
`,
    )
    .action(async (words: readonly string[], flags: ExplainFlags) => {
      const { explainCommand } = await import("./commands/explain.ts");
      finish(await explainCommand(words, flags));
    });

  return program;
}

const waysToShow = ["tree", "headers", "text", "html", "raw", "save", "json"] as const;

/** One of the ways to show a message, of which only one can be wanted at a time. */
function oneOf(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.conflicts(waysToShow.filter((name) => name !== option.attributeName()));
}

/** Known only to be refused with the reason, so it is not in the help. */
function passwordFlag(): Option {
  return new Option("--password [refused]").hideHelp();
}

/** What commander found wrong, as an error of the family. */
function misuse(error: CommanderError, program: Command, name: string): UsageError {
  const command = program.commands.some((known) => known.name() === name) ? ` ${name}` : "";
  const text = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return new UsageError(text, {
    code: "CLI_USAGE",
    hint:
      error.code === "commander.excessArguments"
        ? `Put quotes around a value that has blanks in it. letterwright${command} --help shows examples and all flags.`
        : `letterwright${command} --help shows examples and all flags.`,
    cause: error,
  });
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}
