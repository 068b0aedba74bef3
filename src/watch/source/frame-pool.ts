/**
 * Lends memory for frames and takes it back, so that a stream of a hundred frames a second makes no garbage.
 *
 * @remarks Memory that is never given back is collected as any other: forgetting a frame costs speed, not safety.
 * Giving one back while it is still read would mix two pictures, so only the one who holds a frame may do it.
 */
export class FramePool {
  readonly #free: Uint8Array[] = [];
  readonly #capacity: number;

  /** @param capacity - how many free buffers are kept, integer >= 1 */
  constructor(capacity = 6) {
    this.#capacity = capacity;
  }

  /** Lends a buffer of exactly so many bytes; its content is undefined. */
  acquire(byteLength: number): Uint8Array {
    const at = this.#free.findIndex((buffer) => buffer.length === byteLength);
    if (at >= 0) return this.#free.splice(at, 1)[0]!;
    // A stream that changed its size never asks for the old one again.
    this.#free.length = 0;
    return new Uint8Array(byteLength);
  }

  /** Takes a buffer back; nobody may read it afterwards. */
  release(buffer: Uint8Array): void {
    if (this.#free.length < this.#capacity && !this.#free.includes(buffer)) this.#free.push(buffer);
  }
}
