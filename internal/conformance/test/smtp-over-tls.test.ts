/** The whole way over TLS: mailer, transport, receiver. */
import {
  attachment,
  createMailer,
  createTlsContext,
  message,
  smtpTransport,
} from "@letterwright/mailer";
import { catchMail } from "@letterwright/receiver";
import { createAuthority } from "@letterwright/receiver/certificates";
import type { TlsFailureError } from "@letterwright/tls";
import { describe, expect, it } from "vitest";
import { nodePeer } from "../src/tls-peers.ts";

const mail = message({
  from: "Ana <ana@example.com>",
  to: "bob@example.org, cal@example.org",
  subject: "Grüße",
  text: "Hellö\n.\n",
});

describe.each(["implicit", "starttls"] as const)("TLS %s", (tls) => {
  it("delivers with a login, verified, each recipient with its reply", async () => {
    const inbox = await catchMail({
      tls,
      auth: { user: "ana@example.com", password: "pass word: ü" },
      requireAuth: true,
    });
    const mailer = createMailer({
      transport: inbox.url.replace("://", "://ana%40example.com@"),
      secret: () => "pass word: ü",
      tlsContext: createTlsContext({ ca: inbox.ca, trust: "none" }),
    });
    try {
      const receipt = await mailer.send(mail);
      expect(receipt.protection).toMatchObject({
        kind: "tls",
        protocol: "TLSv1.3",
        verifiedName: "127.0.0.1",
        trustSource: "given",
      });
      expect(receipt.accepted.map(({ reply }) => reply.code)).toEqual([250, 250]);
      const caught = await inbox.waitFor({ subject: "Grüße", to: "cal@" });
      expect(caught).toMatchObject({
        text: "Hellö\n.\n",
        messageId: receipt.messageId,
        envelope: {
          reversePath: "ana@example.com",
          recipients: ["bob@example.org", "cal@example.org"],
        },
        session: { isEncrypted: true, user: "ana@example.com" },
      });
      await mailer.verify();
    } finally {
      await mailer.close();
      await inbox.close();
    }
  });

  it("delivers one large message after another, each with its own octets", async () => {
    const inbox = await catchMail({ tls, maxMessageBytes: 8_000_000 });
    const mailer = createMailer({
      transport: inbox.url,
      tlsContext: createTlsContext({ ca: inbox.ca, trust: "none" }),
    });
    const fileOf = (id: number): Uint8Array => new Uint8Array(900_000 + id * 70_000).fill(id);
    try {
      function* mails() {
        for (let id = 0; id < 8; id++) {
          const file = attachment({ name: `${id}.bin`, content: fileOf(id) });
          const fields = { from: "a@example.com", to: "b@example.org", subject: `${id}` };
          yield message({ ...fields, text: ".\n", attachments: [file] });
        }
      }
      for await (const result of mailer.sendAll(mails())) {
        if ("error" in result) throw result.error;
      }
      expect(inbox.messages).toHaveLength(8);
      for (const { subject, attachments } of inbox.messages) {
        const found = attachments[0]?.content ?? new Uint8Array(0);
        expect(Buffer.compare(found, fileOf(Number(subject))), `message ${subject}`).toBe(0);
      }
    } finally {
      await mailer.close();
      await inbox.close();
    }
  });

  it("trusts nobody it was not told to trust, and says nothing to them", async () => {
    const inbox = await catchMail({ tls });
    try {
      const mailer = createMailer({ transport: inbox.url.replace("://", "://ana@"), secret: "x" });
      await expect(mailer.send(mail)).rejects.toMatchObject({ code: "TLS_UNTRUSTED_ISSUER" });
      expect(inbox.messages).toEqual([]);
    } finally {
      await inbox.close();
    }
  });

  it("reports a refused login with the server's words", async () => {
    const inbox = await catchMail({ tls, auth: { user: "ana", password: "right" } });
    try {
      const mailer = createMailer({
        transport: inbox.url.replace("://", "://ana@"),
        secret: "wrong",
        tlsContext: createTlsContext({ ca: inbox.ca }),
      });
      await expect(mailer.verify()).rejects.toMatchObject({
        code: "SMTP_AUTH_REFUSED",
        reply: { code: 535, enhancedStatus: "5.7.8" },
      });
    } finally {
      await inbox.close();
    }
  });
});

