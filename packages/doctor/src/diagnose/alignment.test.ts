import { expect, it } from "vitest";
import { isAligned } from "./domain.ts";

it.each([
  ["example.com", "example.com", "strict", true],
  ["example.com", "mail.example.com", "strict", false],
  ["example.com", "mail.example.com", "relaxed", true],
  ["news.example.com", "mail.example.com", "relaxed", true],
  ["example.com", "sendgrid.example", "relaxed", false],
  ["Example.COM.", "example.com", "strict", true],
] as const)("From %s with %s, %s: %s (RFC 7489 §3.1)", (from, vouched, mode, aligned) => {
  expect(isAligned(from, vouched, mode)).toBe(aligned);
});
