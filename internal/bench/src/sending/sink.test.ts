/** The receiver of the benchmarks: what it says of what came has to be true, or nothing that is measured is. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stampOf, writeLoads } from "./load.ts";
import { buildNative, compiler } from "./native.ts";
import { startSink, type Sink, type SinkOptions } from "./sink.ts";

/** Without a compiler, or without OpenSSL's headers, what needs them is skipped, and counted as skipped. */
const hasCompiler = !("missing" in compiler());
const hasTls = hasCompiler && buildNative().hasTls;
const loads = writeLoads();
const payload = readFileSync(loads.text.payload, "latin1");
const bodyOf = (id: number, text = payload): string => `${stampOf(id)}\r\n${text}\r\n`;
const mailOf = (id: number, text?: string): string =>
  `Subject: x\r\nX-Bench-Number: ${id}\r\n\r\n${bodyOf(id, text)}`;
const stuffed = (text: string): string => text.replaceAll(/^\./gm, "..");
const envelope = "MAIL FROM:<a@example.com> BODY=8BITMIME\r\nRCPT TO:<b@example.org>\r\n";
const byData = (id: number, text?: string): string =>
  `${envelope}DATA\r\n${stuffed(mailOf(id, text))}.\r\n`;
const byBdat = (mail: string): string => `${envelope}BDAT ${mail.length} LAST\r\n${mail}`;

/** Says everything, in pieces of such a length, and gives what is answered until the line is closed. */
async function converse(sink: Sink, said: string, pieceLength: number): Promise<string> {
  const isTls = sink.ca !== undefined;
  const socket: Socket = isTls
    ? connectTls({ host: "127.0.0.1", port: sink.port, ca: sink.ca })
    : connectSocket({ host: "127.0.0.1", port: sink.port, noDelay: true });
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString("latin1")));
  const closed = once(socket, "close");
  await once(socket, isTls ? "secureConnect" : "connect");
  for (let at = 0; at < said.length; at += pieceLength) {
    socket.write(said.slice(at, at + pieceLength), "latin1");
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  return heard;
}

const codes = (heard: string): readonly string[] =>
  heard.split("\r\n").flatMap((line) => (/^\d{3} /.test(line) ? [line.slice(0, 3)] : []));

const good = { damaged: 0, doubled: 0, unnumbered: 0, outOfOrder: 0 };

describe.skipIf(!hasCompiler)("the receiver in C", () => {
  const lines: readonly [string, SinkOptions][] = [
    ["plain", { load: loads.text }],
    ["TLS 1.3", { load: loads.text, tls: "implicit" }],
    ["with a delay", { load: loads.text, delayMs: 3 }],
  ];
  for (const [title, options] of lines) {
    describe.skipIf(options.tls !== undefined && !hasTls)(title, () => deliveries(options));
  }

  it.each<[string, (id: number) => string, object]>([
    ["a changed payload", (id) => byData(id, payload.replace("fox", "cat")), { damaged: 1 }],
    ["a dot too few", (id) => byData(id, payload.replace("\r\n..and", "\r\n.and")), { damaged: 1 }],
    ["a payload cut short", (id) => byBdat(mailOf(id, payload.slice(0, -1))), { damaged: 1 }],
    [
      "another message's payload",
      (id) => byBdat(mailOf(id).replace(stampOf(id), stampOf(id + 1))),
      { damaged: 1 },
    ],
    [
      "a message twice",
      (id) => byData(id) + byData(id),
      { doubled: 1, outOfOrder: 1, messages: 2 },
    ],
    ["messages out of order", (id) => byData(id + 1) + byData(id), { outOfOrder: 1, messages: 2 }],
    [
      "a message without a number",
      () => byBdat("Subject: x\r\n\r\nno number\r\n"),
      { unnumbered: 1 },
    ],
    ["nothing, after RSET", () => `${envelope}RSET\r\n`, { messages: 0 }],
    [
      "nothing, where a chunk comes without recipients",
      () => "BDAT 3 LAST\r\nabc",
      { messages: 0 },
    ],
  ])("notices %s", async (_, said, expected) => {
    const sink = await startSink({ load: loads.text });
    try {
      await converse(sink, `EHLO client.example\r\n${said(7)}QUIT\r\n`, 100_000);
      expect(await sink.report()).toMatchObject({ messages: 1, ...good, quits: 1, ...expected });
    } finally {
      await sink.close();
    }
  });

  it("notices a damaged attachment, however long", async () => {
    const sink = await startSink({ load: loads.attachment });
    const wire = readFileSync(loads.attachment.payload, "latin1");
    const stamp = Buffer.from(stampOf(1)).toString("base64");
    const mail = (text: string): string =>
      `X-Bench-Number: 1\r\n\r\n${stamp}\r\n${text}\r\n--end--\r\n`;
    const damagedAt = wire.length - 200;
    const damaged = `${wire.slice(0, damagedAt)}${wire[damagedAt] === "A" ? "B" : "A"}${wire.slice(damagedAt + 1)}`;
    try {
      for (const [text, count] of [
        [wire, 0],
        [damaged, 1],
      ] as const) {
        await converse(sink, `EHLO client.example\r\n${byBdat(mail(text))}QUIT\r\n`, 60_000);
        expect(await sink.report()).toMatchObject({ messages: 1, damaged: count });
      }
    } finally {
      await sink.close();
    }
  });
});

function deliveries(options: SinkOptions): void {
  let sink: Sink;
  let next = 1;
  beforeAll(async () => {
    sink = await startSink(options);
  });
  afterAll(() => sink.close());

  it.each([1, 2, 3, 7, 100, 100_000])(
    "takes DATA and BDAT in one flight, cut every %d octets (RFC 5321 §4.5.2, RFC 3030 §2)",
    async (pieceLength) => {
      const [one, two, three] = [next++, next++, next++];
      const half = Math.floor(mailOf(three).length / 2);
      const heard = await converse(
        sink,
        [
          "EHLO client.example\r\n",
          byData(one),
          byBdat(mailOf(two)),
          envelope,
          `BDAT ${half}\r\n${mailOf(three).slice(0, half)}`,
          `BDAT ${mailOf(three).length - half}\r\n${mailOf(three).slice(half)}`,
          "BDAT 0 LAST\r\n",
          "RSET\r\nQUIT\r\n",
        ].join(""),
        pieceLength,
      );
      expect(codes(heard).join(" ")).toBe(
        "220 250 250 250 354 250 250 250 250 250 250 250 250 250 250 221",
      );
      expect(heard.match(/queued as \d+/g)).toEqual(
        [one, two, three].map((id) => `queued as ${id}`),
      );
      expect(await sink.report()).toEqual({
        ...good,
        messages: 3,
        octets: mailOf(one).length + mailOf(two).length + mailOf(three).length,
        connections: 1,
        quits: 1,
        firstId: one,
        lastId: three,
      });
    },
  );
}
