/** A connection that is ready for mail: greeted, protected as the settings say, logged in. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { LetterwrightError } from "@letterwright/base/error";
import { offers, type ServerOffer } from "@letterwright/message";
import { greet, offersStartTls, quit, startTls } from "@letterwright/smtp-protocol";
import { connectTls, describeConnection, type TlsReport } from "@letterwright/tls";
import type { Protection, SendTimings } from "@letterwright/transport";
import { defaultClientName } from "./client-name.ts";
import { connected, explainConnectError } from "./connect.ts";
import { Exchange } from "./exchange.ts";
import { notSmtp, timedOut } from "./failure.ts";
import { login } from "./login.ts";
import type { SmtpSettings } from "./options.ts";
import { placeOf, type Place, type SmtpTarget } from "./place.ts";
import { termsOf, type Terms } from "./terms.ts";

/** A connection that is ready for mail. */
export interface Connection {
  readonly exchange: Exchange;
  readonly settings: SmtpSettings;
  readonly place: Place;
  /** What the server offers, after TLS and login. */
  readonly offer: ServerOffer;
  /** The same, read. */
  readonly terms: Terms;
  readonly security: TlsReport | undefined;
  readonly protection: Protection;
  readonly timings: Timings;
}

/** Timings while they are taken. */
export type Timings = { -readonly [Phase in keyof SendTimings]: SendTimings[Phase] };

/** A connection while it is being made. */
export interface Making {
  readonly settings: SmtpSettings;
  readonly place: Place;
  readonly exchange: Exchange;
  readonly signal: AbortSignal | undefined;
  readonly timings: Timings;
  security: TlsReport | undefined;
}

/**
 * Connects to one target, and makes the connection ready for mail. `track` is told of the exchange as soon as there
 * is one, so that it can be ended.
 */
export async function openConnection(
  settings: SmtpSettings,
  target: SmtpTarget,
  { signal, track }: { signal: AbortSignal | undefined; track: (exchange: Exchange) => void },
): Promise<Connection> {
  const place = placeOf(target);
  const timings: Timings = {};
  const stream = await timed(timings, "connectMs", () => dialled(settings, place, signal));
  let raw: Duplex = stream;
  let security: TlsReport | undefined;
  // Whatever the stream is by itself: TLS that it has may end at a proxy.
  if (settings.tls === "implicit") {
    const secure = await timed(timings, "tlsMs", () => secured(stream, settings, place, signal));
    raw = secure;
    security = describeConnection(secure);
    if (settings.watch.isOn) {
      settings.watch.tell({ ...place.told, kind: "secured", report: security });
    }
  }
  const making: Making = {
    settings,
    place,
    signal,
    timings,
    security,
    exchange: new Exchange(raw, { settings, place, upgrade: () => upgraded(making) }),
  };
  const { exchange } = making;
  track(exchange);
  try {
    const introduction = await introduced(making, raw);
    await timed(timings, "loginMs", () => login(making, introduction), settings.auth !== undefined);
    const offer = usable(introduction, settings);
    return {
      exchange,
      settings,
      place,
      offer,
      terms: termsOf(offer),
      security: making.security,
      protection: protectionOf(making),
      timings,
    };
  } catch (error) {
    await leave(exchange);
    throw error;
  }
}

async function dialled(
  settings: SmtpSettings,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  let stream: Duplex;
  try {
    stream = await connected(settings, place, signal);
  } catch (error) {
    throw explainConnectError(error, place);
  }
  const { host, port, socketPath, told } = place;
  if (settings.watch.isOn) {
    const address = stream instanceof Socket ? (stream.remoteAddress ?? "") : "";
    settings.watch.tell({ ...told, kind: "connected", host, port, address: socketPath ?? address });
  }
  if (signal?.aborted === true) {
    stream.on("error", () => undefined).destroy();
    throw signal.reason;
  }
  return stream;
}

