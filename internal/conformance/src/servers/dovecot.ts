/** Debian's Dovecot as a peer: LMTP into mailboxes, and submission that hands on to a relay. As root. */
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  freePorts,
  idsOf,
  run,
  serverFolder,
  serverSizeLimit,
  serverUser,
  type RunningServer,
} from "./running-server.ts";

export function dovecotIsMissing(): boolean {
  return !["/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp", "/usr/lib/dovecot/submission"].every(
    (path) => existsSync(path),
  );
}

/** How one may log in besides PLAIN and LOGIN. */
export interface DovecotLogins {
  /** Names of mechanisms, as Dovecot has them. */
  readonly mechanisms: string;
  /** The key that access tokens are signed with (JWT, HS256). */
  readonly tokenKey: Uint8Array;
  /** PEM of the authority whose client certificates say who somebody is, by their common name. */
  readonly clientAuthority: string;
}

/** Starts a Dovecot. What comes in by submission goes on to `relayPort`, and is to be looked for there. */
export async function startDovecot(
  relayPort: number,
  logins?: DovecotLogins,
): Promise<RunningServer> {
  const { folder, caFile, certificateFile, keyFile } = await serverFolder("dovecot");
  const [lmtp = 0, starttls = 0] = await freePorts(2);
  const owner = idsOf("nobody");
  for (const name of ["run", "state", "mail"]) mkdirSync(join(folder, name));
  chownSync(join(folder, "mail"), owner.uid, owner.gid);
  writeFileSync(
    join(folder, "users"),
    [serverUser.user, "bob@example.org", "eve@example.org", "jane@example.org"]
      .map((user) => `${user}:{PLAIN}${serverUser.password}::::::\n`)
      .join(""),
  );
  const configuration = join(folder, "dovecot.conf");
  writeFileSync(
    configuration,
    `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = lmtp submission
listen = 127.0.0.1
hostname = mx.example.org
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%n
ssl = required
ssl_cert = <${certificateFile}
ssl_key = <${keyFile}
auth_mechanisms = plain login ${logins?.mechanisms ?? ""}
${logins === undefined ? "" : settingsOf(folder, logins)}
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = passwd-file
  args = ${folder}/users
  default_fields = uid=${owner.uid} gid=${owner.gid} home=${folder}/mail/%n
}
submission_relay_host = 127.0.0.1
submission_relay_port = ${relayPort}
submission_max_mail_size = ${serverSizeLimit}
service lmtp {
  inet_listener lmtp {
    port = ${lmtp}
  }
}
service submission-login {
  inet_listener submission {
    port = ${starttls}
  }
}
`,
  );
  const server = await run({
    folder,
    command: "/usr/sbin/dovecot",
    args: ["-c", configuration, "-F"],
    logFile: join(folder, "log"),
    port: starttls,
    inboxes: ["bob", "eve", "jane"].map((name) => join(folder, "mail", name, "new")),
  });
  return { ...server, ports: { lmtp, starttls }, caFile };
}

/** Tokens, and client certificates. What stands here comes before the passwords. */
function settingsOf(folder: string, { tokenKey, clientAuthority }: DovecotLogins): string {
  const keys = join(folder, "keys", "default", "HS256");
  mkdirSync(keys, { recursive: true });
  writeFileSync(join(keys, "default"), Buffer.from(tokenKey).toString("base64"));
  writeFileSync(
    join(folder, "oauth2.conf"),
    `introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${folder}/keys/
username_attribute = sub
`,
  );
  writeFileSync(join(folder, "clients.pem"), clientAuthority);
  return `
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
ssl_ca = <${folder}/clients.pem
ssl_require_crl = no
ssl_verify_client_cert = yes
auth_ssl_username_from_cert = yes
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = ${folder}/oauth2.conf
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword
}
`;
}
