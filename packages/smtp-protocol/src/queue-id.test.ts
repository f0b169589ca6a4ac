import { describe, expect, it } from "vitest";
import { queueIdOf } from "./queue-id.ts";

describe("queueIdOf", () => {
  const rows: readonly [server: string, text: string, id: string | undefined][] = [
    ["Postfix", "Ok: queued as 4TkQ9n2bWzz1", "4TkQ9n2bWzz1"],
    ["another case and more blanks", "OK  Queued  As  12-34 for delivery", "12-34"],
    ["words behind the name", "2.0.0 queued as 12-34 (h.example)", "12-34"],
    ["a word that only ends like it", "requeued as x, queued as 12-34", "12-34"],
    ["Exim", "OK id=1rQxyz-0001Ab-Cd", "1rQxyz-0001Ab-Cd"],
    ["Sendmail", "3AR9x1aB012345 Message accepted for delivery", "3AR9x1aB012345"],
    ["OpenSMTPD", "1a2b3c4d Message accepted for delivery", "1a2b3c4d"],
    [
      "Exchange",
      "<m@example.com> [InternalId=1234, Hostname=h.example] 5 bytes in 0.1, 3 KB/sec Queued mail for delivery",
      "<m@example.com>",
    ],
    ["Gmail", "OK  1700000000 d9443c01a7336-1c9b - gsmtp", "d9443c01a7336-1c9b"],
    ["Amazon SES", "Ok 0102018c1-6f3a-4b5c-000000", "0102018c1-6f3a-4b5c-000000"],
    ["Haraka", "Message Queued (6D6A-11EE.1)", "6D6A-11EE.1"],
    ["qmail", "ok 1700000000 qp 12345", "12345"],
    ["Dovecot LMTP", "<bob@example.org> aBcD1234efGH Saved", "aBcD1234efGH"],
    ["words that say nothing of it", "Great success", undefined],
    ["no word at all", "", undefined],
    ["words that stop short", "Ok: queued as", undefined],
    ["a word that drives a terminal", "Ok: queued as \u001b[2J", undefined],
    ["a word without an end", `Ok: queued as ${"x".repeat(201)}`, undefined],
  ];
  it.each(rows)("%s", (_server, text, id) => {
    expect(queueIdOf({ code: 250, text })).toBe(id);
  });
  it("believes no refusal", () => {
    expect(queueIdOf({ code: 450, text: "queued as 1" })).toBeUndefined();
  });
});
