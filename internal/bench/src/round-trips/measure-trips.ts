/** Round trips until a message is receipted, over a line that counts them: ours beside nodemailer's. */
import { startSink } from "../sending/sink.ts";
import { ways } from "../sending/ways.ts";
import { letterwright, nodemailer, type Line, type TripClient } from "./clients.ts";
import { startTurnRelay } from "./turn-relay.ts";

/** One way to reach a server. */
export interface TripRow {
  /** As the report says it. */
  readonly name: string;
  readonly tls: Line["tls"];
  readonly auth: boolean;
}

/** Round trips until the receipt. */
export interface Trips {
  /** Of the first message, with all that comes before it but the making of the TCP connection. */
  readonly first: number;
  /** Of the message after it. */
  readonly next: number;
}

/** What a row gave, by side. */
export interface TripResult {
  readonly row: TripRow;
  readonly sides: readonly { readonly name: string; readonly trips: Trips }[];
}

/** Who takes part; a flight that has to be asked for as soon as its entry in `ways` says that it is there. */
export const tripSides: readonly {
  readonly name: string;
  readonly client: (line: Line) => TripClient;
  /** Whether it can be had today. */
  readonly isThere: boolean;
}[] = [
  { name: "letterwright", client: letterwright(), isThere: true },
  // One fewer: MAIL, RCPT and BDAT leave together.
  {
    name: "letterwright, eager",
    client: letterwright(ways.eager.transport),
    isThere: ways.eager.isThere,
  },
  { name: "nodemailer 10.6.0, pool", client: nodemailer, isThere: true },
];

const security = { none: "plain", starttls: "STARTTLS", implicit: "implicit TLS" } as const;

export const tripRows: readonly TripRow[] = (["none", "implicit", "starttls"] as const).flatMap(
  (tls) =>
    [false, true].map((auth) => ({
      name: `trips/${security[tls]}${auth ? ", AUTH PLAIN" : ""}`,
      tls,
      auth,
    })),
);

/** Every side, one after another, to a receiver that offers all it can. */
export async function measureTrips(row: TripRow): Promise<TripResult> {
  const { tls, auth } = row;
  const sink = await startSink({ ...(tls === "none" ? {} : { tls }), offers: { auth } });
  try {
    const sides = [];
    for (const { name, client, isThere } of tripSides) {
      if (!isThere) continue;
      const line = { port: sink.port, tls, ca: sink.ca, auth };
      sides.push({ name, trips: await fewestTrips(client, line) });
    }
    return { row, sides };
  } finally {
    await sink.close();
  }
}

/** A machine that is busy can only add to a count: the least of three is taken. */
export async function fewestTrips(client: (line: Line) => TripClient, line: Line): Promise<Trips> {
  const all: Trips[] = [];
  for (let at = 0; at < 3; at++) all.push(await trips(client, line));
  return {
    first: Math.min(...all.map(({ first }) => first)),
    next: Math.min(...all.map(({ next }) => next)),
  };
}

async function trips(client: (line: Line) => TripClient, line: Line): Promise<Trips> {
  const relay = await startTurnRelay(line.port);
  const sender = client({ ...line, port: relay.port });
  try {
    await sender.send();
    const first = relay.halfTrips / 2;
    await sender.send();
    return { first, next: relay.halfTrips / 2 - first };
  } finally {
    await sender.close();
    await relay.close();
  }
}
