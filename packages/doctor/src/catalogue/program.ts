/** Failures of the program that wanted to send. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type ProgramFailureId =
  | "local.charset"
  | "local.missing-import"
  | "local.password-echo-and-shell"
  | "local.attachment-missing";

export const programFailures: Readonly<Record<ProgramFailureId, FailureFacts>> = {
  "local.charset": {
    stage: "settings",
    frequency: 3,
    why: "The program put letters beyond ASCII into a message that was made as plain ASCII text. Nothing was sent.",
    do: ["Build the message with a library that encodes it."],
    try: [
      'letterwright compose -f ana@example.com -t bob@example.org -s "Grüße" -b "Schöne Grüße"',
    ],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "local.missing-import": {
    stage: "settings",
    frequency: 2,
    why: "The program itself fails before it comes to mail. Nothing was sent.",
    do: [
      "Add the missing line: import ssl in Python; in Node, import in modules and require elsewhere.",
    ],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "local.password-echo-and-shell": {
    stage: "settings",
    frequency: 3,
    why: "The password was changed on its way: by the shell, quotes in a .env file, or a line end in a file.",
    do: ["Read it from a file, a command or a prompt, never from the command line."],
    try: ["letterwright doctor --server {server} --user {user} --password-file FILE"],
    confusedWith: ["auth.generic-535"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["github.com/gogs/docs/pull/241"],
  },
  "local.attachment-missing": {
    stage: "settings",
    frequency: 2,
    why: "A file to attach was not found, or may not be read. Nothing was sent.",
    do: ["Check the path, and the folder that the program runs in."],
    try: [],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["general knowledge, 2026-11-23"],
  },
};
