/** Makes docs/failures.md from the catalogue of `@letterwright/doctor`. */
import { failures, type Failure } from "@letterwright/doctor";

/** Where the page lies, from the root of the workspace. */
export const failuresPagePath = "docs/failures.md";

const stages: Readonly<Record<Failure["stage"], string>> = {
  settings: "in the settings",
  dns: "when the name is looked up",
  connect: "when the connection is made",
  greeting: "while the greeting is awaited",
  tls: "when TLS begins",
  hello: "when the client introduces itself",
  login: "at the login",
  sender: "when the sender is named",
  recipient: "when a recipient is named",
  content: "when the message is sent",
  after: "after the server has taken the message",
  any: "anywhere",
};

const sureness: Readonly<Record<Failure["sure"], string>> = {
  measured: "reproduced with scripted servers",
  documented: "shown by a source",
  known: "general knowledge, not checked",
};

/** The page as it has to be. */
export function failuresPage(): string {
  const entries = failures.map(entryOf);
  return [
    "# Failures",
    "",
    "Every failure of sending that the doctor knows, in the order in which a sending meets them. This page is made from the",
    "catalogue of `@letterwright/doctor`. Advice grows old: each entry says when it was looked at.",
    "",
    "`letterwright explain ID` prints an entry, `letterwright catch --fail ID` runs a server that fails so, where a server can.",
    "",
    ...entries,
  ].join("\n");
}

function entryOf({
  id,
  stage,
  why,
  do: steps,
  confusedWith = [],
  sure,
  asOf,
  sources,
}: Failure): string {
  const others = confusedWith.map((one) => `\`${one}\``).join(", ");
  return [
    `## ${id}`,
    "",
    why,
    "",
    ...steps.map((step) => `- ${plain(step)}`),
    "",
    `It shows ${stages[stage]}.${others === "" ? "" : ` It looks like ${others}.`}`,
    `As of ${asOf}, ${sureness[sure]}. Sources: ${sources.map(plain).join("; ")}.`,
    "",
  ].join("\n");
}

/** Without what Markdown would read as markup. */
function plain(text: string): string {
  return text.replaceAll(/[*<>]/g, (sign) => `\\${sign}`);
}
