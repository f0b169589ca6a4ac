import { utf8 } from "@letterwright/base/bytes";
import {
  bareOffer,
  bytesOf,
  envelope,
  mailbox,
  once,
  type RawMessage,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { memoryTransport } from "./memory.ts";
import { checkedOutgoing, guardLineEnds, resolveOutgoing } from "./outgoing.ts";

const to = envelope({
  reversePath: null,
  recipients: [mailbox({ localPart: "a", domain: "b.example" })],
});
const raw = (body: string, field = "A: b\r\n"): RawMessage => ({
  fields: [{ name: field.slice(0, field.indexOf(":")), bytes: utf8(field) }],
  separator: utf8("\r\n"),
  body: bytesOf(body),
  requires: new Set(),
});

/** What is long is looked at in another way. */
const leads: readonly (readonly [title: string, lead: string])[] = [
  ["alone", ""],
  ["behind 100 KB", `${"x".repeat(98)}\r\n`.repeat(1000)],
  ["behind a line over 998 octets", `${"x".repeat(2000)}\r\n`],
];

describe.each(leads)("line ends (RFC 5321 §2.3.8), %s", (_title, lead) => {
  const good = ["", "a", "\r\n", "a\r\nb\r\n", "\r\n\r\n", "a\r\n\r\nb"];
  const bad = ["\n", "\r", "a\nb", "a\rb", "a\r\n\n", "\r\r\n", "a\r\n\r", "a\n\rb", "\r\n\n\r\n"];
  async function guarded(text: string, size: number): Promise<string> {
    async function* cut(): AsyncGenerator<Uint8Array> {
      for (let at = -lead.length; at < text.length; at += size) {
        if (at < 0) {
          yield utf8(lead + text.slice(0, size));
          at = 0;
        } else yield utf8(text.slice(at, at + size));
        yield new Uint8Array(0);
      }
    }
    let passed = "";
    for await (const chunk of guardLineEnds(cut())) passed += new TextDecoder().decode(chunk);
    return passed;
  }
  it.each(good)("passes %j, however it is cut", async (text) => {
    for (let size = 1; size <= text.length; size++)
      expect(await guarded(text, size)).toBe(lead + text);
    await expect(resolveOutgoing(raw(lead + text), bareOffer)).resolves.toBeDefined();
  });
  it.each(bad)("refuses %j, however it is cut", async (text) => {
    for (let size = 1; size <= text.length; size++) {
      await expect(guarded(text, size)).rejects.toMatchObject({ code: "OUTGOING_BARE_LINE_END" });
    }
    await expect(resolveOutgoing(raw(lead + text), bareOffer)).rejects.toMatchObject({
      code: "OUTGOING_BARE_LINE_END",
    });
    await expect(resolveOutgoing(raw("", `A: ${text}\r\n`), bareOffer)).rejects.toMatchObject({
      code: "OUTGOING_BARE_LINE_END",
    });
  });
});

describe("NUL (RFC 2045 §2.7)", () => {
  async function* cutOnce(text: string): AsyncGenerator<Uint8Array> {
    yield utf8(text);
  }
  it("is refused, in memory and on its way", async () => {
    const lines = `${"x".repeat(98)}\r\n`.repeat(1000);
    for (const text of ["\0", "a\r\n\0.\r\nb", `${lines}\0`, `${lines}\0${lines}`]) {
      const code = "OUTGOING_HAS_NUL";
      await expect(resolveOutgoing(raw(text), bareOffer)).rejects.toMatchObject({ code });
      await expect(resolveOutgoing(raw("", `A: ${text}\r\n`), bareOffer)).rejects.toMatchObject({
        code,
      });
      const stream = { ...raw(""), body: once(cutOnce(text)) };
      await expect(memoryTransport().send(stream, to)).rejects.toMatchObject({ code });
    }
  });
  it("may stand in a body that requires BINARYMIME (RFC 3030 §3)", async () => {
    const binary = { ...raw("\0"), requires: new Set(["BINARYMIME"] as const) };
    const offer = { keywords: new Map([["BINARYMIME", []]]) };
    await expect(resolveOutgoing(binary, offer)).resolves.toBeDefined();
  });
});

describe("octets that are written already", () => {
  const offer = { keywords: new Map([["BINARYMIME", []]]) };
  const binary = { ...raw("12"), requires: new Set(["BINARYMIME"] as const) };
  it("are looked at, and not those they were made of", () => {
    expect(checkedOutgoing(raw("\n"), bareOffer, utf8("A: b\r\n\r\n"))).toBeDefined();
    for (const [whole, code] of [
      ["A: b\n\r\n", "OUTGOING_BARE_LINE_END"],
      ["A: b\r\n\r\na\r", "OUTGOING_BARE_LINE_END"],
      ["A: \0\r\n\r\n", "OUTGOING_HAS_NUL"],
      [`${"A: b\r\n".repeat(1000)}\r\na\rb`, "OUTGOING_BARE_LINE_END"],
    ] as const) {
      expect(() => checkedOutgoing(raw(""), bareOffer, utf8(whole))).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });
  it("are looked at up to the body where that requires BINARYMIME (RFC 3030 §3)", () => {
    expect(checkedOutgoing(binary, offer, utf8("A: b\r\n\r\n\n\0"))).toBeDefined();
    expect(() => checkedOutgoing(binary, offer, utf8("A: b\n\r\n\n\0"))).toThrow(
      expect.objectContaining({ code: "OUTGOING_BARE_LINE_END" }),
    );
  });
  it("do not hide the name of a field", () => {
    expect(() => checkedOutgoing(raw("", "Bcc: x\r\n"), bareOffer, utf8("A: b\r\n\r\n"))).toThrow(
      expect.objectContaining({ code: "OUTGOING_HAS_BCC" }),
    );
  });
});

it.each(["Bcc: x\r\n", "BCC: x\r\n", "Resent-Bcc: x\r\n"])("refuses %j", async (field) => {
  await expect(memoryTransport().send(raw("", field), to)).rejects.toMatchObject({
    code: "OUTGOING_HAS_BCC",
  });
});

it("refuses what the offer does not cover", async () => {
  await expect(
    resolveOutgoing({ ...raw(""), requires: new Set(["SMTPUTF8"]) }, bareOffer),
  ).rejects.toMatchObject({
    code: "OUTGOING_REQUIREMENT_NOT_OFFERED",
  });
});

describe("memoryTransport", () => {
  it("keeps what it is given, and shows the offer to those who ask", async () => {
    const offer = { keywords: new Map([["8BITMIME", []]]) };
    const transport = memoryTransport({ offer });
    const seen: unknown[] = [];
    const receipt = await transport.send((given) => {
      seen.push(given);
      return raw("hi\r\n", "Message-ID: <a@b.example>\r\n");
    }, to);
    expect(seen).toEqual([offer]);
    expect(receipt).toMatchObject({
      messageId: "<a@b.example>",
      byteLength: 33,
      refused: [],
      protection: { kind: "local" },
    });
    expect(new TextDecoder().decode(transport.sent[0]?.bytes)).toBe(
      "Message-ID: <a@b.example>\r\n\r\nhi\r\n",
    );
  });
  it("keeps wishes for what the pretended server offers, and refuses others", async () => {
    const transport = memoryTransport({ offer: { keywords: new Map([["REQUIRETLS", []]]) } });
    const mailParameters = (): { readonly "MT-PRIORITY": string } => ({ "MT-PRIORITY": "3" });
    await transport.send(raw(""), to, { requireTls: true, mailParameters });
    expect(transport.sent[0]).toMatchObject({
      requireTls: true,
      mailParameters: { "MT-PRIORITY": "3" },
    });
    await expect(memoryTransport().send(raw(""), to, { requireTls: true })).rejects.toMatchObject({
      code: "TRANSPORT_OPTION_UNSUPPORTED",
    });
  });
  it("is closed once", async () => {
    const transport = memoryTransport();
    await transport.close();
    await transport[Symbol.asyncDispose]();
    await expect(transport.send(raw(""), to)).rejects.toMatchObject({ code: "TRANSPORT_CLOSED" });
  });
});
