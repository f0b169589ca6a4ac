/** The octets that a scanner has and has not yet done with. */
import { emptyBytes } from "@letterwright/base/bytes";

/**
 * Chunks come in; what is not done with when the next one comes is put before it. A chunk that meets nothing
 * left over is not copied.
 */
export class Window {
  /** What is there. */
  octets: Uint8Array = emptyBytes;
  /** The offset of its first octet from the beginning of everything. */
  base = 0;
  /** Whether the octets lie in an array of this window's own, which is written over later. */
  isOwn = false;
  private room: Uint8Array = emptyBytes;

  /** Adds a chunk, and lets go of the octets before `from`; gives how far the others moved to the front. */
  push(chunk: Uint8Array, from: number): number {
    const left = this.octets.length - from;
    this.base += from;
    if (left === 0) {
      this.octets = chunk;
      this.isOwn = false;
      return from;
    }
    const length = left + chunk.length;
    // The octets left over lie at the end of `octets`, which is a view of `room` when it is this window's own.
    const start = this.isOwn ? this.octets.byteOffset - this.room.byteOffset + from : 0;
    if (this.isOwn && start + length <= this.room.length) {
      this.room.set(chunk, start + left);
      this.octets = this.room.subarray(start, start + length);
      return from;
    }
    const room =
      length * 2 <= this.room.length && this.isOwn ? this.room : new Uint8Array(length * 2);
    if (room === this.room) room.copyWithin(0, start, start + left);
    else room.set(this.octets.subarray(from));
    room.set(chunk, left);
    this.room = room;
    this.isOwn = true;
    this.octets = room.subarray(0, length);
    return from;
  }
}
