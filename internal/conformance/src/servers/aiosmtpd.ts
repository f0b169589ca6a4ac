/** Python's aiosmtpd as a peer: it keeps what it takes octet for octet, and the envelope beside it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  freePorts,
  run,
  serverFolder,
  serverSizeLimit,
  serverUser,
  type RunningServer,
} from "./running-server.ts";

// Debian's own: another one on the path may lack its modules.
const python = "/usr/bin/python3";

export function aiosmtpdIsMissing(): boolean {
  try {
    execFileSync(python, ["-c", "import aiosmtpd.controller"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
}

/** An aiosmtpd that runs. */
export interface RunningAiosmtpd extends RunningServer {
  /** What has arrived so far, with its envelope; a message is there before its reply is. */
  arrived(): readonly StoredMessage[];
}

/** A message as it was stored. */
export interface StoredMessage {
  readonly bytes: Uint8Array;
  readonly reversePath: string;
  readonly recipients: readonly string[];
}

const program = `
import json, os, ssl, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
told = json.load(sys.stdin)
class Keep:
    count = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"
    async def handle_DATA(self, server, session, envelope):
        Keep.count += 1
        path = os.path.join(told["folder"], "%06d" % Keep.count)
        with open(path + ".json", "w") as file:
            json.dump({"reversePath": envelope.mail_from.replace("<>", ""), "recipients": envelope.rcpt_tos}, file)
        with open(path + ".part", "wb") as file:
            file.write(envelope.original_content)
        os.rename(path + ".part", path + ".eml")
        return "250 2.0.0 queued as %d" % Keep.count
def authenticator(server, session, envelope, mechanism, data):
    right = data.login == told["user"].encode() and data.password == told["password"].encode()
    return AuthResult(success=right, handled=False)
def start(port, **options):
    Controller(Keep(), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True, data_size_limit=told["sizeLimit"],
               authenticator=authenticator, **options).start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(told["certificateFile"], told["keyFile"])
start(told["starttls"], tls_context=context)
start(told["implicit"], ssl_context=context, auth_require_tls=False)
while True:
    time.sleep(3600)
`;

/** Starts an aiosmtpd. */
export async function startAiosmtpd(): Promise<RunningAiosmtpd> {
  const { folder, caFile, certificateFile, keyFile } = await serverFolder("aiosmtpd");
  const [starttls = 0, implicit = 0] = await freePorts(2);
  const mail = join(folder, "mail");
  mkdirSync(mail);
  const told = {
    folder: mail,
    certificateFile,
    keyFile,
    starttls,
    implicit,
    sizeLimit: serverSizeLimit,
  };
  const server = await run({
    folder,
    command: python,
    args: ["-c", program],
    input: JSON.stringify({ ...told, ...serverUser }),
    port: implicit,
    inboxes: [],
  });
  const arrived = (): readonly StoredMessage[] =>
    readdirSync(mail)
      .filter((name) => name.endsWith(".eml"))
      .toSorted()
      .map((name) => {
        const bytes = readFileSync(join(mail, name));
        const beside = readFileSync(join(mail, name.replace(".eml", ".json")), "utf8");
        return { ...(JSON.parse(beside) as Omit<StoredMessage, "bytes">), bytes };
      });
  let seen = 0;
  return {
    ...server,
    ports: { starttls, implicit },
    caFile,
    arrived,
    async delivered(count) {
      const fresh = arrived().slice(seen);
      if (fresh.length < count) throw new Error(`${fresh.length} of ${count} messages arrived`);
      seen += fresh.length;
      return fresh.map(({ bytes }) => bytes);
    },
  };
}
