import { describe, expect, it } from "vitest";
import { serverPlanOf, type ServerPlan } from "./server-flags.ts";

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

  const faults: readonly [title: string, flags: Flags, code: string][] = [
    ["nothing", {}, "CLI_SERVER_MISSING"],
    ["an empty variable", { server: "" }, "CLI_SERVER_MISSING"],
    ["a URL", { server: "smtps://smtp.example.com" }, "CLI_SERVER_INVALID"],
    ["a user", { server: "ana@smtp.example.com" }, "CLI_SERVER_INVALID"],
    ["a blank", { server: "smtp example.com" }, "CLI_SERVER_INVALID"],
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
