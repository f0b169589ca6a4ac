/**
 * Generates a message with an attachment of 500 MB that is streamed, and prints the process's peak of
 * resident memory. A program of its own: the measurement is of nothing else.
 */
import { toStream } from "@letterwright/generator";
import { attachment, message, once } from "@letterwright/message";
import { peakRssMb } from "./peak-rss.ts";

const megabytes = 500;
const chunk = new Uint8Array(65_536).fill(65);

async function* content(): AsyncGenerator<Uint8Array> {
  for (let left = megabytes * 1_000_000; left > 0; left -= chunk.length) {
    yield left < chunk.length ? chunk.subarray(0, left) : chunk;
  }
}

const stream = toStream(
  message({
    from: "ana@example.com",
    to: "bob@example.org",
    text: "See the file.",
    attachments: [
      attachment({
        name: "large.bin",
        content: once(content(), { byteLength: megabytes * 1_000_000 }),
      }),
    ],
  }),
);
let length = 0;
for await (const piece of stream) length += piece.length;
if (length !== stream.byteLength)
  throw new Error(`${length} bytes came, ${stream.byteLength} were said`);
console.log(JSON.stringify({ megabytes, length, peakRssMb: peakRssMb() }));
