/** Other people's clients, against a variant of the lab: what each of them says. */
import { spawn } from "node:child_process";
import { inspect } from "node:util";
import { isIP } from "node:net";
import type { RunningFault } from "@letterwright/receiver/faults";
import nodemailer from "nodemailer";
import { labText } from "./lab-client.ts";

const waitMs = 2500;

/** What nodemailer prints, or `undefined` where it says that all went well. */
export async function nodemailerSays({
  variant,
  host,
  port,
  ca,
}: RunningFault): Promise<string | undefined> {
  const { client } = variant;
  const transport = nodemailer.createTransport({
    host,
    port,
    secure: client.tls === "implicit",
    requireTLS: client.tls === "starttls",
    ignoreTLS: client.tls === "none",
    name: "client.example.com",
    tls: { ca, ...(isIP(client.host) === 0 ? { servername: client.host } : {}) },
    connectionTimeout: waitMs,
    greetingTimeout: waitMs,
    socketTimeout: waitMs,
    ...authOf(client),
  });
  try {
    await transport.sendMail({
      from: client.from,
      to: [...client.to],
      subject: "Minutes",
      text: labText(client),
      ...(client.message === "program"
        ? { attachments: [{ filename: "setup.exe", content: Buffer.from("MZ") }] }
        : {}),
    });
    return undefined;
  } catch (error) {
    return inspect(error);
  } finally {
    transport.close();
  }
}

function authOf(client: RunningFault["variant"]["client"]): { auth?: object } {
  const { user, secret, mechanism } = client;
  if (user === undefined) return {};
  if (mechanism === "XOAUTH2") return { auth: { type: "OAuth2", user, accessToken: secret } };
  return { auth: { user, pass: secret } };
}

const script = `
import json, smtplib, socket, ssl, sys, traceback
from email.message import EmailMessage
c = json.load(sys.stdin)
context = ssl.create_default_context(cadata=c["ca"])
class Lab(smtplib.SMTP):
    def _get_socket(self, host, port, timeout):
        made = socket.create_connection((c["address"], port), timeout)
        return context.wrap_socket(made, server_hostname=host) if c["tls"] == "implicit" else made
try:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = c["from"], ", ".join(c["to"]), "Minutes"
    mail.set_content(c["text"])
    if c["message"] == "program":
        mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="setup.exe")
    with Lab(c["host"], c["port"], local_hostname="client.example.com", timeout=2.5) as server:
        if c["tls"] == "starttls":
            server.starttls(context=context)
        if c.get("user") is not None:
            if c.get("mechanism") == "XOAUTH2":
                server.ehlo_or_helo_if_needed()
                server.auth("XOAUTH2", lambda challenge=None: "user=%s\\1auth=Bearer %s\\1\\1" % (c["user"], c["secret"]) if challenge is None else "")
            else:
                server.login(c["user"], c["secret"])
        server.send_message(mail)
except Exception:
    print(traceback.format_exc())
`;

/** What Python prints, or `undefined` where smtplib returns as if all went well. */
export function smtplibSays({
  variant,
  host,
  port,
  ca,
}: RunningFault): Promise<string | undefined> {
  const { client } = variant;
  return new Promise((resolve, reject) => {
    const child = spawn("python3", ["-c", script]);
    let said = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(said === "" ? undefined : said);
      else reject(new Error(`python3 ended with ${status}: ${complaint}`));
    });
    child.stdin.end(JSON.stringify({ ...client, address: host, port, ca, text: labText(client) }));
  });
}
