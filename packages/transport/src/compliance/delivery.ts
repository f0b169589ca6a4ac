/** What arrives, and what the receipt says of it. */
import { addrSpec, envelope, mailbox, type ServerOffer } from "@letterwright/message";
import { complianceCase, onlyArrival, type ComplianceCase } from "./case.ts";
import { expectEqual, expectTrue } from "./expectation.ts";
import { ana, bob, bytesOfMail, delicate, eve, piecewise, rawMail, toBob } from "./mail.ts";

/** Whether the bytes hold this ASCII text. */
const holds = (bytes: Uint8Array, text: string): boolean =>
  new TextDecoder().decode(bytes).includes(text);

export const deliveryCases: readonly ComplianceCase[] = [
  complianceCase("says in the receipt who has it, and by whom", [], async (subject) => {
    const raw = rawMail("receipt");
    const to = envelope({ reversePath: ana, recipients: [bob, eve] });
    const receipt = await subject.transport.send(raw, to);
    const accepted = receipt.accepted.map((one) => addrSpec(one.mailbox));
    expectEqual(accepted, ["bob@example.org", "eve@example.org"], "receipt.accepted");
    for (const { reply } of [...receipt.accepted, receipt]) {
      expectTrue(reply.code >= 200 && reply.code <= 299, `an accepting reply is ${reply.code}`);
    }
    expectEqual(receipt.refused, [], "receipt.refused");
    expectEqual(receipt.unknown, [], "receipt.unknown");
    expectEqual(receipt.messageId, "<compliance@example.com>", "receipt.messageId");
    expectEqual(receipt.byteLength, bytesOfMail(raw).length, "receipt.byteLength");
    expectTrue(receipt.acceptedBy !== "", "receipt.acceptedBy is empty");
    expectTrue(receipt.durationMs >= 0, `receipt.durationMs is ${receipt.durationMs}`);
    expectTrue(
      ["none", "tls", "local"].includes(receipt.protection.kind),
      "receipt.protection says nothing that is known",
    );
    expectTrue(
      (await subject.arrived()).every(({ bytes }) => holds(bytes, "receipt")),
      "another message arrived",
    );
  }),

  complianceCase("says nothing of a Message-ID that is not there", [], async ({ transport }) => {
    const raw = rawMail("without");
    const fields = raw.fields.filter(({ name }) => name !== "Message-ID");
    expectEqual((await transport.send({ ...raw, fields }, toBob)).messageId, undefined, "it");
  }),

  complianceCase("carries every octet (RFC 5321 §4.5.2)", ["exact-bytes"], async (subject) => {
    const raw = rawMail("exact", delicate);
    await subject.transport.send(raw, toBob);
    expectEqual((await onlyArrival(subject)).bytes, bytesOfMail(raw), "what arrived");
  }),

  complianceCase(
    "carries a body that comes in pieces, wherever it is cut",
    ["exact-bytes"],
    async (subject) => {
      const raw = rawMail("pieces", delicate);
      await subject.transport.send(rawMail("pieces", piecewise([...delicate])), toBob);
      expectEqual((await onlyArrival(subject)).bytes, bytesOfMail(raw), "what arrived");
    },
  ),

  complianceCase("carries a message without a body", ["exact-bytes"], async (subject) => {
    const raw = rawMail("no body", "");
    await subject.transport.send(raw, toBob);
    expectEqual((await onlyArrival(subject)).bytes, bytesOfMail(raw), "what arrived");
  }),

  complianceCase("carries eight bits (RFC 6152)", ["exact-bytes", "8BITMIME"], async (subject) => {
    const raw = rawMail("eight", "Grüße, 漢字\r\n", ["8BITMIME"]);
    await subject.transport.send(raw, toBob);
    expectEqual((await onlyArrival(subject)).bytes, bytesOfMail(raw), "what arrived");
  }),

  complianceCase(
    "carries UTF-8 fields and addresses (RFC 6531)",
    ["exact-bytes", "envelope", "SMTPUTF8"],
    async (subject) => {
      const raw = rawMail("Grüße", "Hello\r\n", ["8BITMIME", "SMTPUTF8"]);
      const joerg = mailbox({ localPart: "jörg", domain: "example.org" });
      await subject.transport.send(raw, envelope({ reversePath: ana, recipients: [joerg] }));
      const arrival = await onlyArrival(subject);
      expectEqual(arrival.bytes, bytesOfMail(raw), "what arrived");
      expectEqual(arrival.recipients, ["jörg@example.org"], "its recipients");
    },
  ),

  complianceCase(
    "carries any octets in a body that requires BINARYMIME (RFC 3030)",
    ["exact-bytes", "BINARYMIME"],
    async (subject) => {
      const octets = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      const raw = rawMail("binary", octets, ["BINARYMIME"]);
      await subject.transport.send(raw, toBob);
      expectEqual((await onlyArrival(subject)).bytes, bytesOfMail(raw), "what arrived");
    },
  ),

  complianceCase(
    "takes sender and recipients from the envelope alone (RFC 5321 §2.3.1)",
    ["envelope"],
    async (subject) => {
      const recipients = [eve, mailbox({ localPart: "o'brien+tag", domain: "example.org" })];
      await subject.transport.send(
        rawMail("envelope"),
        envelope({
          reversePath: mailbox({ localPart: "desk", domain: "example.net" }),
          recipients,
        }),
      );
      const arrival = await onlyArrival(subject);
      expectEqual(arrival.reversePath, "desk@example.net", "the reverse-path");
      expectEqual(
        arrival.recipients,
        recipients.map((one) => addrSpec(one)),
        "the recipients",
      );
    },
  ),

  complianceCase(
    "sends to a local-part that has to be quoted (RFC 5321 §4.1.2)",
    ["envelope", "quoted-local-parts"],
    async (subject) => {
      const quoted = mailbox({ localPart: "in two words", domain: "example.org" });
      const to = envelope({ reversePath: quoted, recipients: [quoted] });
      await subject.transport.send(rawMail("quoted"), to);
      const arrival = await onlyArrival(subject);
      expectEqual(arrival.reversePath, '"in two words"@example.org', "the reverse-path");
      expectEqual(arrival.recipients, ['"in two words"@example.org'], "the recipients");
    },
  ),

  complianceCase(
    "sends with the null reverse-path (RFC 5321 §4.5.5)",
    ["envelope"],
    async (subject) => {
      await subject.transport.send(
        rawMail("null"),
        envelope({ reversePath: null, recipients: [bob] }),
      );
      expectEqual((await onlyArrival(subject)).reversePath, "", "the reverse-path");
    },
  ),

  complianceCase("asks a function for the bytes, with the offer", [], async (subject) => {
    const offers: (ServerOffer | undefined)[] = [];
    const receipt = await subject.transport.send(async (offer) => {
      offers.push(offer);
      return rawMail("function");
    }, toBob);
    expectEqual(offers.length, 1, "how often the function was asked");
    expectTrue(offers[0]?.keywords instanceof Map, "the function was given no offer");
    expectEqual(receipt.accepted.length, 1, "recipients that were accepted");
  }),

  complianceCase(
    "sends the same message twice, byte for byte",
    ["exact-bytes"],
    async (subject) => {
      const raw = rawMail("twice", delicate);
      await subject.transport.send(raw, toBob);
      await subject.transport.send(raw, toBob);
      const expected = bytesOfMail(raw);
      const bytes = (await subject.arrived()).map((arrival) => arrival.bytes);
      expectEqual(bytes.length, 2, "messages that arrived");
      for (const one of bytes) expectEqual(one, expected, "what arrived");
    },
  ),

  complianceCase("keeps messages apart that are sent at once", [], async (subject) => {
    const subjects = Array.from({ length: 6 }, (_, index) => `apart-${index}-`);
    const receipts = await Promise.all(
      subjects.map((text) => subject.transport.send(rawMail(text, `${text}\r\n`), toBob)),
    );
    expectEqual(receipts.flatMap(({ accepted }) => accepted).length, 6, "recipients accepted");
    const arrived = await subject.arrived();
    expectEqual(arrived.length, 6, "messages that arrived");
    for (const text of subjects) {
      const found = arrived.filter(({ bytes }) => holds(bytes, `Subject: ${text}`));
      expectEqual(found.length, 1, `messages with the subject ${text}`);
      expectTrue(
        found.every(({ bytes }) => subjects.every((one) => one === text || !holds(bytes, one))),
        "one message has a piece of another",
      );
    }
  }),

  complianceCase("tells of progress up to the last byte", [], async (subject) => {
    const raw = rawMail("progress", piecewise(["one\r\n", "two\r\n"], { byteLength: 10 }));
    const told: { readonly sentBytes: number; readonly totalBytes?: number }[] = [];
    const { byteLength } = await subject.transport.send(raw, toBob, {
      onProgress: (progress) => told.push(progress),
    });
    expectTrue(told.length > 0, "onProgress was never called");
    const counts = told.map(({ sentBytes }) => sentBytes);
    expectEqual(
      counts,
      counts.toSorted((one, other) => one - other),
      "the counts, in order",
    );
    expectEqual(counts.at(-1), byteLength, "the last count");
    expectTrue(
      told.every(({ totalBytes }) => totalBytes === byteLength),
      "the length is known beforehand, and not told",
    );
  }),
];
