import { describe, expect, it } from "vitest";
import { limitsOf } from "./limits.ts";

describe("limitsOf (RFC 9422 §3)", () => {
  const rows: readonly [words: readonly string[], limits: object][] = [
    [[], {}],
    [
      ["MAILMAX=5", "RCPTMAX=100", "RCPTDOMAINMAX=1"],
      { mails: 5, recipients: 100, recipientDomains: 1 },
    ],
    [["rcptmax=7"], { recipients: 7 }],
    [["RCPTMAX=0", "MAILMAX=-1", "RCPTDOMAINMAX=1000000"], {}],
    [["RCPTMAX=1e3", "MAILMAX", "=5", "TOSTRING=5", "FUTURE=9"], {}],
  ];
  it.each(rows)("%j", (words, limits) => {
    expect(limitsOf({ keywords: new Map([["LIMITS", words]]) })).toEqual(limits);
  });
  it("knows none where none are offered", () => {
    expect(limitsOf({ keywords: new Map() })).toEqual({});
  });
});
