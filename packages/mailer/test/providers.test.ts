import { createMailer } from "@letterwright/mailer";
import { providerNamed, providerOf, providers } from "@letterwright/mailer/providers";
import { asciiDomain } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { isProviderName, smtpOptionsOfProvider } from "../src/provider-transport.ts";

const nobody = { user: undefined, address: undefined, secret: undefined };

describe("the table of providers", () => {
  it("has them all, each by a name of its own", () => {
    expect(providers.length).toBeGreaterThan(60);
    const names = providers.flatMap(({ id, name }) => [id, name.toLowerCase()]);
    expect(
      names.filter((name, index) => names.indexOf(name) !== index && names[index - 1] !== name),
    ).toEqual([]);
    const domains = providers.flatMap((one) => one.domains);
    expect(new Set(domains).size).toBe(domains.length);
  });

  it.each(providers.map((one) => [one.id, one] as const))("%s is well-formed", (_id, one) => {
    expect(one.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(isProviderName(one.id)).toBe(true);
    expect(one.asOf).toMatch(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/);
    expect(["high", "medium"]).toContain(one.sure);
    expect(new Date(one.asOf).getTime()).toBeLessThan(new Date("2100-01-01").getTime());
    for (const host of [
      ...one.domains,
      ...one.inbound.map((pattern) => pattern.replace(/^\*\./, "")),
    ]) {
      expect(asciiDomain(host)).toBe(host);
    }
    if (one.note !== undefined) expect(one.note).toMatch(/^[A-Z0-9].*\.$/);
    if (one.kind === "none") {
      expect(one).toMatchObject({ endpoints: [], mechanisms: [], user: { kind: "none" } });
      expect(one.host).toBeUndefined();
      return;
    }
    expect(asciiDomain((one.host ?? "").replace("{region}", "eu"))).toBe(
      one.host?.replace("{region}", "eu"),
    );
    // A host that takes no mail from senders is no host to send to.
    expect(one.inbound).not.toContain(one.host);
    expect(one.endpoints.length).toBeGreaterThan(0);
    const ports = one.endpoints.map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
    for (const { port, tls } of one.endpoints) {
      expect(port).toBeGreaterThan(0);
      expect(port).toBeLessThan(65_536);
      // RFC 8314 §3.3: these two have a meaning of their own.
      if (port === 465) expect(tls).toBe("implicit");
      if (port === 587) expect(tls).toBe("starttls");
      // Nothing travels in the clear but on this machine.
      if (tls === "none") expect(one.host).toBe("127.0.0.1");
    }
    // Implicit TLS stands before STARTTLS.
    const kinds = one.endpoints.map(({ tls }) => tls);
    expect(kinds.lastIndexOf("implicit")).toBeLessThanOrEqual(
      kinds.includes("starttls") ? kinds.indexOf("starttls") : kinds.length,
    );
    expect(one.mechanisms.length > 0 || one.user.kind === "none").toBe(true);
    expect(one.secret).not.toBe("");
  });

  it.each(providers.filter(({ kind }) => kind !== "none").map((one) => [one.id, one] as const))(
    "%s makes a mailer",
    async (id, one) => {
      const transport = one.host?.includes("{region}") === true ? `${id}:eu-west-1` : id;
      const login = one.user.kind === "none" ? {} : { user: "u", secret: "s" };
      await createMailer({ transport, ...login }).close();
    },
  );

  it("is looked into by name and by domain", () => {
    expect(providerNamed("GMAIL")?.id).toBe("gmail");
    expect(providerNamed("WEB.DE")?.id).toBe("webde");
    expect(providerNamed("mail")).toBeUndefined();
    expect(providerOf("GoogleMail.com")?.id).toBe("gmail");
    expect(providerOf("example.com")).toBeUndefined();
  });
});

describe("a transport by the name of a provider", () => {
  it.each([
    [
      "gmail",
      { address: "a@gmail.com" },
      {
        host: "smtp.gmail.com",
        port: 465,
        tls: "implicit",
        auth: { user: "a@gmail.com", secret: "s" },
      },
    ],
    [
      "gmail",
      { user: "b@x.example", address: "a@gmail.com" },
      {
        host: "smtp.gmail.com",
        port: 465,
        tls: "implicit",
        auth: { user: "b@x.example", secret: "s" },
      },
    ],
    [
      "icloud",
      { user: "u" },
      { host: "smtp.mail.me.com", port: 587, tls: "starttls", auth: { user: "u", secret: "s" } },
    ],
    [
      "outlook",
      { user: "u" },
      {
        host: "smtp-mail.outlook.com",
        port: 587,
        tls: "starttls",
        auth: { user: "u", secret: "s", mechanism: "XOAUTH2" },
      },
    ],
    [
      "sendgrid",
      {},
      {
        host: "smtp.sendgrid.net",
        port: 465,
        tls: "implicit",
        auth: { user: "apikey", secret: "s" },
      },
    ],
    [
      "ses:eu-west-1",
      { user: "AKIA" },
      {
        host: "email-smtp.eu-west-1.amazonaws.com",
        port: 465,
        tls: "implicit",
        auth: { user: "AKIA", secret: "s" },
      },
    ],
  ] as const)("%s", (name, login, options) => {
    expect(smtpOptionsOfProvider(name, { ...nobody, secret: "s", ...login })).toEqual(options);
  });
  it("takes a token in place of a secret", () => {
    for (const name of ["gmail", "outlook"]) {
      const login = { ...nobody, address: "a@b.example", token: "t" };
      expect(smtpOptionsOfProvider(name, login).auth).toEqual({ user: "a@b.example", token: "t" });
    }
    const both = { ...nobody, address: "a@b.example", token: "t", secret: "s" };
    expect(() => smtpOptionsOfProvider("gmail", both)).toThrow(
      expect.objectContaining({ code: "MAILER_SECRET_TWICE" }),
    );
  });
  it("needs no login where nobody asks for one", () => {
    expect(smtpOptionsOfProvider("local-catcher", nobody)).toEqual({
      host: "127.0.0.1",
      port: 1025,
      tls: "none",
    });
    expect(smtpOptionsOfProvider("google-workspace-relay", nobody)).not.toHaveProperty("auth");
  });
  it.each([
    ["gmial", nobody, "MAILER_PROVIDER_UNKNOWN", /"gmail"/],
    ["localhost", nobody, "MAILER_PROVIDER_UNKNOWN", /smtps:/],
    ["tuta", nobody, "MAILER_PROVIDER_WITHOUT_SMTP", /As of 20/],
    ["ses", { ...nobody, user: "u", secret: "s" }, "MAILER_PROVIDER_REGION", /ses:eu-west-1/],
    ["gmail:eu", { ...nobody, user: "u", secret: "s" }, "MAILER_PROVIDER_REGION", /"gmail" alone/],
    ["gmail", { ...nobody, secret: "s" }, "MAILER_USER_MISSING", /whole address/],
    [
      "ses:eu-west-1",
      { ...nobody, address: "a@b.example", secret: "s" },
      "MAILER_USER_MISSING",
      /AKIA/,
    ],
    ["gmail", { ...nobody, user: "u" }, "MAILER_SECRET_MISSING", /app password/],
    ["local-catcher", { ...nobody, secret: "s" }, "MAILER_SECRET_UNUSED", /URL/],
  ])("%s is refused with what to do", (name, login, code, hint) => {
    expect(() => smtpOptionsOfProvider(name, login)).toThrow(
      expect.objectContaining({ code, hint: expect.stringMatching(hint) as string }),
    );
  });
});
