/** How the parts of a multipart in memory stood apart: its octets are looked up when they are asked for. */
import type { Framing, Part } from "@letterwright/message";
import type { PartLayout } from "./layout.ts";

/** What {@link framingOf} is made of. */
export interface FramingInit {
  readonly octets: Uint8Array;
  readonly part: PartLayout;
  readonly parts: readonly Part[];
  readonly preamble: Uint8Array | undefined;
  readonly epilogue: Uint8Array | undefined;
}

export function framingOf(init: FramingInit): Framing {
  return new ReadFraming(init);
}

class ReadFraming implements Framing {
  readonly boundary: string;
  readonly parts: readonly Part[];
  readonly preamble: Uint8Array | undefined;
  readonly epilogue: Uint8Array | undefined;
  readonly #octets: Uint8Array;
  readonly #part: PartLayout;
  #delimiters: readonly Uint8Array[] | undefined;

  constructor({ octets, part, parts, preamble, epilogue }: FramingInit) {
    this.boundary = part.form.boundary as string;
    this.parts = parts;
    this.preamble = preamble;
    this.epilogue = epilogue;
    this.#octets = octets;
    this.#part = part;
    Object.freeze(this);
  }

  get delimiters(): readonly Uint8Array[] {
    return (this.#delimiters ??= Object.freeze(
      this.parts.map((_, index) => {
        const { delimiters } = this.#part;
        return this.#octets.subarray(delimiters[index * 3], delimiters[index * 3 + 2]);
      }),
    ));
  }

  get close(): Uint8Array {
    const [start, end] = closeOf(this.#part);
    return this.#octets.subarray(start, end);
  }
}

/** Where the closing delimiter stands with the line ends around it; at the end when there is none. */
export function closeOf({
  isClosed,
  delimiters,
  end,
}: PartLayout): readonly [start: number, end: number] {
  const last = delimiters.length - 3;
  return isClosed ? [delimiters[last] as number, delimiters[last + 2] as number] : [end, end];
}
