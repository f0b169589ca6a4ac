/**
 * Conversions that the runtime does faster than any loop of ours, found on `globalThis`. Whatever is
 * missing is `undefined`, and the caller has a portable way.
 */

/**
 * Methods of Node's `Buffer` that work on every Uint8Array; Bun and Deno have them too. They write at
 * most what fits, and take U+0000 to U+00FF as one octet each (`latin1`).
 */
interface BufferMethods {
  readonly latin1Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly latin1Write: (this: Uint8Array, text: string, offset: number) => number;
  readonly utf8Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly utf8Write: (this: Uint8Array, text: string, offset: number) => number;
  readonly base64Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly base64Write: (this: Uint8Array, text: string, offset: number) => number;
  readonly hexSlice: (this: Uint8Array, start: number, end: number) => string;
  readonly indexOf: (this: Uint8Array, sought: Uint8Array, from: number) => number;
}

/** base64 of the ECMAScript proposal "ArrayBuffer to/from Base64", stage 4. */
interface Base64Methods {
  toBase64(this: Uint8Array): string;
  setFromBase64(
    this: Uint8Array,
    text: string,
    options: { readonly lastChunkHandling: "strict" },
  ): { readonly written: number };
}

const uint8Array = Uint8Array.prototype as Partial<Base64Methods>;

/** What of `Buffer` is used. */
interface NativeBuffer extends BufferMethods {
  /** Octets that a text takes as UTF-8; three for half a surrogate pair. */
  readonly byteLength: (text: string) => number;
}

export const buffer: NativeBuffer | undefined = /* @__PURE__ */ bufferMethods();

/** Converts the octets `start` to `end` and writes them into `target`; gives how many it wrote. */
type ConvertInto = (
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
) => number;

/** base64 without lines, written by the runtime. */
export interface NativeBase64 {
  /** All octets with their padding. */
  readonly text: (bytes: Uint8Array) => string;
  /** Octets to characters, with their padding. */
  readonly encodeInto: ConvertInto;
}

export const nativeBase64: NativeBase64 | undefined = /* @__PURE__ */ base64Methods();

/**
 * Characters of base64 to octets, by the runtime. It gives fewer than the digits make, or -1, when something
 * stands between them that is neither digit, CR nor LF.
 */
export const nativeDecodeInto: ConvertInto | undefined = /* @__PURE__ */ decodingMethod();

/** A method may be called what it is called and do something else, so each is tried once. */
function bufferMethods(): NativeBuffer | undefined {
  const { Buffer: found } = globalThis as {
    Buffer?: { readonly prototype: BufferMethods; byteLength(text: string): number };
  };
  if (found === undefined) return undefined;
  const given = found.prototype;
  const methods: NativeBuffer = {
    latin1Slice: given.latin1Slice,
    latin1Write: given.latin1Write,
    utf8Slice: given.utf8Slice,
    utf8Write: given.utf8Write,
    base64Slice: given.base64Slice,
    base64Write: given.base64Write,
    hexSlice: given.hexSlice,
    indexOf: given.indexOf,
    byteLength: (text) => found.byteLength(text),
  };
  try {
    const probe = new Uint8Array(8);
    const written =
      methods.latin1Write.call(probe, "\u00e9", 1) +
      methods.utf8Write.call(probe, "\u00e9", 2) +
      methods.base64Write.call(probe, "QQ\r\n==", 4);
    const read =
      methods.latin1Slice.call(probe, 0, 5) +
      methods.base64Slice.call(probe, 1, 4) +
      methods.hexSlice.call(probe, 1, 3);
    const isKnown =
      written === 4 &&
      read === "\0\u00e9\u00c3\u00a9A6cOpe9c3" &&
      methods.indexOf.call(probe, probe.subarray(2, 4), 1) === 2 &&
      methods.utf8Slice.call(probe, 1, 4) === "\ufffd\u00e9";
    return isKnown && methods.byteLength("\ud800") === 3 ? methods : undefined;
  } catch {
    return undefined;
  }
}

function base64Methods(): NativeBase64 | undefined {
  if (buffer !== undefined) {
    const { base64Slice, latin1Write } = buffer;
    return {
      text: (bytes) => base64Slice.call(bytes, 0, bytes.length),
      encodeInto: (target, offset, bytes, start, end) =>
        latin1Write.call(target, base64Slice.call(bytes, start, end), offset),
    };
  }
  const { toBase64 } = uint8Array;
  if (toBase64 === undefined) return undefined;
  const encoder = new TextEncoder();
  return {
    text: (bytes) => toBase64.call(bytes),
    encodeInto(target, offset, bytes, start, end) {
      const text = toBase64.call(bytes.subarray(start, end));
      return encoder.encodeInto(text, target.subarray(offset)).written;
    },
  };
}

function decodingMethod(): ConvertInto | undefined {
  if (buffer !== undefined) {
    const { latin1Slice, base64Write } = buffer;
    return (target, offset, bytes, start, end) => {
      const text = latin1Slice.call(bytes, start, end);
      // Node takes the two digits of the URL alphabet as well (RFC 4648 §5).
      if (text.includes("-") || text.includes("_")) return -1;
      return base64Write.call(target, text, offset);
    };
  }
  const { setFromBase64 } = uint8Array;
  if (setFromBase64 === undefined) return undefined;
  // What is not ASCII becomes characters that are no digits; which ones does not matter.
  const decoder = new TextDecoder();
  const options = { lastChunkHandling: "strict" } as const;
  return (target, offset, bytes, start, end) => {
    const text = decoder.decode(bytes.subarray(start, end));
    try {
      return setFromBase64.call(target.subarray(offset), text, options).written;
    } catch {
      return -1;
    }
  };
}
