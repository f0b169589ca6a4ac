import { envelope as envelopeFor } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { serverPlanOf, userOf, type ServerPlan } from "./server-flags.ts";

type Flags = Parameters<typeof serverPlanOf>[0];

describe("serverPlanOf", () => {
  const rows: readonly [title: string, flags: Flags, plan: ServerPlan][] = [
    [
      "no port means 465, which is implicit (RFC 8314 §3.3)",
      { server: "smtp.example.com" },
      { host: "smtp.example.com", port: 465, tls: "implicit" },
    ],
    [
      "587 is STARTTLS",
      { server: "smtp.example.com:587" },
      { host: "smtp.example.com", port: 587, tls: "starttls" },
    ],
    [
      "another port with a mode",
      { server: "localhost:2525", tls: "none" },
      { host: "localhost", port: 2525, tls: "none" },
    ],
    ["IPv6 in brackets", { server: "[::1]:465" }, { host: "::1", port: 465, tls: "implicit" }],
    ["IPv6 in brackets, no port", { server: "[::1]" }, { host: "::1", port: 465, tls: "implicit" }],
    ["bare IPv6", { server: "2001:db8::1" }, { host: "2001:db8::1", port: 465, tls: "implicit" }],
    [
      "a name that is not ASCII",
      { server: "bücher.example:465" },
      { host: "xn--bcher-kva.example", port: 465, tls: "implicit" },
    ],
  ];
  it.each(rows)("%s", (_, flags, plan) => expect(serverPlanOf(flags)).toEqual(plan));

  it.each([
    ["gmail", undefined, "smtp.gmail.com", 465, "implicit"],
    ["Gmail", "starttls", "smtp.gmail.com", 587, "starttls"],
    ["gmail:587", undefined, "smtp.gmail.com", 587, "starttls"],
    ["icloud", undefined, "smtp.mail.me.com", 587, "starttls"],
    ["web.de", undefined, "smtp.web.de", 465, "implicit"],
    ["ses:eu-west-1", undefined, "email-smtp.eu-west-1.amazonaws.com", 465, "implicit"],
    ["local-catcher", undefined, "127.0.0.1", 1025, "none"],
  ] as const)("the provider %s, --tls %s", (server, tls, host, port, mode) => {
    const plan = serverPlanOf({ server, ...(tls === undefined ? {} : { tls }) });
    expect(plan).toMatchObject({ host, port, tls: mode });
    expect(plan.provider?.asOf).toMatch(/^20/);
  });

  const faults: readonly [title: string, flags: Flags, code: string][] = [
    ["nothing", {}, "CLI_SERVER_MISSING"],
    ["an empty variable", { server: "" }, "CLI_SERVER_MISSING"],
    ["a URL", { server: "smtps://smtp.example.com" }, "CLI_SERVER_INVALID"],
    ["a user", { server: "ana@smtp.example.com" }, "CLI_SERVER_INVALID"],
    ["a blank", { server: "smtp example.com" }, "CLI_SERVER_INVALID"],
    ["a provider without SMTP", { server: "tuta" }, "MAILER_PROVIDER_WITHOUT_SMTP"],
    ["a provider by a way it is not known for", { server: "icloud:465" }, "CLI_SERVER_INVALID"],
    ["a provider without its region", { server: "ses" }, "MAILER_PROVIDER_REGION"],
    ["port 0", { server: "a.example:0" }, "CLI_SERVER_INVALID"],
    ["port 65536", { server: "a.example:65536" }, "CLI_SERVER_INVALID"],
    ["no digits", { server: "a.example:smtp" }, "CLI_SERVER_INVALID"],
    ["an open bracket", { server: "[::1" }, "CLI_SERVER_INVALID"],
    ["text after a bracket", { server: "[::1]x" }, "CLI_SERVER_INVALID"],
    ["another port without a mode", { server: "a.example:2525" }, "SMTP_TLS_MODE_MISSING"],
    ["an unknown mode", { server: "a.example", tls: "ssl" }, "CLI_TLS_INVALID"],
    [
      "a password without TLS",
      { server: "a.example", tls: "none", user: "ana" },
      "CLI_PASSWORD_UNENCRYPTED",
    ],
    [
      "a password with TLS perhaps",
      { server: "a.example", tls: "opportunistic", user: "ana" },
      "CLI_PASSWORD_UNENCRYPTED",
    ],
    ["a password of nobody", { server: "a.example", passwordFile: "x" }, "CLI_USER_MISSING"],
  ];
  it.each(faults)("refuses %s", (_, flags, code) => {
    expect(() => serverPlanOf(flags)).toThrow(expect.objectContaining({ code }));
  });
});

describe("userOf", () => {
  const envelope = envelopeFor({ reversePath: "ana@gmail.com", recipients: ["bob@example.org"] });
  const nobody = envelopeFor({ reversePath: null, recipients: ["bob@example.org"] });
  const rows = [
    ["smtp.example.com", {}, envelope, undefined],
    ["smtp.example.com", { user: "ana" }, envelope, "ana"],
    ["gmail", {}, envelope, "ana@gmail.com"],
    ["gmail", { user: "eve@gmail.com" }, envelope, "eve@gmail.com"],
    ["sendgrid", {}, envelope, "apikey"],
    ["local-catcher", {}, envelope, undefined],
    ["google-workspace-relay", {}, envelope, undefined],
    ["google-workspace-relay", { passwordFile: "p" }, envelope, "ana@gmail.com"],
  ] as const;
  it.each(rows)("%s, %j", (server, flags, to, user) => {
    expect(userOf(serverPlanOf({ server }), flags, to)).toBe(user);
  });
  it.each([
    ["postmark", {}, envelope],
    ["gmail", {}, nobody],
    ["local-catcher", { passwordFile: "p" }, envelope],
  ] as const)("%s, %j: nobody is named", (server, flags, to) => {
    expect(() => userOf(serverPlanOf({ server }), flags, to)).toThrow(
      expect.objectContaining({ code: "CLI_USER_MISSING" }),
    );
  });
});
