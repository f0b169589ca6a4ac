/** A server that follows its script, over a socket. */
import type { Socket } from "node:net";
import { createSecureContext, TLSSocket, type SecureContext } from "node:tls";
import type { ShownIdentity } from "./identity.ts";
import type { ScriptedReply, ScriptedVerb, ServerScript } from "./variant.ts";

/** What a session needs besides its script. */
export interface SessionSetting {
  readonly script: ServerScript;
  /** The name in greetings and in the answer to EHLO. */
  readonly name: string;
  readonly identity: ShownIdentity | undefined;
}

const usualOffer = [
  "PIPELINING",
  "SIZE 52428800",
  "8BITMIME",
  "SMTPUTF8",
  "ENHANCEDSTATUSCODES",
  "AUTH PLAIN LOGIN",
];

/** Serves one connection until it ends. */
export function serve(socket: Socket, setting: SessionSetting): void {
  const { script } = setting;
  // A client that goes away in mid-sentence is its own affair.
  socket.on("error", () => undefined);
  if (script.cutsAt === "connection") {
    socket.destroy();
    return;
  }
  if (script.isSilent === true) {
    socket.resume();
    return;
  }
  if (script.says !== undefined) {
    socket.write(script.says);
    socket.resume();
    return;
  }
  if (script.tls !== "implicit") {
    new Conversation(socket, setting).begin();
    return;
  }
  if (script.cutsAt === "handshake") {
    socket.once("data", () => socket.destroy());
    return;
  }
  secured(socket, setting, (inside) => new Conversation(inside, setting, true).begin());
}

function secured(socket: Socket, setting: SessionSetting, then: (inside: TLSSocket) => void): void {
  const { script } = setting;
  const inside = new TLSSocket(socket, {
    isServer: true,
    secureContext: contextOf(setting),
    requestCert: script.wantsClientCertificate === true,
    rejectUnauthorized: script.wantsClientCertificate === true,
  });
  inside.on("error", () => socket.destroy());
  inside.once("secure", () => {
    // What Node's own server does, and a bare TLS socket leaves to its owner.
    if (script.wantsClientCertificate === true && !inside.authorized) inside.destroy();
    else then(inside);
  });
}

function contextOf({ script, identity }: SessionSetting): SecureContext {
  const { newestTls, hasOddCipher } = script;
  return createSecureContext({
    ...identity,
    ...(newestTls === undefined
      ? {}
      : { minVersion: "TLSv1", maxVersion: newestTls, ciphers: "DEFAULT@SECLEVEL=0" }),
    ...(hasOddCipher === true
      ? { maxVersion: "TLSv1.2", ciphers: "AECDH-NULL-SHA:@SECLEVEL=0" }
      : {}),
    ...(identity !== undefined && newestTls === undefined && hasOddCipher !== true
      ? { ciphers: "DEFAULT@SECLEVEL=0" } // so that a weak key can be shown at all
      : {}),
  });
}

/** Commands longer than this are nobody's. */
const maxLineBytes = 65_536;

class Conversation {
  readonly #socket: Socket;
  readonly #setting: SessionSetting;
  readonly #isSecure: boolean;
  #held = Buffer.alloc(0);
  #isContent = false;
  #said: Record<string, number> = {};
  /** What the next line answers, when it is no command: a step of a login. */
  #challenge: (() => void) | undefined;

