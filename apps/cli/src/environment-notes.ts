/** Settings that stand in a .env file and were not loaded: names only, never values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const pattern = /^\s{0,8}(?:export\s{1,4})?([A-Z][A-Z0-9_]{0,60})\s{0,4}=/;
const aboutMail = /^(?:SMTP|MAIL|EMAIL|NODEMAILER|SENDGRID|MAILGUN|AWS_SES)/;

/** Names of mail settings in the folder's .env that the environment does not have. */
export function unloadedSettings(
  folder: string,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  let text: string;
  try {
    text = readFileSync(join(folder, ".env"), "utf8");
  } catch {
    return []; // no such file, or none that may be read: there is nothing to say of it
  }
  const names = text
    .slice(0, 65_536)
    .split("\n")
    .flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return [
    ...new Set(names.filter((name) => aboutMail.test(name) && environment[name] === undefined)),
  ].slice(0, 10);
}
