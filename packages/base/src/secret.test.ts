import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { revealed, secret } from "./secret.ts";

describe("secret", () => {
  const password = secret("hunter2");
  it.each([
    ["as text", () => String(password)],
    ["joined", () => ["a", password].join()],
    ["as JSON", () => JSON.stringify({ password, list: [password] })],
    ["in a console", () => inspect({ password }, { depth: 9, showHidden: true })],
    [
      "in a console that passes over custom forms",
      () => inspect(password, { customInspect: false }),
    ],
    ["as its own properties", () => JSON.stringify(Object.entries({ ...password }))],
    ["in an error", () => inspect(new Error("x", { cause: password }))],
  ])("does not show %s", (_title, show) => {
    expect(show()).not.toContain("hunter2");
  });
  it("prints as three stars", () => {
    expect(String(password)).toBe("***");
    expect(JSON.stringify(password)).toBe('"***"');
    expect(inspect(password)).toContain("***");
  });
  it("is revealed where it is asked for", () => {
    expect(password.reveal()).toBe("hunter2");
    expect([revealed(password), revealed("plain")]).toEqual(["hunter2", "plain"]);
  });
});
