/** The SMTP transport keeps what every transport promises, against a receiver that is not ours inside. */
import { addrSpec, mailbox } from "@letterwright/message";
import { catchMail } from "@letterwright/receiver";
import { createAuthority } from "@letterwright/receiver/certificates";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import { complianceCases, type ComplianceHarness } from "@letterwright/transport/compliance";
import { describe, it } from "vitest";

const authority = await createAuthority();
const leaf = await authority.issue({ names: ["127.0.0.1"] });
const identity = { ...leaf, authority: authority.certificate };
const refuses = mailbox({ localPart: "nobody", domain: "example.net" });

const over = (
  tls: "implicit" | "starttls" | "none",
  options: Partial<SmtpOptions> = {},
): ComplianceHarness => ({
  capabilities: ["exact-bytes", "envelope", "8BITMIME", "SMTPUTF8", "refusal"],
  async open() {
    const inbox = await catchMail({ tls, identity, refuse: [addrSpec(refuses)] });
    return {
      refuses,
      transport: smtpTransport({
        host: inbox.host,
        port: inbox.port,
        tls,
        ...(tls === "none" ? {} : { tlsContext: createTlsContext({ ca: inbox.ca }) }),
        ...options,
      }),
      arrived: async () =>
        inbox.messages.map(({ bytes, envelope }) => ({
          bytes,
          reversePath: envelope.reversePath,
          recipients: envelope.recipients,
        })),
      [Symbol.asyncDispose]: () => inbox.close(),
    };
  },
});

describe.each([
  ["implicit TLS", over("implicit")],
  ["STARTTLS", over("starttls")],
  ["plain text, turn by turn", over("none", { pipelining: false })],
])("smtpTransport, %s", (_name, harness) => {
  it.each(complianceCases(harness.capabilities).map((one) => [one.name, one] as const))(
    "%s",
    (_title, one) => one.run(harness),
  );
});
