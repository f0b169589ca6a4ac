/** Resident memory of a process that sends and does nothing else, at default settings of Node. */
import { spread } from "../measure.ts";
import { startChild, type Child } from "./child.ts";
import type { ClientOptions, RoundResult } from "./client.ts";
import type { LoadFiles } from "./load.ts";
import { nodeClient, round } from "./measure-sending.ts";
import { startSink } from "./sink.ts";
import { ways } from "./ways.ts";
import { fileURLToPath } from "node:url";

const megabytes = 500;

/** The peak of a process that sends an attachment of 500 MB, made as it goes; the middle of three, ours and nodemailer's. */
export async function streamingPeaks(): Promise<readonly string[]> {
  const program = fileURLToPath(new URL("send-stream.js", import.meta.url));
  const sentences: string[] = [];
  for (const [side, words] of [
    ["letterwright", "`mailer.send`"],
    ["nodemailer", "nodemailer 10.6.0"],
  ] as const) {
    const peaks: number[] = [];
    for (let at = 0; at < 3; at++) {
      const sink = await startSink();
      const child: Child = startChild(process.execPath, [
        program,
        side,
        String(sink.port),
        String(megabytes),
      ]);
      const { octets, peakRssMb } = (await child.next()) as {
        readonly octets: number | null;
        readonly peakRssMb: number;
      };
      await child.close();
      const came = await sink.report();
      await sink.close();
      if (came.messages !== 1 || (octets !== null && came.octets !== octets))
        throw new Error(`${side}: ${octets} octets were sent, and ${JSON.stringify(came)} came`);
      peaks.push(peakRssMb);
    }
    const { median, least, most } = spread(peaks);
    sentences.push(
      `An attachment of ${megabytes} MB, streamed through ${words} to a server: ${median.toFixed(0)} MB at the peak (${least.toFixed(0)} to ${most.toFixed(0)} MB).`,
    );
  }
  return sentences;
}

/** 100,000 messages by `sendAll`, each way of it that is there: does memory stay where it was? */
export async function bulkGrowth(load: LoadFiles, count = 100_000): Promise<readonly string[]> {
  const sentences: string[] = [];
  for (const way of Object.values(ways)) {
    if (way.by !== "sendAll" || !way.isThere) continue;
    const sink = await startSink({ load });
    const options: ClientOptions = { port: sink.port, connections: 1, load, way };
    const child = nodeClient("client-letterwright.js", options);
    const { rssMb }: RoundResult = await round({ name: way.name, child, count }, sink, 1);
    await child.close();
    await sink.close();
    const early = Math.max(...rssMb.slice(0, 4));
    const late = Math.max(...rssMb.slice(-4));
    sentences.push(
      `${count.toLocaleString("en").replaceAll(",", " ")} messages of 1 KB, ${way.name}: at most ${early.toFixed(0)} MB resident during the first fifth, ${late.toFixed(0)} MB during the last.`,
    );
  }
  return sentences;
}
