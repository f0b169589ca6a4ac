/**
 * `send-stream SIDE PORT MEGABYTES`: sends one message with an attachment that is made as it goes, and prints the
 * process's peak of resident memory. A program of its own: the measurement is of nothing else.
 */
import { Readable } from "node:stream";
import { peakRssMb } from "../peak-rss.ts";

const [side, port, megabytes] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const chunk = new Uint8Array(65_536).fill(65);
const byteLength = megabytes * 1_000_000;

async function* content(): AsyncGenerator<Uint8Array> {
  for (let left = byteLength; left > 0; left -= chunk.length) {
    yield left < chunk.length ? chunk.subarray(0, left) : chunk;
  }
}

const parts = { from: "ana@example.com", to: "bob@example.org", text: "See the file." };
let octets: number | null = null;
if (side === "letterwright") {
  const { attachment, createMailer, message, once } = await import("@letterwright/mailer");
  const mailer = createMailer({ transport: { host: "127.0.0.1", port, tls: "none" } });
  const attachments = [attachment({ name: "large.bin", content: once(content(), { byteLength }) })];
  octets = (await mailer.send(message({ ...parts, attachments }))).byteLength;
  await mailer.close();
} else {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({ host: "127.0.0.1", port, ignoreTLS: true });
  const attachments = [
    { filename: "large.bin", content: Readable.from(content(), { objectMode: false }) },
  ];
  await transport.sendMail({ ...parts, attachments });
  transport.close();
}
console.log(JSON.stringify({ octets, peakRssMb: peakRssMb() }));