/** TLS over the stream, within the deadline. */
async function secured(
  stream: Duplex,
  { tlsContext, timeouts, watch }: SmtpSettings,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(timedOut("tls", place, timeouts.tlsMs)),
    timeouts.tlsMs,
  );
  try {
    return await connectTls(tlsContext, {
      // Node puts TLS around any Duplex; its types name the one that it mostly is.
      socket: stream as Socket,
      host: place.host,
      ...(place.port === undefined ? {} : { port: place.port }),
      signal: signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]),
    });
  } catch (error) {
    if (watch.isOn) watch.tell({ ...place.told, kind: "closed" });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function upgraded(making: Making): Promise<Duplex> {
  const { exchange, settings, place, signal, timings } = making;
  const unwatched = { ...settings, watch: { isOn: false, tell: () => undefined } };
  const before = performance.now();
  const stream = await secured(exchange.stream, unwatched, place, signal);
  timings.tlsMs = performance.now() - before;
  making.security = describeConnection(stream);
  if (settings.watch.isOn) {
    settings.watch.tell({ ...place.told, kind: "secured", report: making.security });
  }
  return stream;
}

/** Greeting, EHLO, STARTTLS where that is wanted. */
async function introduced(making: Making, stream: Duplex): Promise<ServerOffer> {
  const { exchange, settings, place, signal, timings } = making;
  const { protocol } = settings;
  const local = stream instanceof Socket ? (stream.localAddress ?? "127.0.0.1") : "127.0.0.1";
  const name = settings.clientName ?? defaultClientName(local);
  const before = performance.now();
  try {
    let offer: ServerOffer;
    try {
      offer = await exchange.run(greet(name, { protocol }), { stage: "greeting", signal });
    } catch (error) {
      throw notSmtp(error, place);
    }
    const isWanted = settings.tls === "starttls" || settings.tls === "opportunistic";
    if (!isWanted) return offer;
    if (offersStartTls(offer)) {
      return await exchange.run(startTls(name, { protocol }), { stage: "tls", signal });
    }
    if (settings.tls === "opportunistic") return offer;
    throw new LetterwrightError(`${place.label} does not offer STARTTLS`, {
      code: "SMTP_STARTTLS_NOT_OFFERED",
      hint: "Use implicit TLS on port 465. If the server did offer it yesterday, somebody on the path may have taken it away.",
    });
  } finally {
    const within = settings.tls === "implicit" ? 0 : (timings.tlsMs ?? 0);
    timings.greetingMs = performance.now() - before - within;
  }
}

/**
 * What is offered and of use: content that is no lines needs chunks (RFC 3030 §3), and chunks can be switched off.
 */
function usable(offer: ServerOffer, { chunking }: SmtpSettings): ServerOffer {
  const hasChunks = offers(offer, "CHUNKING") && chunking !== false;
  if (hasChunks || !(offers(offer, "CHUNKING") || offers(offer, "BINARYMIME"))) return offer;
  return {
    keywords: new Map(
      [...offer.keywords].filter(([keyword]) => keyword !== "BINARYMIME" && keyword !== "CHUNKING"),
    ),
  };
}

function protectionOf({ security, place }: Making): Protection {
  if (security === undefined) return { kind: place.socketPath === undefined ? "none" : "local" };
  const { protocol, cipher, trustSource, verifiedName } = security;
  const named = verifiedName === undefined ? {} : { verifiedName };
  return Object.freeze({ kind: "tls", protocol, cipher, trustSource, ...named });
}

/**
 * Ends a connection, with QUIT wherever the line is idle (RFC 5321 §4.1.1.10). How that is answered changes nothing
 * any more.
 */
export async function leave(exchange: Exchange): Promise<void> {
  const { state, awaited } = exchange.session;
  const isIdle =
    exchange.failure === undefined &&
    exchange.isIdle &&
    awaited === 0 &&
    state !== "closed" &&
    state !== "content" &&
    state !== "tls" &&
    state !== "auth";
  if (isIdle) {
    const goodbye = exchange.run(quit(), { stage: "quit" }).catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    // Nobody waits long for a server that is slow to say goodbye.
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([goodbye, patience]);
    clearTimeout(timer);
  }
  exchange.close();
}

const patienceMs = 500;

/** Does the work and keeps how long it took; unless it is not `wanted`, and so took no time at all. */
async function timed<Result>(
  timings: Timings,
  phase: keyof SendTimings,
  work: () => Promise<Result>,
  wanted = true,
): Promise<Result> {
  const before = performance.now();
  try {
    return await work();
  } finally {
    if (wanted) timings[phase] = performance.now() - before;
  }
}
