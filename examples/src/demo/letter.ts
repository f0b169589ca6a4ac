/** What the demo sends: a letter with everything that is easily damaged on the way. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { message, openFile, openInlineFile, type Message } from "@letterwright/mailer";

/** A file of the letter. */
export interface LetterFile {
  readonly name: string;
  readonly path: string;
}

/** The letter as plain data: what is composed, and what has to arrive. */
export interface Letter {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: readonly { readonly name: string; readonly address: string }[];
  readonly bcc: string;
  readonly subject: string;
  readonly note: string;
  readonly date: Date;
  readonly text: string;
  readonly html: string;
  readonly image: LetterFile;
  readonly attached: LetterFile;
}

/** The letter, from the files of `examples/files`. */
export function readLetter(folder: URL): Letter {
  const path = (name: string): string => fileURLToPath(new URL(name, folder));
  return {
    from: { name: "Jörg Müller", address: "joerg@example.com" },
    to: [
      { name: "Zoë, die Zweite", address: "zoe@example.org" },
      { name: "", address: "archive@example.org" },
    ],
    bcc: "silent@example.net",
    subject: "Übersicht für Donnerstag: 日本語, emoji 🎉 und eine Zeile, die gefaltet werden muss",
    note: "a field of the sender's own, kept as it is",
    date: new Date(Math.floor(Date.now() / 1000) * 1000), // mail knows no fractions of a second
    text: readFileSync(path("letter.txt"), "utf8"),
    html: readFileSync(path("letter.html"), "utf8"),
    image: { name: "logo.png", path: path("logo.png") },
    attached: { name: "Übersicht, Größe & „Maße“.pdf", path: path("overview.pdf") },
  };
}

/** The `cid` under which the letter's HTML shows its image. */
export const imageCid = "logo.demo@example.com";

/** The letter as a message. */
export function composeLetter(letter: Letter): Message {
  const mailbox = ({ name, address }: Letter["from"]): string =>
    name === "" ? address : `"${name}" <${address}>`;
  return message({
    from: mailbox(letter.from),
    to: letter.to.map(mailbox),
    bcc: letter.bcc,
    subject: letter.subject,
    date: letter.date,
    text: letter.text,
    html: letter.html,
    inline: [openInlineFile(letter.image.path, { cid: imageCid })],
    attachments: [openFile(letter.attached.path, { name: letter.attached.name })],
    headers: { "X-Note": letter.note },
  });
}