describe("TLS where the other side has none, and the reverse", () => {
  it("refuses to go on where STARTTLS is not offered", async () => {
    const inbox = await catchMail({ tls: "none" });
    try {
      const transport = smtpTransport({
        host: inbox.host,
        port: inbox.port,
        tls: "starttls",
        auth: { user: "a", secret: "b" },
      });
      await expect(transport.verify()).rejects.toMatchObject({ code: "SMTP_STARTTLS_NOT_OFFERED" });
      const opportunistic = smtpTransport({
        host: inbox.host,
        port: inbox.port,
        tls: "opportunistic",
      });
      expect(await opportunistic.verify()).toMatchObject({
        protection: { kind: "none" },
        loggedIn: false,
      });
      const withLogin = smtpTransport({
        host: inbox.host,
        port: inbox.port,
        tls: "opportunistic",
        auth: { user: "a", secret: "b" },
      });
      await expect(withLogin.verify()).rejects.toMatchObject({
        code: "SMTP_AUTH_WOULD_BE_PLAINTEXT",
      });
    } finally {
      await inbox.close();
    }
  });
  it("names plain text on the port, and silence where TLS is expected", async () => {
    const plain = await catchMail({ tls: "starttls" });
    const secured = await catchMail({ tls: "implicit" });
    try {
      await expect(
        smtpTransport({ host: plain.host, port: plain.port, tls: "implicit" }).verify(),
      ).rejects.toMatchObject({ code: "TLS_PLAINTEXT_ON_PORT" });
      const silent = smtpTransport({
        host: secured.host,
        port: secured.port,
        tls: "none",
        timeouts: { greetingMs: 300 },
      });
      await expect(silent.verify()).rejects.toMatchObject({
        code: "SMTP_TIMEOUT",
        stage: "greeting",
        hint: expect.stringContaining("implicit") as string,
      });
    } finally {
      await plain.close();
      await secured.close();
    }
  });
});

describe("who vouched for the server", () => {
  it("stands in the receipt: a pin, without a name that nobody looked at", async () => {
    const inbox = await catchMail({ tls: "implicit" });
    const ready = { host: inbox.host, port: inbox.port, tls: "implicit" } as const;
    const refused = await smtpTransport(ready)
      .verify()
      .catch((error: unknown) => error);
    const [leaf] = (refused as TlsFailureError).chain;
    const pins = [`sha256:${leaf?.fingerprint256 ?? ""}`];
    const contexts = [
      createTlsContext({ trust: "none", pins }),
      createTlsContext({ dangerouslyAcceptAnyCertificate: true }),
    ];
    try {
      const seen = [];
      for (const tlsContext of contexts) {
        const { protection } = await smtpTransport({ ...ready, tlsContext }).verify();
        seen.push(protection);
      }
      expect(seen).toEqual([
        { kind: "tls", protocol: "TLSv1.3", cipher: expect.any(String), trustSource: "pin" },
        { kind: "tls", protocol: "TLSv1.3", cipher: expect.any(String), trustSource: "nobody" },
      ]);
    } finally {
      await inbox.close();
    }
  });

  it("is asked of the client too, which is told so (RFC 8446 §4.4.2.4)", async () => {
    const authority = await createAuthority();
    const shown = await authority.issue({ names: ["127.0.0.1"] });
    const peer = await nodePeer({ shown, demands: authority.certificate });
    const transport = smtpTransport({
      host: "127.0.0.1",
      port: peer.port,
      tls: "implicit",
      tlsContext: createTlsContext({ ca: authority.certificate, trust: "none" }),
    });
    await expect(transport.verify()).rejects.toMatchObject({
      code: "TLS_CLIENT_CERTIFICATE_REQUIRED",
      hint: expect.stringContaining("identity") as string,
    });
    await peer.stop();
  });
});
