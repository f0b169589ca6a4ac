/** Sends by nodemailer's pool, at its best settings: no connection is spent, and the queue is never empty. */
import { createTransport } from "nodemailer";
import { clientOptions, expectOwnReply, inTurns, serveRounds } from "./client.ts";
import { partsMaker } from "./load.ts";

const { port, ca, connections, load } = clientOptions();
/** Of 1, 2, 5 and 20 a connection this took the least CPU, with one connection and with five. */
const atOnce = connections * 20;
const partsOf = partsMaker(load, atOnce + 1);

const transport = createTransport({
  host: "127.0.0.1",
  port,
  pool: true,
  maxConnections: connections,
  maxMessages: Infinity,
  ...(ca === undefined
    ? { ignoreTLS: true }
    : { secure: true, tls: { ca, minVersion: "TLSv1.3" } }),
});

await serveRounds(
  async (round, onReceipt) => {
    await inTurns(round, atOnce, async (id) => {
      const { from, to, subject, text, file } = partsOf(id);
      const headers = { "X-Bench-Number": String(id) };
      const { response } = await transport.sendMail(
        file === undefined
          ? { from, to, subject, text, headers }
          : {
              from,
              to,
              subject,
              text,
              headers,
              attachments: [{ filename: "file.bin", content: file }],
            },
      );
      expectOwnReply(response, id);
      onReceipt();
    });
    return null; // its messageSize counts the wire, with stuffed dots and the final one
  },
  () => {
    transport.close();
    return Promise.resolve();
  },
);
