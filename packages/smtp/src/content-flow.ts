/** Content that cannot be written at once: how it goes over one stream, piece by piece, as the line takes it. */
import type { Duplex } from "node:stream";
import type { ContentStep } from "@letterwright/smtp-protocol";
import { ContentBlocks } from "./content-blocks.ts";
import type { ContentWriter } from "./content-writer.ts";
import type { Content } from "./content.ts";
import type { Lookout } from "./lookout.ts";
import type { Output } from "./output.ts";
import type { Patience } from "./patience.ts";
import { pump, pumpStretched } from "./pump.ts";
import type { Run } from "./run.ts";
import type { Stretched } from "./stretched.ts";

/** What it needs of the connection. */
export interface FlowParts {
  readonly stream: Duplex;
  readonly output: Output;
  readonly lookout: Lookout;
  readonly patience: Patience;
  readonly hasFailed: () => boolean;
  /** What `work` comes to, unless the connection ends first. */
  readonly whileOpen: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** A piece with so many octets was added to the output. */
  readonly wrote: (run: Run, count: number) => void;
}

const noContent: Content = {};

export class ContentFlow {
  readonly #parts: FlowParts;
  /** For content that is made as it leaves; made with the first of it. */
  #blocks: ContentBlocks | undefined;

  constructor(parts: FlowParts) {
    this.#parts = parts;
  }

  /**
   * Writes the content of a run. Gives `false` where what was announced was given up half-way.
   *
   * Rejects with what the source rejects with, and with what ended the connection.
   */
  async pump(run: Run, step: ContentStep, writer: ContentWriter): Promise<boolean> {
    const content = run.content ?? noContent;
    if (content.stretched !== undefined) {
      return this.#pumpStretched(run, step, writer, content.stretched);
    }
    const { whileOpen, wrote } = this.#parts;
    await pump(content, writer, {
      room: () => this.#room(run, step),
      whileOpen,
      get isStopped() {
        return run.isStopped;
      },
      wrote: (count) => wrote(run, count),
    });
    return true;
  }

  #pumpStretched(
    run: Run,
    { form }: ContentStep,
    writer: ContentWriter,
    content: Stretched,
  ): Promise<boolean> {
    const { stream, output, lookout, patience, hasFailed, wrote } = this.#parts;
    const blocks = (this.#blocks ??= new ContentBlocks(stream));
    // A chunk that was announced is written to its end, whatever the server says to it.
    const isOver = (): boolean => hasFailed() || (form === "lines" ? run.isStopped : run.isLeft);
    const isFree = (): boolean => isOver() || blocks.isFree(output.left);
    return pumpStretched(content, writer, {
      get hasRoom() {
        return isFree();
      },
      room: () => {
        patience.block(output.backlog);
        return lookout.until(isFree);
      },
      take: () => blocks.take(output.left),
      get isStopped() {
        return isOver();
      },
      ending: () => (run.endMayHaveLeft = form === "chunks"),
      wrote: (count) => {
        blocks.gave(output.added);
        wrote(run, count);
      },
    });
  }

  /** Waits until the line has taken what it was given, and, in turn, has answered it. */
  async #room(run: Run, { inTurn }: ContentStep): Promise<void> {
    const { output, lookout, patience } = this.#parts;
    const isFree = (): boolean =>
      run.isStopped || (output.backlog === 0 && (inTurn !== true || run.awaiting === 0));
    patience.block(output.backlog);
    await lookout.until(isFree);
  }
}
