import { afterEach, describe, expect, it, vi } from "vitest";
import type * as Codec from "../codec.ts";

/** Bytes that are the same in every run and have no pattern to lean on. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

/** Not by TextDecoder: to it, latin1 is windows-1252, and some versions of Node have it so. */
function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => String.fromCharCode(octet)).join("");
}

function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What ECMAScript's own base64 does, for runtimes that do not have it yet. */
const ecmaScriptBase64 = {
  toBase64(this: Uint8Array): string {
    return btoa(textOf(this));
  },
  setFromBase64(this: Uint8Array, text: string): { written: number } {
    if (/[^A-Za-z0-9+/=\s]/.test(text)) throw new SyntaxError("no base64");
    const bytes = octets(atob(text));
    this.set(bytes.subarray(0, this.length));
    return { written: Math.min(bytes.length, this.length) };
  },
};

/** Every row runs on each way to do it. */
const runtimes: readonly [name: string, arrange: () => void][] = [
  ["with Buffer", () => undefined],
  [
    "with the base64 of ECMAScript",
    () => {
      vi.stubGlobal("Buffer", undefined);
      Object.assign(Uint8Array.prototype, ecmaScriptBase64);
    },
  ],
  [
    "by table",
    () => {
      vi.stubGlobal("Buffer", undefined);
      vi.stubGlobal("WebAssembly", undefined);
    },
  ],
  [
    "where a policy forbids WebAssembly",
    () => {
      vi.stubGlobal("WebAssembly", {
        Module: function refuse() {
          throw new Error("Refused to compile: 'unsafe-eval' is not allowed");
        },
      });
    },
  ],
];

afterEach(() => {
  vi.unstubAllGlobals();
  for (const name of Object.keys(ecmaScriptBase64))
    Reflect.deleteProperty(Uint8Array.prototype, name);
});

