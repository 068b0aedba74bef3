import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';

/** Options of {@link FrameAssembler}. */
export interface FrameAssemblerOptions {
  /** Gives the memory for one frame of so many bytes. @defaultValue a fresh Uint8Array */
  readonly allocate?: ((byteLength: number) => Uint8Array) | undefined;
  /** Largest width * height that is accepted. @defaultValue {@link MAX_FRAME_PIXELS} */
  readonly maxPixels?: number | undefined;
}

/** Frames above this many pixels are refused: 8K video is 33 million. */
export const MAX_FRAME_PIXELS = 40_000_000;

// "P6 65535 65535 255 " with some room; a longer header is not one of ours.
const MAX_HEADER_BYTES = 40;

/**
 * Cuts a byte stream of binary PPM pictures (P6, 8 bits) into frames, however the bytes are split into chunks.
 *
 * @remarks ffmpeg writes this format with `-f image2pipe -c:v ppm`. Each frame carries its own size, so a stream
 * that changes size in the middle, or is turned by its rotation tag, needs no second program to say so. Each byte
 * is copied once.
 */
export class FrameAssembler {
  readonly #allocate: (byteLength: number) => Uint8Array;
  readonly #maxPixels: number;
  #header: number[] = [];
  #size: { width: number; height: number } | null = null;
  #data: Uint8Array | null = null;
  #filled = 0;

  constructor(options: FrameAssemblerOptions = {}) {
    this.#allocate = options.allocate ?? ((byteLength) => new Uint8Array(byteLength));
    this.#maxPixels = options.maxPixels ?? MAX_FRAME_PIXELS;
  }

  /**
   * Takes the next bytes.
   *
   * @returns the frames that became complete, oldest first
   * @throws FaceTriggerError `ERR_VIDEO_SOURCE` if the bytes are not PPM pictures or a picture is too large
   */
  push(chunk: Uint8Array): Image[] {
    const frames: Image[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#data === null || this.#size === null) {
        at = this.#readHeader(chunk, at);
        continue;
      }
      const count = Math.min(chunk.length - at, this.#data.length - this.#filled);
      this.#data.set(chunk.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#data.length) {
        frames.push({ data: this.#data, ...this.#size, channels: 3 });
        this.#data = null;
        this.#size = null;
      }
    }
    return frames;
  }

  #readHeader(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      this.#header.push(chunk[at]!);
      const size = parseHeader(this.#header);
      if (size !== null) {
        if (size.width * size.height > this.#maxPixels) {
          throw new FaceTriggerError(
            'ERR_VIDEO_SOURCE',
            `The video's frames of ${size.width} x ${size.height} exceed ${this.#maxPixels} pixels`,
          );
        }
        this.#header = [];
        this.#size = size;
        this.#data = this.#allocate(size.width * size.height * 3);
        this.#filled = 0;
        return at + 1;
      }
      if (this.#header.length >= MAX_HEADER_BYTES) {
        throw new FaceTriggerError('ERR_VIDEO_SOURCE', 'The frames are not binary PPM pictures');
      }
    }
    return chunk.length;
  }
}

function parseHeader(bytes: readonly number[]): { width: number; height: number } | null {
  const last = bytes[bytes.length - 1]!;
  // Only a white-space byte can end the header.
  if (last !== 0x0a && last !== 0x20 && last !== 0x0d && last !== 0x09) return null;
  const match = /^P6\s+([1-9]\d{0,4})\s+([1-9]\d{0,4})\s+255\s$/.exec(String.fromCharCode(...bytes));
  return match ? { width: Number(match[1]), height: Number(match[2]) } : null;
}
