/** Who may depend on whom: the table of `docs/architecture.md`. */

/** What one package may use. */
export interface Layer {
  /** Packages of this workspace. */
  readonly mayUse: readonly string[];
  /** Whether it runs anywhere: no `node:` import, no Node global, but in a folder `src/node`. */
  readonly isPure: boolean;
  /** Packages from elsewhere that it may bring along. */
  readonly brings: readonly string[];
}

const pure = (...mayUse: readonly string[]): Layer => ({ mayUse, isPure: true, brings: [] });
const node = (mayUse: readonly string[], brings: readonly string[] = []): Layer => ({
  mayUse,
  isPure: false,
  brings,
});

/** By the last part of the package's name. Published packages that are not here fail the check. */
export const layers: Readonly<Record<string, Layer>> = {
  base: pure(),
  message: pure("base"),
  transport: pure("base", "message"),
  generator: pure("base", "message"),
  parser: pure("base", "message"),
  "smtp-protocol": pure("base", "message"),
  tls: node(["base"], ["@types/node"]),
  smtp: node(["base", "message", "transport", "smtp-protocol", "tls"], ["socks"]),
  receiver: node(
    ["base", "message", "parser", "tls"],
    ["@peculiar/x509", "reflect-metadata", "smtp-server"],
  ),
  mailer: node([
    "base",
    "message",
    "transport",
    "generator",
    "parser",
    "smtp-protocol",
    "tls",
    "smtp",
  ]),
  doctor: node([
    "base",
    "message",
    "transport",
    "generator",
    "parser",
    "smtp-protocol",
    "tls",
    "smtp",
    "mailer",
  ]),
  letterwright: node(
    [
      "base",
      "message",
      "transport",
      "generator",
      "parser",
      "smtp-protocol",
      "tls",
      "smtp",
      "receiver",
      "mailer",
      "doctor",
    ],
    ["commander"],
  ),
};
