/** Sends by this project's mailer, in one of its ways. */
import {
  attachment,
  createMailer,
  createTlsContext,
  message,
  type Message,
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
  // As for nodemailer: no connection is spent.
  maxMessagesPerConnection: Infinity,
  ...(ca === undefined
    ? { tls: "none" }
    : { tls: "implicit", tlsContext: createTlsContext({ ca, trust: "none" }) }),
  ...way.transport,
};
const mailer = createMailer({ transport });

function composed(id: number): Message {
  const { from, to, subject, text, file } = partsOf(id);
  const headers = { "X-Bench-Number": String(id) };
  if (file === undefined) return message({ from, to, subject, text, headers });
  const attachments = [attachment({ name: "file.bin", content: file })];
  return message({ from, to, subject, text, headers, attachments });
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

// One function for all rounds, as a program has one that sends: with each, the engine would learn anew.
function* mails(first: number, count: number): Generator<Message> {
  for (let id = first; id < first + count; id++) yield composed(id);
}

const byBulk: SendRound = async ({ first, count }, onReceipt) => {
  let octets = 0;
  let id = first;
  const options = { concurrency: connections, ordered: true, ...way.bulk };
  for await (const result of mailer.sendAll(mails(first, count), options)) {
    if ("error" in result) throw result.error;
    expectOwnReply(result.receipt.reply.text, id++);
    octets += result.receipt.byteLength;
    onReceipt();
  }
  return octets;
};

await serveRounds(way.by === "send" ? bySend : byBulk, () => mailer.close());
