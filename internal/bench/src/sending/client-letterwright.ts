/** Sends by this project's mailer, in one of its ways. */
import {
  attachment,
  createMailer,
  createTlsContext,
  message,
  type Message,
  type SendReceipt,
  type SmtpOptions,
} from "@letterwright/mailer";
import { clientOptions, expectOwnReply, inTurns, serveRounds, type SendRound } from "./client.ts";
import { partsMaker } from "./load.ts";

const { port, ca, connections, load, way } = clientOptions();
if (way === undefined) throw new Error("no way was given");
const atOnce = connections * (way.inFlight ?? 1);
const windowOf = typeof way.bulk?.["window"] === "number" ? way.bulk["window"] : 2;
// Those on their way, those waiting, and one at each end.
const partsOf = partsMaker(load, way.by === "send" ? atOnce + 2 : connections * (windowOf + 2) + 2);

const transport: SmtpOptions & { readonly maxConnections: number } = {
  host: "127.0.0.1",
  port,
  maxConnections: connections,
  ...(ca === undefined
    ? { tls: "none" }
    : { tls: "implicit", tlsContext: createTlsContext({ ca, trust: "none" }) }),
  ...way.transport,
};
const mailer = createMailer({ transport });

function composed(id: number): Message {
  const { file, ...parts } = partsOf(id);
  return message({
    ...parts,
    headers: { "X-Bench-Number": String(id) },
    ...(file === undefined
      ? {}
      : { attachments: [attachment({ name: "file.bin", content: file })] }),
  });
}

const bySend: SendRound = async (round, onReceipt) => {
  let octets = 0;
  await inTurns(round, atOnce, async (id) => {
    const { reply, byteLength } = await mailer.send(composed(id));
    expectOwnReply(reply.text, id);
    octets += byteLength;
    onReceipt();
  });
  return octets;
};

/** What `sendAll` gives, in the order of its input: a receipt, or why there is none. */
type BulkResult = { readonly receipt: SendReceipt } | { readonly error: unknown };
interface Bulk {
  sendAll(
    mails: Iterable<Message> | AsyncIterable<Message>,
    options: Readonly<Record<string, unknown>>,
  ): AsyncIterable<BulkResult>;
}

const byBulk: SendRound = async ({ first, count }, onReceipt) => {
  function* mails(): Generator<Message> {
    for (let id = first; id < first + count; id++) yield composed(id);
  }
  let octets = 0;
  let id = first;
  // Until `sendAll` is there its type cannot be imported.
  const bulk = mailer as unknown as Bulk;
  const options = { concurrency: connections, ordered: true, ...way.bulk };
  for await (const result of bulk.sendAll(mails(), options)) {
    if ("error" in result) throw result.error;
    expectOwnReply(result.receipt.reply.text, id++);
    octets += result.receipt.byteLength;
    onReceipt();
  }
  return octets;
};

await serveRounds(way.by === "send" ? bySend : byBulk, () => mailer.close());
