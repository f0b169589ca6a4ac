import { describe, expect, it } from "vitest";
import { standardFields } from "./standard.ts";
import { standardText } from "./standard-text.ts";

describe("standardText", () => {
  it.each(standardFields.map((definition) => [definition.name, definition] as const))(
    "knows %s",
    (name, definition) => {
      const expected = definition.isText ? definition : "structured";
      expect(standardText(name)).toBe(expected);
      expect(standardText(name.toUpperCase())).toBe(expected);
    },
  );

  it.each(["X-A", "", ",", "to,cc", "ontent-typ"])("knows nothing of %j", (name) => {
    expect(standardText(name)).toBeUndefined();
  });
});
