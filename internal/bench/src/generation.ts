/** Composing and generating whole messages, beside nodemailer's MailComposer. Every message is another one. */
import { generate, toBytes } from "@letterwright/generator";
import { attachment, message, type MessageInit } from "@letterwright/message";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import { simpleParser } from "mailparser";
import type { Comparison } from "./comparison.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** Flat text, as it comes from a file or a socket. */
const flat = (text: string): string => decoder.decode(encoder.encode(text));

const sentence = "The quick brown fox jumps over the lazy dog, and nobody minds at all.\n";
const lines = (length: number, line = sentence): string =>
  line.repeat(Math.ceil(length / line.length)).slice(0, length - 1) + "\n";

interface Input extends MessageInit {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

interface Case {
  readonly name: string;
  readonly goal: number;
  readonly input: (turn: number) => Input;
}

const count = 64;
const base = (turn: number) => ({
  from: flat(`Ana Example <ana${turn}@example.com>`),
  to: flat(`Bob Example <bob${turn}@example.org>`),
  subject: flat(`Grüße aus Köln, Nummer ${turn}`),
});
const cases: readonly Case[] = [
  {
    name: "text 1 KB",
    goal: 30,
    input: (turn) => ({ ...base(turn), text: flat(`Message ${turn}\n${lines(1000)}`) }),
  },
  {
    name: "text and HTML 10 KB",
    goal: 25,
    input: (turn) => ({
      ...base(turn),
      text: flat(`Message ${turn}\n${lines(4000)}`),
      html: flat(`<p>Message ${turn}</p>\n${lines(6000, `<p>${sentence.trim()}</p>\n`)}`),
    }),
  },
  {
    name: "text 1 KB that needs quoted-printable",
    goal: 18,
    input: (turn) => ({
      ...base(turn),
      text: flat(
        `Nachricht ${turn}\n${lines(1000, "Über den Wolken muß die Freiheit wohl grenzenlos sein.\n")}`,
      ),
    }),
  },
];

function nodemailerBuild(options: object): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    new MailComposer({
      ...options,
      newline: "\r\n",
      disableFileAccess: true,
      disableUrlAccess: true,
    })
      .compile()
      .build((error, bytes) => {
        if (error === null) resolve(bytes);
        else reject(error);
      });
  });
}

async function expectSameReading(ours: Uint8Array, theirs: Uint8Array): Promise<void> {
  const [one, other] = await Promise.all(
    [ours, theirs].map(async (bytes) => {
      const { from, to, subject, text, html, attachments } = await simpleParser(Buffer.from(bytes));
      return JSON.stringify([
        from?.value,
        to,
        subject,
        text,
        html,
        attachments.map(({ filename, contentType, checksum }) => [filename, contentType, checksum]),
      ]);
    }),
  );
  if (one !== other) throw new Error(`a reader finds different messages:\n${one}\n${other}`);
}

function composing({ name, goal, input }: Case): Comparison {
  const inputs = Array.from({ length: count }, (_, turn) => input(turn));
  let ourTurn = 0;
  let theirTurn = 0;
  return {
    name: `generate/${name}`,
    work: { amount: 1, unit: "message" },
    goal,
    sides: [
      { name: "letterwright", run: () => toBytes(message(inputs[ourTurn++ % count] as Input)) },
      {
        name: "nodemailer 10.6.0",
        run: () => nodemailerBuild(inputs[theirTurn++ % count] as Input),
      },
    ],
    verify: async () => {
      for (const one of inputs.slice(0, 8)) {
        await expectSameReading(toBytes(message(one)), await nodemailerBuild(one));
      }
    },
  };
}

function attaching(label: string, byteLength: number): Comparison {
  const file = (): Uint8Array => {
    const bytes = new Uint8Array(byteLength);
    for (let at = 0; at < byteLength; at++) bytes[at] = (at * 2_654_435_761) >>> 13;
    return bytes;
  };
  let kept: Uint8Array | undefined;
  const content = (): Uint8Array => (kept ??= file());
  const head = { ...base(1), text: "See the file.\n" };
  return {
    name: `generate/attachment of ${label}`,
    work: { amount: byteLength / 1_000_000, unit: "MB" },
    goal: 3,
    sides: [
      {
        name: "letterwright",
        run: () =>
          toBytes(
            message({ ...head, attachments: [attachment({ name: "a.bin", content: content() })] }),
          ),
      },
      {
        name: "nodemailer 10.6.0",
        run: () =>
          nodemailerBuild({ ...head, attachments: [{ filename: "a.bin", content: content() }] }),
      },
    ],
    verify: async () => {
      const attachments = [attachment({ name: "a.bin", content: content() })];
      const raw = generate(message({ ...head, attachments }));
      if (raw.body.byteLength === undefined) throw new Error("the length is not known ahead");
      await expectSameReading(
        toBytes(message({ ...head, attachments })),
        await nodemailerBuild({
          ...head,
          attachments: [{ filename: "a.bin", content: content() }],
        }),
      );
    },
  };
}

export const generationComparisons: readonly Comparison[] = [
  ...cases.map(composing),
  attaching("1 MB", 1_000_000),
  attaching("25 MB", 25_000_000),
];
