/** The list of readers' faults is true: the one still has it, the other gets it right. */
import { describe, expect, it } from "vitest";
import { readWithMailparser } from "../src/mailparser-reader.ts";
import { readWithPostalMime } from "../src/postal-mime-reader.ts";
import { readerFaults } from "../src/reader-faults.ts";

const readers = { mailparser: readWithMailparser, "postal-mime": readWithPostalMime } as const;

describe.each(readerFaults)("$reader $what", ({ reader, field, fileName }) => {
  const bytes = new TextEncoder().encode(
    [
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: application/pdf",
      field,
      "",
      "x",
      "--b--",
      "",
    ].join("\r\n"),
  );
  it("still", async () => expect((await readers[reader](bytes)).files[0]?.name).not.toBe(fileName));
  it("and the other reader does not", async () => {
    const other = reader === "mailparser" ? "postal-mime" : "mailparser";
    expect((await readers[other](bytes)).files[0]?.name).toBe(fileName);
  });
});
