/** Debian's Postfix as a peer: a submission server of its own, from a temporary folder, as root. */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createAuthority } from "@letterwright/receiver/certificates";

/** The one who may log in. */
export const postfixUser: { readonly user: string; readonly password: string } = {
  user: "ana@example.org",
  password: "pass word: ü",
};

/** A Postfix that runs. It delivers to example.org, whatever the local part, and to nobody else. */
export interface RunningPostfix {
  /** TLS from the first byte. */
  readonly implicitPort: number;
  /** STARTTLS; a login is refused before it. */
  readonly starttlsPort: number;
  /** Its sendmail command, with the flags that say whose it is. */
  readonly sendmail: { readonly command: string; readonly args: readonly string[] };
  /** PEM file of the authority that signed its certificate. */
  readonly caFile: string;
  /** The messages stored since the last call, when there are this many. */
  delivered(count: number): Promise<readonly Uint8Array[]>;
  /** The end of its log, for a failure. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a Postfix with these settings on top of its own, and waits until it listens. */
export async function startPostfix(
  settings: Readonly<Record<string, string>> = {},
  mechanisms: string = "PLAIN LOGIN",
): Promise<RunningPostfix> {
  const folder = mkdtempSync(join(tmpdir(), "letterwright-postfix-"));
  chmodSync(folder, 0o755); // its daemons drop privileges, and have to get in
  const [implicitPort, starttlsPort] = await freePorts();
  const configuration = join(folder, "configuration");
  const owner = idsOf("nobody");
  for (const name of ["configuration", "configuration/sasl", "queue", "data", "mail"]) {
    mkdirSync(join(folder, name));
  }
  const postfix = idsOf("postfix");
  chownSync(join(folder, "data"), postfix.uid, postfix.gid);
  chownSync(join(folder, "mail"), owner.uid, owner.gid);

  const authority = await createAuthority();
  const leaf = await authority.issue({ names: ["127.0.0.1"] });
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, authority.certificate);
  writeFileSync(join(folder, "chain.pem"), `${leaf.key}\n${leaf.certificate}`, { mode: 0o600 });

  // Debian's Postfix reads this file, whatever `cyrus_sasl_config_path` says.
  const passwords = join(folder, "passwords");
  writeFileSync(
    join(configuration, "sasl", "smtpd.conf"),
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: ${passwords}\nmech_list: ${mechanisms}\n`,
  );
  const [user = "", realm = ""] = postfixUser.user.split("@");
  execFileSync("saslpasswd2", ["-p", "-c", "-f", passwords, "-u", realm, user], {
    input: postfixUser.password,
  });
  chownSync(passwords, postfix.uid, postfix.gid);

  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(configuration, "main.cf"), mainSettings(folder, owner) + lines.join(""));
  writeFileSync(join(configuration, "master.cf"), services(implicitPort, starttlsPort));

  // A group of its own: when it is told to stop, it tells its whole group.
  const master = spawn("postfix", ["-c", configuration, "start-fg"], {
    detached: true,
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => master.once("close", () => resolve()));
  const logFile = join(folder, "log");
  const log = (): string =>
    existsSync(logFile) ? readFileSync(logFile, "utf8").slice(-4000) : "no log";
  const stop = async (): Promise<void> => {
    if (master.exitCode === null) {
      execFileSync("postfix", ["-c", configuration, "stop"], { stdio: "ignore" });
    }
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    await until(
      () => log().includes("daemon started") || master.exitCode !== null,
      () => `Postfix does not start: ${log()}`,
    );
    if (master.exitCode !== null) throw new Error(`Postfix ended at once: ${log()}`);
  } catch (error) {
    await stop();
    throw error;
  }

  const inbox = join(folder, "mail", "inbox", "new");
  const stored = (): readonly string[] => (existsSync(inbox) ? readdirSync(inbox).toSorted() : []);
  return {
    implicitPort,
    starttlsPort,
    sendmail: { command: "/usr/sbin/sendmail", args: ["-C", configuration] },
    caFile,
    log,
    async delivered(count) {
      await until(
        () => stored().length >= count,
        () => `${stored().length} of ${count} messages arrived: ${log()}`,
      );
      return stored().map((name) => {
        const bytes = readFileSync(join(inbox, name));
        rmSync(join(inbox, name));
        return bytes;
      });
    },
    stop,
  };
}

function mainSettings(
  folder: string,
  owner: { readonly uid: number; readonly gid: number },
): string {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = ${folder}
maillog_file = ${folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks =
alias_maps =
alias_database =
default_transport = error:5.1.2 nothing leaves this machine
virtual_mailbox_domains = example.org
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:${owner.uid}
virtual_gid_maps = static:${owner.gid}
smtpd_tls_security_level = may
smtpd_tls_chain_files = ${folder}/chain.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sender_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unauth_destination
`;
}

function services(implicitPort: number, starttlsPort: number): string {
  const daemons = [
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "postlog unix-dgram n - n - 1 postlogd",
  ];
  return [
    `127.0.0.1:${implicitPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`,
    `127.0.0.1:${starttlsPort} inet n - n - - smtpd`,
    ...daemons,
    "",
  ].join("\n");
}

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const [, , uid, gid] = execFileSync("getent", ["passwd", name], { encoding: "utf8" }).split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

/** Postfix cannot choose a port by itself, so two that were free a moment ago. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
  return [ports[0] ?? 0, ports[1] ?? 0];
}

async function until(holds: () => boolean, complaint: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(complaint());
    await pause(50);
  }
}
