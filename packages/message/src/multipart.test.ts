import { describe, expect, it } from "vitest";
import { message } from "./compose.ts";
import { contentDisposition, contentType } from "./field/content.ts";
import { fieldOf } from "./field/field.ts";
import { contentId } from "./field/identifiers.ts";
import { structured } from "./field/unstructured.ts";
import { field } from "./holder.ts";
import {
  alternative,
  digest,
  encrypted,
  formData,
  mixed,
  multipart,
  related,
  report,
  signed,
} from "./multipart.ts";
import { fieldGroupsPart, messagePart, partialPart } from "./nested.ts";
import { bytesOf } from "./byte-source.ts";
import { originOf, withOrigin } from "./origin.ts";
import { bytesPart, textPart, type Part } from "./part.ts";

const text = textPart("a");
const bytes = bytesPart("b", { type: "application/pgp-signature" });
const typeOf = (part: Part): unknown => {
  const value = field(part, contentType);
  return [value?.type, { ...value?.parameters }];
};

describe("multiparts", () => {
  it.each<[string, Part, Record<string, string>]>([
    ["multipart/mixed", mixed([text]), {}],
    ["multipart/alternative", alternative([text]), {}],
    ["multipart/digest", digest([messagePart(message({ from: "a@x.example" }))]), {}],
    ["multipart/related", related(text, [bytes]), { type: "text/plain" }],
    [
      "multipart/related",
      related(textPart("a", { fields: [fieldOf(contentId, "<r@x.example>")] }), [bytes]),
      { type: "text/plain", start: "<r@x.example>" },
    ],
    [
      "multipart/report",
      report("delivery-status", [text, bytes]),
      { "report-type": "delivery-status" },
    ],
    [
      "multipart/signed",
      signed(text, bytes, { micalg: "pgp-sha256" }),
      { protocol: "application/pgp-signature", micalg: "pgp-sha256" },
    ],
    [
      "multipart/encrypted",
      encrypted(bytesPart("Version: 1", { type: "application/pgp-encrypted" }), bytes),
      { protocol: "application/pgp-encrypted" },
    ],
    [
      "multipart/x-own",
      multipart("x-own", [text], { parameters: { boundary: "b" } }),
      { boundary: "b" },
    ],
  ])("%s has the parameters its RFC wants", (type, part, parameters) => {
    expect(typeOf(part)).toEqual([type, parameters]);
    expect(Object.isFrozen(part.body)).toBe(true);
  });

  it("names each value of a form (RFC 7578 §4.2)", () => {
    const form = formData([
      { name: "note", value: "hello" },
      { name: "file", value: bytes, filename: "ü.sig" },
    ]);
    const parts = form.body.kind === "multipart" ? form.body.parts : [];
    expect(parts.map((part) => ({ ...field(part, contentDisposition)?.parameters }))).toEqual([
      { name: "note" },
      { name: "file", filename: "ü.sig" },
    ]);
  });

  it.each([
    ["no part", () => mixed([]), "MULTIPART_EMPTY"],
    ["a boundary with a blank at its end", () => mixed([text], boundary("a ")), "BOUNDARY_INVALID"],
    ["a boundary of 71 octets", () => mixed([text], boundary("a".repeat(71))), "BOUNDARY_INVALID"],
    ["piece 2 of 1", () => piece(2, 1), "PARTIAL_NUMBER_INVALID"],
    ["piece 0", () => piece(0), "PARTIAL_NUMBER_INVALID"],
    [
      "a group without a field",
      () => fieldGroupsPart("delivery-status", [[]]),
      "FIELD_GROUPS_EMPTY",
    ],
    ["an unknown charset", () => textPart("a", { charset: "x" }), "CHARSET_UNSUPPORTED"],
    [
      "a charset that lacks a character",
      () => textPart("€", { charset: "latin1" }),
      "CHARSET_CANNOT_ENCODE",
    ],
  ])("refuse %s", (_title, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe("nested parts", () => {
  it("is message/global when an address in it can only be UTF-8 (RFC 6532 §3.7)", () => {
    expect(typeOf(messagePart(message({ from: "a@x.example" })))).toEqual(["message/rfc822", {}]);
    const inner = message({ from: "jörg@x.example" });
    expect(typeOf(messagePart(inner))).toEqual(["message/global", {}]);
    expect(typeOf(messagePart(mixed([messagePart(inner)])))).toEqual(["message/global", {}]);
  });
  it("says which piece of how many it is (RFC 2046 §5.2.2)", () => {
    expect(typeOf(piece(2, 3))).toEqual([
      "message/partial",
      { id: "i@x.example", number: "2", total: "3" },
    ]);
  });
  it("holds groups of fields (RFC 3464 §2.1)", () => {
    const group = [fieldOf(structured("Action"), "failed")];
    const { body } = fieldGroupsPart("delivery-status", [group, group]);
    expect(body.kind === "field-groups" && body.groups).toHaveLength(2);
  });
});

describe("withOrigin", () => {
  it("gives bytes to one object, and none to a copy of it", () => {
    const kept = withOrigin(text, Uint8Array.of(1));
    expect(originOf(kept)).toEqual(Uint8Array.of(1));
    expect(originOf({ ...kept })).toBeUndefined();
    expect(originOf(text)).toBeUndefined();
  });
});

function boundary(value: string): { parameters: Record<string, string> } {
  return { parameters: { boundary: value } };
}

function piece(number: number, total?: number): Part {
  const content = bytesOf("x");
  return partialPart(
    total === undefined
      ? { id: "i@x.example", number, content }
      : { id: "i@x.example", number, total, content },
  );
}
