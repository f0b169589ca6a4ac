/**
 * A program of the pure packages alone, run unchanged by every runtime: it composes, writes, reads back and
 * makes mistakes, and gives what came out. No clock and no chance is in it.
 */
import {
  decodeBase64,
  decodeQuotedPrintable,
  encodeBase64,
  encodeQuotedPrintable,
} from "@letterwright/base/codec";
import { LetterwrightError } from "@letterwright/base/error";
import {
  generate,
  smtpPolicy,
  smtpUtf8Policy,
  toBytes,
  toStream,
  verbatimPolicy,
} from "@letterwright/generator";
import {
  asciiDomain,
  attachment,
  attachmentsOf,
  envelope,
  inlineFile,
  message,
  parseAddressList,
  removePart,
  renderPlain,
  reply,
  structure,
  textOf,
  toJson,
  unicodeDomain,
  type Message,
} from "@letterwright/message";
import { memorySpool, parse, parseStream } from "@letterwright/parser";
import {
  createClientSession,
  encodeCommand,
  greet,
  transaction,
  type Command,
  type Dialog,
} from "@letterwright/smtp-protocol";

const policy = smtpPolicy.with({
  now: () => new Date(0),
  random: (length) => Uint8Array.from({ length }, (_, at) => at * 7),
});

function sample(): Message {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) >> 3);
  return message({
    from: "Jörg Müller <joerg@exämple.de>",
    to: '"Doe, Jane" <jane@example.org>, Team: a@example.net, b@example.net;',
    subject: `Grüße 日本語 👩‍👩‍👧 ${"und so weiter ".repeat(10)}`,
    messageId: "<1@example.com>",
    text: "Zeile eins\nFrom here: é\n.\n",
    html: '<p>Bild: <img src="cid:bild.png"></p>',
    inline: [
      inlineFile({ name: "bild.png", content: bytes.subarray(0, 300), cid: "b@example.com" }),
    ],
    attachments: [attachment({ name: "Übersicht des Jahres.bin", content: bytes })],
  });
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return [...new Uint8Array(hash)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
    return "nothing";
  } catch (error) {
    return LetterwrightError.is(error) ? error.code : String(error);
  }
}

/** A conversation over a pair of Web streams, which every runtime has, with a script in place of a server. */
async function conversation(): Promise<Readonly<Record<string, unknown>>> {
  const script = [
    "220 hi",
    "250-hi\r\n250-PIPELINING\r\n250 CHUNKING",
    "250 m\r\n250 a\r\n550 b",
    "250 ok",
  ];
  const server = new TransformStream<Uint8Array, Uint8Array>();
  const answers = server.writable.getWriter();
  const reader = server.readable.getReader();
  const said: string[] = [];
  const session = createClientSession();
  const say = (command: Command): void => {
    said.push(new TextDecoder().decode(session.send(command)));
  };
  async function run<Result>(dialog: Dialog<Result>): Promise<Result> {
    let turn = dialog.next();
    while (turn.done !== true) {
      const step = turn.value;
      if (step.kind === "flight") {
        for (const command of step.commands) say(command);
        if (step.content !== undefined) say({ verb: "BDAT LAST", size: 0 });
      }
      const line = new TextEncoder().encode(`${script.shift()}\r\n`);
      const [, { value }] = await Promise.all([answers.write(line), reader.read()]);
      const replies = session.receive(value ?? line).map(({ reply }) => reply);
      turn = dialog.next({ replies });
    }
    return turn.value;
  }
  const offer = await run(greet("client.example.com"));
  const recipients = ["a@example.org", "b@example.org"];
  const result = await run(
    transaction({
      envelope: envelope({ reversePath: null, recipients }),
      pipelining: offer.keywords.has("PIPELINING"),
      recipients: "each",
      content: "chunks",
    }),
  );
  return { said, result, state: session.state };
}

