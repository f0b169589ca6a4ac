/**
 * One form, posted to one place. Secrets travel in it, so: TLS only, verified; no redirect is followed; the answer
 * and the time it may take are bounded; nothing is asked of the environment.
 */
import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import { connectTls, type TlsContext } from "@letterwright/tls";
import { dial } from "../proxy/dial.ts";
import type { Tunnel } from "../proxy/tunnel.ts";
import { OauthError } from "./failure.ts";

/** How endpoints are reached. */
export interface Route {
  readonly tlsContext: TlsContext;
  readonly tunnel: Tunnel | undefined;
  readonly timeoutMs: number;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

const maxBodyBytes = 65_536;

/**
 * @throws {UsageError} `OAUTH_ENDPOINT_INVALID`
 */
export function endpointOf(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // said below, with the others
  }
  const isFit =
    url?.protocol === "https:" && url.username === "" && url.password === "" && url.hash === "";
  if (url !== undefined && isFit) return url;
  throw new UsageError(`${JSON.stringify(text)} is no https address of an endpoint`, {
    code: "OAUTH_ENDPOINT_INVALID",
    hint: "Secrets are sent to it, so it has to begin with https:// and hold no user (RFC 6749 §3.2).",
  });
}

/** Rejects with {@link OauthError}, with what TLS refuses, and with `signal.reason`. */
export async function post(
  url: URL,
  form: URLSearchParams,
  headers: Readonly<Record<string, string>>,
  route: Route,
  given: AbortSignal,
): Promise<Answer> {
  const late = new OauthError(`${url.host} did not answer within ${route.timeoutMs / 1000} s`, {
    code: "OAUTH_TIMEOUT",
    hint: "Is there a way to it from this machine? A firewall may drop the packets.",
    retry: "later",
  });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(late), route.timeoutMs);
  const signal = AbortSignal.any([deadline.signal, given]);
  let socket: Duplex | undefined;
  try {
    socket = await secured(url, route, signal);
    return await exchanged(socket, url, form.toString(), headers, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw LetterwrightError.is(error) ? error : unreachable(url, error);
  } finally {
    clearTimeout(timer);
    socket?.on("error", () => undefined).destroy();
  }
}

async function secured(url: URL, { tlsContext, tunnel }: Route, signal: AbortSignal) {
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === "" ? 443 : Number(url.port);
  const plain =
    tunnel === undefined ? await dial(host, port, signal) : await tunnel({ host, port, signal });
  return connectTls(tlsContext, { socket: plain as Socket, host, port, signal });
}

function exchanged(
  socket: Duplex,
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({
      method: "POST",
      path: url.pathname + url.search,
      headers: {
        host: url.host,
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body),
        ...headers,
      },
      createConnection: () => socket,
      signal,
    });
    asked.once("error", reject);
    asked.once("response", (response) => {
      read(response, url.host).then(resolve, reject);
    });
    asked.end(body);
  });
}

async function read(response: IncomingMessage, host: string): Promise<Answer> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    throw new OauthError(`${host} sends the request elsewhere (${status})`, {
      code: "OAUTH_REDIRECTED",
      hint: "Secrets are not carried to another place: give the address of the endpoint itself.",
      retry: "no",
      status,
    });
  }
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    byteLength += chunk.length;
    if (byteLength > maxBodyBytes) {
      throw new OauthError(`${host} answers with more than ${maxBodyBytes} bytes`, {
        code: "OAUTH_ANSWER_TOO_LONG",
        hint: "Check the address of the endpoint: a token is far shorter.",
        retry: "no",
        status,
      });
    }
    chunks.push(chunk);
  }
  return { status, body: Buffer.concat(chunks).toString("utf8") };
}

function unreachable(url: URL, cause: unknown): OauthError {
  const code =
    typeof cause === "object" && cause !== null && "code" in cause
      ? ` (${String(cause.code)})`
      : "";
  return new OauthError(`there is no way to ${url.host}${code}`, {
    code: "OAUTH_UNREACHABLE",
    hint: "Check the address of the endpoint, and that this machine may reach it; give `proxy` where it may not.",
    retry: "later",
    cause,
  });
}
