/** An authorization server of the suite's own, over TLS. It answers as a test tells it. */
import { createServer } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { OauthProvider } from "@letterwright/smtp/oauth";
import { createAuthority } from "@letterwright/receiver/certificates";

/** A request as it came. */
export interface OauthRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

/** What the server does with it. */
export type OauthAnswer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly json: unknown }
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string }
  | "stall"
  | "cut"
  | "flood";

/** A running server. */
export interface OauthServer extends AsyncDisposable {
  readonly provider: OauthProvider;
  readonly port: number;
  /** PEM of the authority to trust. */
  readonly ca: string;
  readonly requests: readonly OauthRequest[];
}

/** Starts one. `answer` is asked for each request, with its number from 0 on. */
export async function oauthServer(
  answer: (request: OauthRequest, number: number) => OauthAnswer,
): Promise<OauthServer> {
  const authority = await createAuthority();
  const { chain: cert, key } = await authority.issue({ names: ["127.0.0.1"] });
  const requests: OauthRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    let body = "";
    incoming.on("error", () => undefined);
    outgoing.on("error", () => undefined);
    incoming.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    incoming.on("end", () => {
      const request: OauthRequest = {
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        headers: incoming.headers,
        form: Object.fromEntries(new URLSearchParams(body)),
      };
      requests.push(request);
      const given = answer(request, requests.length - 1);
      if (given === "stall") return;
      if (given === "cut") {
        incoming.socket.destroy();
        return;
      }
      if (given === "flood") {
        const more = (): void => {
          while (!outgoing.destroyed && outgoing.write("x".repeat(16_384)));
          if (!outgoing.destroyed) outgoing.once("drain", more);
        };
        outgoing.writeHead(200);
        more();
        return;
      }
      outgoing.writeHead(given.status ?? 200, given.headers);
      outgoing.end("json" in given ? JSON.stringify(given.json) : given.body);
    });
  });
  server.on("secureConnection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const base = `https://127.0.0.1:${port}`;
  return {
    provider: { tokenEndpoint: `${base}/token`, deviceEndpoint: `${base}/device` },
    port,
    ca: authority.certificate,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A good answer. */
export function bearer(token: string, more: Readonly<Record<string, unknown>> = {}): OauthAnswer {
  return { json: { access_token: token, token_type: "Bearer", expires_in: 3600, ...more } };
}