/** Everything that mail should not have, and charsets that are not everywhere in the same way. */
const messy = [
  "From: =?iso-2022-jp?b?GyRCRnxLXBsoQg==?= <a@example.com>",
  "Subject: =?windows-1252?q?=80?= =?gb18030?b?1tA=?= \u00e4",
  "Subject: twice\rhere",
  "Content-Type: multipart/mixed; boundary=b",
  "",
  "--b",
  "Content-Type: text/plain; charset=utf-8; format=flowed",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Gr=C3=BC=C3=9Fe =",
  "",
  "und=20",
  "so",
  "--b",
  "Content-Type: message/delivery-status",
  "",
  "Reporting-MTA: dns; x",
  "",
  "Action: failed",
  "--bX",
  "--b",
  "Content-Disposition: attachment; filename*=utf-8''%C3%9C.bin",
  "Content-Transfer-Encoding: base64",
  "",
  "AAEC*/w",
].join("\r\n");

/** What the parser finds, at once and from a stream of odd pieces. */
async function reading(): Promise<Readonly<Record<string, unknown>>> {
  const octets = Uint8Array.from(messy, (character) => character.charCodeAt(0));
  const { message: mail, defects } = parse(octets);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < octets.length; at += 7) yield octets.subarray(at, at + 7);
  }
  const streamed = await parseStream(pieces(), { spool: memorySpool() });
  const again = toBytes(mail, verbatimPolicy);
  return {
    fields: toJson(mail),
    structure: structure(mail),
    text: textOf(mail),
    defects,
    streamed: structure(streamed.message),
    isSame: again.length === octets.length && again.every((octet, at) => octet === octets[at]),
    edited: new TextDecoder("latin1").decode(toBytes(removePart(mail, "3"), verbatimPolicy)),
  };
}

/** Everything that is compared between runtimes. */
export async function portableProgram(): Promise<Readonly<Record<string, unknown>>> {
  const mail = sample();
  const streamed: Uint8Array[] = [];
  for await (const chunk of toStream(mail, policy)) streamed.push(chunk);
  const viaWebStream = new Uint8Array(
    await new Response(toStream(mail, policy).readable).arrayBuffer(),
  );
  const whole = toBytes(mail, policy);
  const noise = Uint8Array.from({ length: 70_000 }, (_, at) => (at * at) >> 5);
  return {
    bytes: await digest(whole),
    length: whole.length,
    streamLength: streamed.reduce((sum, chunk) => sum + chunk.length, 0),
    webStream: await digest(viaWebStream),
    utf8: await digest(
      toBytes(mail, smtpUtf8Policy.with({ now: policy.now, random: policy.random })),
    ),
    requires: [...generate(mail, smtpUtf8Policy).requires],
    rendered: renderPlain(mail),
    answer: renderPlain(reply(mail, { from: "jane@example.org", text: "Danke!" })),
    attachments: attachmentsOf(mail, { inline: true }).map(({ path, safeName }) => [
      path,
      safeName,
    ]),
    addresses: parseAddressList("a@b.example, G: =?utf-8?q?x?= <c@d.example>;"),
    domains: [asciiDomain("bücher.example"), unicodeDomain("xn--bcher-kva.example")],
    base64: await digest(encodeBase64(noise)),
    base64Back: await digest(decodeBase64(encodeBase64(noise))),
    quotedPrintable: await digest(encodeQuotedPrintable(noise, { text: false })),
    quotedPrintableBack: await digest(
      decodeQuotedPrintable(encodeQuotedPrintable(noise, { text: false })),
    ),
    command: [...encodeCommand({ verb: "NOOP" })],
    reading: await reading(),
    conversation: await conversation(),
    errors: [
      codeOf(() => message({ from: "nobody" })),
      codeOf(() => message({ from: "a@b.example", subject: "a\nb" })),
      codeOf(() => message({ from: "a@b.example", subject: "\ud800" })),
      codeOf(() => decodeBase64(Uint8Array.of(0x2a))),
    ],
  };
}
