/** Signs of wrong settings: mostly names of errors. */
import type { Rule } from "../rule.ts";

export const settingsRules: readonly Rule[] = [
  { id: "config.host-unset", weight: 97, name: ["SMTP_HOST_MISSING", "CLI_SERVER_MISSING"] },
  { id: "config.host-unset", weight: 90, says: ["please run connect() first"] },
  {
    id: "config.host-unset",
    weight: 82,
    says: [
      "econnrefused 127.0.0.1:25",
      "econnrefused 127.0.0.1:465",
      "econnrefused 127.0.0.1:587",
      "econnrefused ::1:25",
      "econnrefused ::1:465",
      "econnrefused ::1:587",
    ],
  },
  { id: "config.credentials-missing", weight: 97, says: ["missing credentials for"] },
  {
    id: "config.credentials-missing",
    weight: 95,
    name: [
      "SMTP_CREDENTIALS_INVALID",
      "MAILER_SECRET_MISSING",
      "MAILER_USER_MISSING",
      "CLI_PASSWORD_MISSING",
    ],
  },
  {
    id: "config.tls-mode-string",
    weight: 92,
    says: ["secure: false ", "secure: true "],
    name: ["ERR_SSL_WRONG_VERSION_NUMBER"],
  },
  { id: "config.url-encoding", weight: 88, name: ["MAILER_URL_INVALID"] },
  {
    id: "config.url-encoding",
    weight: 80,
    says: ["uri malformed", "err_invalid_url", "invalid url"],
  },
  { id: "config.scheme-port-clash", weight: 90, name: ["SMTP_TLS_MODE_MISSING"] },
  {
    id: "config.wrong-service-port",
    weight: 96,
    says: ["* ok ", "+ok ", "ssh-2.0-", "ssh-1.99-"],
    alsoSays: ["greeting", "reply", "smtp", "(-1, b"],
  },
  { id: "config.wrong-service-port", weight: 75, name: ["SMTP_NOT_SMTP"] },
  { id: "config.wrong-service-port", weight: 70, says: ["http/1.1 400", "http/1.0 400", "(-1, b"] },
  {
    id: "connect.captive-portal",
    weight: 92,
    says: ["http/1.1 30", "http/1.0 30", "http/1.1 511", "(-1, b /1.1 30", "(-1, b /1.0 30"],
  },
  {
    id: "connect.edge-runtime",
    weight: 95,
    says: [
      "net.connect is not a function",
      "net.socket is not a function",
      "can t resolve net",
      "can t resolve tls",
      "can t resolve dns",
      "can t resolve child_process",
      "cannot find module net",
      "cannot find module tls",
      "[unenv]",
    ],
  },
];