  constructor(
    socket: Socket,
    setting: SessionSetting,
    isSecure = false,
    said: Record<string, number> = {},
  ) {
    this.#socket = socket;
    this.#setting = setting;
    this.#isSecure = isSecure;
    this.#said = said;
    socket.on("data", this.#onData);
  }

  begin(): void {
    const { script, name } = this.#setting;
    const greet = (): void => this.#say(script.greeting ?? `220 ${name} ESMTP`);
    if (script.greetingAfterMs === undefined) greet();
    else setTimeout(greet, script.greetingAfterMs).unref();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#held = Buffer.concat([this.#held, chunk]);
    if (this.#isContent && this.#setting.script.cutsAt === "content") {
      this.#socket.destroy();
      return;
    }
    for (let end = this.#held.indexOf("\n"); end !== -1; end = this.#held.indexOf("\n")) {
      const line = this.#held.subarray(0, end).toString("utf8").replace(/\r$/, "");
      this.#held = this.#held.subarray(end + 1);
      this.#take(line);
      if (this.#socket.destroyed) return;
    }
    if (this.#held.length > maxLineBytes) this.#socket.destroy();
  };

  #take(line: string): void {
    if (this.#isContent) {
      if (line === ".") this.#end();
      return;
    }
    const challenge = this.#challenge;
    if (challenge !== undefined) {
      this.#challenge = undefined;
      challenge();
      return;
    }
    const [verb = ""] = line.toUpperCase().split(" ", 1);
    switch (verb) {
      case "EHLO":
        this.#say(this.#scripted("EHLO") ?? this.#offer());
        break;
      case "HELO":
        this.#say(this.#scripted("EHLO") ?? `250 ${this.#setting.name}`);
        break;
      case "STARTTLS":
        this.#startTls();
        break;
      case "AUTH":
        this.#login(line);
        break;
      case "MAIL":
        this.#say(this.#scripted("MAIL") ?? "250 2.1.0 Ok");
        break;
      case "RCPT":
        this.#say(this.#recipient(line) ?? this.#scripted("RCPT") ?? "250 2.1.5 Ok");
        break;
      case "DATA": {
        const reply = this.#scripted("DATA") ?? "354 End data with <CR><LF>.<CR><LF>";
        this.#isContent = reply.startsWith("354");
        this.#say(reply);
        break;
      }
      case "QUIT":
        this.#say("221 2.0.0 Bye");
        this.#socket.end();
        break;
      case "RSET":
      case "NOOP":
        this.#say("250 2.0.0 Ok");
        break;
      default:
        this.#say("500 5.5.2 Error: command not recognized");
    }
  }

  #startTls(): void {
    const { script } = this.#setting;
    const reply = this.#scripted("STARTTLS") ?? "220 2.0.0 Ready to start TLS";
    this.#say(reply);
    if (!reply.startsWith("220")) return;
    this.#socket.off("data", this.#onData);
    if (script.cutsAt === "handshake") {
      this.#socket.once("data", () => this.#socket.destroy());
      return;
    }
    secured(this.#socket, this.#setting, (inside) => {
      // RFC 3207 §4.2: no greeting, and a session that starts over.
      void new Conversation(inside, this.#setting, true, this.#said);
    });
  }

  #login(line: string): void {
    const [, mechanism = "", initial] = line.split(" ");
    const finish = (): void =>
      this.#say(this.#scripted("AUTH") ?? "235 2.7.0 Authentication successful");
    const ask = (text: string, then: () => void): void => {
      this.#say(`334 ${text}`);
      this.#challenge = then;
    };
    const first = (): void => {
      const reply = this.#scripted("AUTH") ?? "235 2.7.0 Authentication successful";
      this.#say(reply);
      // A challenge that explains a failure is answered, and then comes the refusal.
      if (reply.startsWith("334")) this.#challenge = finish;
    };
    if (mechanism.toUpperCase() === "LOGIN") {
      const password = (): void => ask("UGFzc3dvcmQ6", first);
      if (initial === undefined) ask("VXNlcm5hbWU6", password);
      else password();
    } else if (initial === undefined) ask("", first);
    else first();
  }

  #recipient(line: string): string | undefined {
    const found = Object.entries(this.#setting.script.recipients ?? {}).find(([address]) =>
      line.includes(`<${address}>`),
    );
    return found?.[1];
  }

  #end(): void {
    this.#isContent = false;
    if (this.#setting.script.cutsAt === "END") this.#socket.destroy();
    else this.#say(this.#scripted("END") ?? "250 2.0.0 Ok: queued as 4XyZ12");
  }

  #offer(): string {
    const { script, name } = this.#setting;
    const { tls = "starttls", offer = usualOffer } = script;
    const isPlainOfTwo = tls === "starttls" && !this.#isSecure;
    const before = script.offerBeforeTls ?? [
      ...offer.filter((word) => !word.startsWith("AUTH")),
      "STARTTLS",
    ];
    return [`250 ${name}`, ...(isPlainOfTwo ? before : offer)].join("\n");
  }

  /** The reply for this time. */
  #scripted(verb: ScriptedVerb): string | undefined {
    const { script } = this.#setting;
    if (this.#isSecure && script.refusesInTheClearOnly === true) return undefined;
    const reply: ScriptedReply | undefined = script.replies?.[verb];
    if (reply === undefined || typeof reply === "string") return reply;
    const turn = this.#said[verb] ?? 0;
    this.#said[verb] = turn + 1;
    return reply[Math.min(turn, reply.length - 1)];
  }

  #say(reply: string): void {
    if (reply === "cut") this.#socket.destroy();
    else if (!this.#socket.destroyed) this.#socket.write(replyLines(reply));
    // RFC 5321 §3.8: 421 announces that the line is closed.
    if (reply.startsWith("421")) this.#socket.end();
  }
}

/** The lines of a reply on the wire: each has the code, and a hyphen where more follow. */
export function replyLines(reply: string): string {
  const code = reply.slice(0, 3);
  const texts = reply.split("\n").map((line) => (/^\d{3}[ -]/.test(line) ? line.slice(4) : line));
  return texts.map((text, at) => `${code}${at < texts.length - 1 ? "-" : " "}${text}\r\n`).join("");
}
