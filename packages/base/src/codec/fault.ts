/** What a strict decoder throws, and how a lenient one collects. */
import type { Defect, Report } from "../defect.ts";
import { UsageError, type LetterwrightErrorInit } from "../error.ts";

/** Octets that are not what the transfer encoding allows, and where. */
export class CodecFaultError<Code extends string = string> extends UsageError<Code> {
  override readonly name: string = "CodecFaultError";
  /** The offset, in octets of what was read, of the first that does not fit. */
  readonly index: number;
  /** Which rule it breaks: the code that a lenient reader would have reported. */
  readonly defect: string;

  constructor(message: string, init: LetterwrightErrorInit<Code>, index: number, defect: string) {
    super(message, init);
    this.index = index;
    this.defect = defect;
  }
}

/** What could be read, and what was wrong with it. */
export interface Recovered<Code extends string = string> {
  readonly bytes: Uint8Array;
  /** Each kind of defect once, where it was first met. */
  readonly defects: readonly Defect<Code>[];
}

/** Takes encoded octets in chunks cut anywhere. Each result is an array of its own. */
export interface TransferDecoder {
  /** What the chunk completes. */
  decode(chunk: Uint8Array): Uint8Array;
  /** What was still held back. The decoder is not used after it. */
  end(): Uint8Array;
}

/** Passes on the first defect of each kind: a mebibyte of rubbish is one finding, not a million. */
export function onceEach<Code extends string>(report: Report<Code>): Report<Code> {
  const seen: Code[] = []; // there are few kinds, and mostly none is found
  return (code, index, message) => {
    if (seen.includes(code)) return;
    seen.push(code);
    report(code, index, message);
  };
}

/** Runs a decoder over all octets at once and collects its findings. */
export function recover<Code extends string>(
  open: (report: Report<Code>) => TransferDecoder,
  encoded: Uint8Array,
): Recovered<Code> {
  const defects: Defect<Code>[] = [];
  const bytes = decodeWhole(
    open((code, index, message) => defects.push({ code, index, message })),
    encoded,
  );
  return { bytes, defects };
}

export function decodeWhole(decoder: TransferDecoder, encoded: Uint8Array): Uint8Array {
  const bytes = decoder.decode(encoded);
  const rest = decoder.end();
  if (rest.length === 0) return bytes;
  const whole = new Uint8Array(bytes.length + rest.length);
  whole.set(bytes);
  whole.set(rest, bytes.length);
  return whole;
}
