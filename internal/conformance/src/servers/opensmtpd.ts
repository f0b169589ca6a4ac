/** Debian's OpenSMTPD as a peer without PIPELINING: unpacked, from a temporary folder, as root. */
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  freePorts,
  run,
  serverFolder,
  serverSizeLimit,
  type RunningServer,
} from "./running-server.ts";
import { inNamespace, isUnpacked, unpacked } from "./unpacked.ts";

export function opensmtpdIsMissing(): boolean {
  return !isUnpacked("opensmtpd") || !existsSync("/usr/bin/unshare");
}

const inbox = 7704;

/** Starts an OpenSMTPD, in plain text: Debian's build fails every handshake of TLS as a server. */
export async function startOpenSmtpd(): Promise<RunningServer> {
  const { folder, caFile } = await serverFolder("opensmtpd");
  const [none = 0] = await freePorts(1);
  for (const name of [
    "spool",
    "spool/smtpd",
    "lib",
    "lib/opensmtpd",
    "lib/opensmtpd/empty",
    "run",
    "mail",
  ]) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), name === "spool/smtpd" ? 0o711 : 0o755);
  }
  chownSync(join(folder, "mail"), inbox, inbox);
  const home = "/var/lib/opensmtpd/empty";
  const users = [
    { name: "opensmtpd", id: 7702, home },
    { name: "opensmtpq", id: 7703, home },
    { name: "inbox", id: inbox, home: join(folder, "mail") },
  ];
  const known = ["bob", "eve", "jane"].map((name) => `"${name}@example.org" = inbox`).join(", ");
  const configuration = join(folder, "smtpd.conf");
  writeFileSync(
    configuration,
    `table known { ${known} }
smtp max-message-size "${serverSizeLimit}"
listen on 127.0.0.1 port ${none} hostname mx.example.org
action "store" maildir "${folder}/mail/inbox" virtual <known>
match from any for domain "example.org" action "store"
`,
  );
  const mounts = [
    [join(folder, "spool"), "/var/spool"],
    [join(folder, "lib"), "/var/lib"],
    [join(folder, "run"), "/run"],
    [unpacked("opensmtpd", "usr/libexec"), "/usr/libexec"],
  ] as const;
  const daemon = inNamespace({ folder, users, mounts }, unpacked("opensmtpd", "usr/sbin/smtpd"));
  const server = await run({
    ...daemon,
    args: [...daemon.args, "-d", "-f", configuration],
    folder,
    port: none,
    inboxes: [join(folder, "mail", "inbox", "new")],
  });
  return { ...server, ports: { none }, caFile };
}
