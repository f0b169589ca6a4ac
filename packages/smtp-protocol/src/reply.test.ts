import { utf8 } from "@letterwright/base/bytes";
import type { ServerReply } from "@letterwright/message";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplyDecoder } from "./reply.ts";

/** The same bytes in every way a network may cut them. */
function cuts(text: string): readonly (readonly [string, readonly Uint8Array[]])[] {
  const bytes = utf8(text);
  const every = (size: number): Uint8Array[] =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_item, index) =>
      bytes.slice(index * size, (index + 1) * size),
    );
  const lines = text.split(/(?<=\n)/).map((line) => utf8(line));
  return [
    ["whole", [bytes]],
    ["by line", lines],
    ["byte by byte", every(1)],
    ["in threes", every(3)],
  ];
}

describe("replies (RFC 5321 §4.2)", () => {
  const rows: readonly [title: string, wire: string, replies: readonly object[]][] = [
    ["one line", "250 OK\r\n", [{ code: 250, text: "OK" }]],
    ["a code alone", "250\r\n", [{ code: 250, text: "" }]],
    ["several lines", "250-a\r\n250-b\r\n250 c\r\n", [{ code: 250, text: "a\nb\nc" }]],
    [
      "several replies",
      "250 a\r\n354 b\r\n",
      [
        { code: 250, text: "a" },
        { code: 354, text: "b" },
      ],
    ],
    [
      "an enhanced status (RFC 2034 §4)",
      "550 5.1.1 No such user\r\n",
      [{ code: 550, enhancedStatus: "5.1.1", text: "No such user" }],
    ],
    [
      "an enhanced status on each line",
      "550-5.7.1 a\r\n550 5.7.1 b\r\n",
      [{ code: 550, enhancedStatus: "5.7.1", text: "a\nb" }],
    ],
    [
      "a status of another class is text (RFC 3463 §2)",
      "250 5.1.1 x\r\n",
      [{ code: 250, text: "5.1.1 x" }],
    ],
    [
      "an address is no status",
      "220 2.example.com ESMTP\r\n",
      [{ code: 220, text: "2.example.com ESMTP" }],
    ],
    ["bytes beyond ASCII", "250 grüß\r\n", [{ code: 250, text: "grüß" }]],
    ["LF alone, which some servers send", "250 a\n", [{ code: 250, text: "a" }]],
  ];
  describe.each(rows)("%s", (_title, wire, replies) => {
    it.each(cuts(wire))("%s", (_way, chunks) => {
      const decoder = createReplyDecoder();
      expect(chunks.flatMap((chunk) => decoder.decode(chunk))).toEqual(replies);
      expect(decoder.buffered).toBe(0);
    });
  });

  const faults: readonly [title: string, wire: string, code: string][] = [
    ["codes that differ (§4.2.1)", "250-a\r\n550 b\r\n", "SMTP_REPLY_MALFORMED"],
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n", "SMTP_REPLY_MALFORMED"],
    ["IMAP", "* OK ready\r\n", "SMTP_REPLY_MALFORMED"],
    ["SSH", "SSH-2.0-OpenSSH_9\r\n", "SMTP_REPLY_MALFORMED"],
    ["a code of two digits", "25 x\r\n", "SMTP_REPLY_MALFORMED"],
    ["a code above 599", "999 x\r\n", "SMTP_REPLY_MALFORMED"],
    ["a code below 200", "100 x\r\n", "SMTP_REPLY_MALFORMED"],
    ["a digit too many", "2500 x\r\n", "SMTP_REPLY_MALFORMED"],
    ["an empty line", "\r\n", "SMTP_REPLY_MALFORMED"],
    ["a line without end", "2".repeat(5000), "SMTP_REPLY_TOO_LONG"],
    ["a line that is too long", `250 ${"x".repeat(5000)}\r\n`, "SMTP_REPLY_TOO_LONG"],
    ["lines without end", "250-x\r\n".repeat(300), "SMTP_REPLY_TOO_LONG"],
  ];
  describe.each(faults)("refuses %s", (_title, wire, code) => {
    it.each(cuts(wire))("%s", (_way, chunks) => {
      const decoder = createReplyDecoder();
      expect(() => chunks.forEach((chunk) => decoder.decode(chunk))).toThrow(
        expect.objectContaining({ code }),
      );
    });
  });

  it("counts what no complete reply accounts for", () => {
    const decoder = createReplyDecoder();
    decoder.decode(utf8("250 a\r\n250-b\r\n25"));
    expect(decoder.buffered).toBe("250-b\r\n25".length);
  });

  it("copies what it keeps: the chunk belongs to whoever received it", () => {
    const decoder = createReplyDecoder();
    const chunk = utf8("250 o");
    decoder.decode(chunk);
    chunk.fill(0);
    expect(decoder.decode(utf8("k\r\n"))).toEqual([{ code: 250, text: "ok" }]);
  });

  it("reads what comes again as it read it the first time, whatever came between, in any cut", () => {
    const lines = fc.array(
      fc.oneof(
        fc.constantFrom("250 2.1.0 Ok", "250 2.1.5 Ok", "250 2.0.0 Ok", "354 go", "250", "250 é"),
        fc.nat(40).map((id) => `250 2.0.0 Ok: queued as ${id}`),
        fc.nat(3).map((id) => `250-first ${id}\r\n250 2.1.0 Ok`),
      ),
      { minLength: 20, maxLength: 80 },
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 40 }), (sent, size) => {
        const alone = sent.flatMap((line) => createReplyDecoder().decode(utf8(`${line}\r\n`)));
        const wire = utf8(sent.map((line) => `${line}\r\n`).join(""));
        const decoder = createReplyDecoder();
        const together: ServerReply[] = [];
        for (let at = 0; at < wire.length; at += size) {
          // The chunk is written over when it was taken: nothing may look at it later.
          const chunk = wire.slice(at, at + size);
          together.push(...decoder.decode(chunk));
          chunk.fill(0x32);
        }
        expect(together).toEqual(alone);
      }),
    );
  });

  it.each([0, -1, NaN, Infinity, 1.5, "512" as unknown as number])(
    "refuses %s as a limit: none can be switched off",
    (limit) => {
      for (const name of ["maxLineBytes", "maxLines"]) {
        expect(() => createReplyDecoder({ [name]: limit })).toThrow(
          expect.objectContaining({ code: "SMTP_REPLY_LIMIT_INVALID" }),
        );
      }
    },
  );
});