describe.each(runtimes)("base64 %s", (name, arrange) => {
  async function codec(): Promise<typeof Codec> {
    vi.resetModules();
    arrange();
    const loaded = await import("../codec.ts");
    const { nativeBase64 } = await import("../native.ts");
    expect(nativeBase64 === undefined).toBe(name === "by table");
    return loaded;
  }

  it.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
    ["a\nb\r\nc\rd\u00ff", "YQpiDQpjDWT/"],
    ["\u0000\u0010\u0083\u00fb\u00ff\u00be", "ABCD+/++"],
  ])("%j is %j both ways (RFC 4648 §10)", async (plain, encoded) => {
    const { base64Text, decodeBase64, encodeBase64 } = await codec();
    expect(textOf(encodeBase64(octets(plain)))).toBe(encoded);
    expect(base64Text(octets(plain))).toBe(encoded);
    expect(decodeBase64(octets(encoded))).toEqual(octets(plain));
    expect(decodeBase64(encoded)).toEqual(octets(plain));
  });

  it("writes every length as Buffer does, in lines of at most 76 (RFC 2045 §6.8)", async () => {
    const reference = Buffer;
    const { decodeBase64, encodeBase64, encodedBase64Length } = await codec();
    const lengths = [
      ...Array(300).keys(),
      1000,
      29_183,
      29_184,
      29_185,
      65_436,
      65_437,
      65_438,
      200_000,
    ];
    for (const length of lengths) {
      const bytes = noise(length, length);
      const encoded = encodeBase64(bytes);
      const lines =
        reference
          .from(bytes)
          .toString("base64")
          .match(/.{1,76}/g) ?? [];
      expect(textOf(encoded)).toBe(lines.join("\r\n"));
      expect(encoded.length).toBe(encodedBase64Length(length));
      expect(reference.compare(decodeBase64(encoded), bytes)).toBe(0);
    }
  });

  it.each([
    [4, "\r\n"],
    [16, "\n"],
    [20, "\r\n"],
    [28, "\r\n"],
    [64, "\n"],
    [72, ""],
    [76, "\r\n\t"],
    [1000, "\r\n"],
    [1024, "\n"],
    [100_000, "\n"],
  ])("cuts lines of %i with %j between, at the place it is told", async (lineLength, end) => {
    const { decodeBase64, encodeBase64, encodeBase64Into, encodedBase64Length } = await codec();
    const lines = { lineLength, lineEnd: octets(end) };
    for (const length of [0, 1, 3, 57, 58, 5000, 200_000]) {
      const bytes = noise(length, lineLength);
      const room = encodedBase64Length(length, lines);
      const target = new Uint8Array(room + 10).fill(7);
      expect(encodeBase64Into(target, 3, bytes, lines)).toBe(3 + room);
      expect([...target.subarray(0, 3), ...target.subarray(3 + room)]).toEqual(Array(10).fill(7));
      const text = textOf(target.subarray(3, 3 + room));
      expect(text).toBe(textOf(encodeBase64(bytes, lines)));
      const split = end === "" ? [text] : text.split(end);
      expect(split.slice(0, -1).every((line) => line.length === lineLength || end === "")).toBe(
        true,
      );
      expect(textOf(decodeBase64(text))).toBe(textOf(bytes));
    }
  });

  // What each strange input gives: the strict reader refuses it with the first defect.
  const damaged: readonly [encoded: string, plain: string, defects: readonly string[]][] = [
    ["Zg=", "f", ["BASE64_PADDING_MISSING 3"]],
    ["Zg", "f", ["BASE64_PADDING_MISSING 2"]],
    ["Zm8", "fo", ["BASE64_PADDING_MISSING 3"]],
    ["Z", "", ["BASE64_LENGTH_WRONG 1"]],
    ["Zm9vZ", "foo", ["BASE64_LENGTH_WRONG 5"]],
    ["Zm9vZ===", "foo", ["BASE64_LENGTH_WRONG 5", "BASE64_PADDING_MISPLACED 6"]],
    ["Zg==Zm8=", "ffo", ["BASE64_DATA_AFTER_PADDING 4"]],
    ["Zg=Zm8=", "ffo", ["BASE64_PADDING_MISSING 3", "BASE64_DATA_AFTER_PADDING 3"]],
    ["Zm9v=", "foo", ["BASE64_PADDING_MISPLACED 4"]],
    ["Zg===", "f", ["BASE64_PADDING_MISPLACED 4"]],
    ["=", "", ["BASE64_PADDING_MISPLACED 0"]],
    ["Z*g==", "f", ["BASE64_FOREIGN_CHARACTER 1"]],
    ["Zg==\r\n-- ", "f", ["BASE64_FOREIGN_CHARACTER 6"]],
    ["Zm9v\u00e9Zm9v", "foofoo", ["BASE64_FOREIGN_CHARACTER 4"]],
    ["Zm9v\fZm9v", "foofoo", ["BASE64_FOREIGN_CHARACTER 4"]],
    ["_-9v", "o", ["BASE64_FOREIGN_CHARACTER 0", "BASE64_PADDING_MISSING 4", "BASE64_BITS_LOST 4"]],
    ["Zh==", "f", ["BASE64_BITS_LOST 2"]],
    ["Zm9=", "fo", ["BASE64_BITS_LOST 3"]],
  ];
  it.each(damaged)("%j is %j with %j (RFC 4648 §3)", async (encoded, plain, expected) => {
    const { decodeBase64, recoverBase64 } = await codec();
    // Also behind and before lines that are read a block at a time.
    for (const before of ["", `${"QUJD".repeat(19)}\r\n`.repeat(40)]) {
      const { bytes, defects } = recoverBase64(octets(before + encoded));
      const lead = "ABC".repeat((19 * before.length) / 78);
      if (plain !== "o") expect(textOf(bytes)).toBe(lead + plain);
      const seen = defects.map(({ code, index }) => `${code} ${index - before.length}`);
      expect(seen).toEqual(expected);
      const [defect, index] = (expected[0] as string).split(" ");
      const strict = (): Uint8Array => decodeBase64(octets(before + encoded));
      expect(strict).toThrow(
        expect.objectContaining({
          code: "BASE64_INVALID",
          defect,
          index: Number(index) + before.length,
        }),
      );
    }
  });

  it.each(["\r\n", "\n", "", " \r\n", "\r\n\r\n"])(
    "finds one strange octet anywhere in lines that end with %j",
    async (end) => {
      const { decodeBase64, encodeBase64, recoverBase64 } = await codec();
      const bytes = noise(57 * 20, 1);
      for (const lineLength of [60, 76]) {
        const clean = encodeBase64(bytes, { lineLength, lineEnd: octets(end) });
        expect(decodeBase64(clean)).toEqual(bytes);
        for (let index = 0; index < clean.length - 4; index += 7) {
          for (const strange of [0x2d, 0x5f, 0x3d, 0x00, 0x80, 0xff, 0x2a]) {
            const damagedBytes = clean.slice();
            damagedBytes[index] = strange;
            expect(() => decodeBase64(damagedBytes)).toThrow(
              expect.objectContaining(strange === 0x3d ? {} : { index }),
            );
            expect(recoverBase64(damagedBytes).defects.length).toBeGreaterThan(0);
          }
        }
      }
    },
  );

  it("reads lines of no multiple of 4, and a line without end", async () => {
    const { decodeBase64, encodeBase64 } = await codec();
    const bytes = noise(100_000, 5);
    const one = textOf(encodeBase64(bytes, { lineLength: 200_000 }));
    for (const width of [7, 75, 77, 998, 200_000]) {
      const lines = one.match(new RegExp(`.{1,${width}}`, "g"))?.join("\r\n") ?? "";
      expect(textOf(decodeBase64(lines))).toBe(textOf(bytes));
    }
  });

  it("says the same however the octets are cut", async () => {
    const { base64Decoder, encodeBase64, recoverBase64 } = await codec();
    const clean = encodeBase64(noise(3000, 9));
    const broken = clean.slice();
    broken.set(octets("=*-="), 1000);
    for (const input of [clean, broken]) {
      const whole = recoverBase64(input);
      for (const size of [1, 2, 3, 77, 78, 79, 1000]) {
        const defects: string[] = [];
        const decoder = base64Decoder((code, index) => defects.push(`${code} ${index}`));
        const pieces: number[] = [];
        for (let at = 0; at < input.length; at += size) {
          pieces.push(...decoder.decode(input.subarray(at, at + size)));
        }
        pieces.push(...decoder.end());
        expect(Uint8Array.from(pieces)).toEqual(whole.bytes);
        expect(defects).toEqual(whole.defects.map(({ code, index }) => `${code} ${index}`));
      }
    }
  });
});

describe("encodeBase64Into", () => {
  it("refuses a line length that is no multiple of 4", async () => {
    const { encodeBase64, encodedBase64Length } = await import("../codec.ts");
    for (const lineLength of [0, 75, -4, Number.NaN, 4.5]) {
      const refusal = expect.objectContaining({ code: "BASE64_LINE_LENGTH_INVALID" });
      expect(() => encodeBase64(octets("a"), { lineLength })).toThrow(refusal);
      expect(() => encodedBase64Length(1, { lineLength })).toThrow(refusal);
    }
  });

  it.each([
    [3, 0],
    [8, 5],
    [8, -1],
    [8, 0.5],
    [8, Number.NaN],
  ])("refuses a target of %i octets at %d, and leaves it as it was", async (length, offset) => {
    const { encodeBase64Into } = await import("../codec.ts");
    const target = new Uint8Array(length);
    expect(() => encodeBase64Into(target, offset, octets("a"))).toThrow(
      expect.objectContaining({ code: "TARGET_TOO_SMALL" }),
    );
    expect(target).toEqual(new Uint8Array(length));
  });
});
