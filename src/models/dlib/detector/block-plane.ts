import type { Size } from '../../../core/geometry/quarter-turn.ts';
import type { Image } from '../../../core/image/image.ts';
import type { TensorValue } from '../../../core/runtime/runtime.ts';
import type { LevelPlane, LevelPlaneOptions } from './level-plane.ts';

/** Numbers of a block of 2 x 2 RGB pixels. */
const BLOCK_NUMBERS = 12;
/** Numbers of two pixels side by side. */
const PAIR_NUMBERS = 6;

/**
 * An RGB picture with a border around it, as blocks of 2 x 2 pixels one after the other: the upper two pixels, then
 * the lower two.
 */
export class BlockPlane implements LevelPlane {
  /** Of the picture with its border, in pixels; even. */
  readonly width: number;
  readonly height: number;
  readonly #border: number;
  readonly #data: Uint8Array;

  constructor(options: LevelPlaneOptions) {
    const { border, background } = options;
    this.#border = border;
    this.width = evenAtLeast(options.width + 2 * border);
    this.height = evenAtLeast(options.height + 2 * border);
    this.#data = new Uint8Array(this.width * this.height * 3);
    for (let channel = 0; channel < 3; channel++) {
      const value = Math.round(background[channel]!);
      for (let i = channel; i < this.#data.length; i += 3) this.#data[i] = value;
    }
  }

  fill(picture: Image): void {
    const { data } = picture;
    // Whole numbers to the compiler too: see shrinkBilinear.
    const [width, height] = [picture.width | 0, picture.height | 0];
    // Two bytes at once, where pairs of pixels begin at even ones.
    if (width % 2 === 0 && data.byteOffset % 2 === 0) this.#fillEven(data, { width, height });
    else this.#fillOdd(data, { width, height });
  }

  #fillEven(data: Uint8Array, { width, height }: Size): void {
    const from = new Uint16Array(data.buffer, data.byteOffset, data.length >> 1);
    const to = new Uint16Array(this.#data.buffer, this.#data.byteOffset, this.#data.length >> 1);
    const pairs = width >> 1;
    let source = 0;
    for (let y = 0; y < height; y++) {
      let target = this.#startOf(y) >> 1;
      for (let pair = 0; pair < pairs; pair++, source += PAIR_NUMBERS >> 1, target += BLOCK_NUMBERS >> 1) {
        to[target] = from[source]!;
        to[target + 1] = from[source + 1]!;
        to[target + 2] = from[source + 2]!;
      }
    }
  }

  #fillOdd(from: Uint8Array, { width, height }: Size): void {
    const to = this.#data;
    const pairs = width >> 1;
    let source = 0;
    for (let y = 0; y < height; y++) {
      let target = this.#startOf(y);
      for (let pair = 0; pair < pairs; pair++, source += PAIR_NUMBERS, target += BLOCK_NUMBERS) {
        to[target] = from[source]!;
        to[target + 1] = from[source + 1]!;
        to[target + 2] = from[source + 2]!;
        to[target + 3] = from[source + 3]!;
        to[target + 4] = from[source + 4]!;
        to[target + 5] = from[source + 5]!;
      }
      for (let last = pairs * 2; last < width; last++, source += 3, target += 3) {
        to[target] = from[source]!;
        to[target + 1] = from[source + 1]!;
        to[target + 2] = from[source + 2]!;
      }
    }
  }

  /** Where a row of the picture begins among the blocks. */
  #startOf(y: number): number {
    const row = y + this.#border;
    const rowNumbers = (this.width / 2) * BLOCK_NUMBERS;
    return (row >> 1) * rowNumbers + (row & 1) * PAIR_NUMBERS + (this.#border >> 1) * BLOCK_NUMBERS;
  }

  /**
   * The rows of pixels `first` (even) .. `last` (odd).
   *
   * @returns uint8 [1, rows of blocks, columns of blocks, 12], a view
   */
  rows(first: number, last: number): TensorValue {
    const count = (last + 1 - first) / 2;
    const rowNumbers = (this.width / 2) * BLOCK_NUMBERS;
    const start = (first / 2) * rowNumbers;
    const dims = [1, count, this.width / 2, BLOCK_NUMBERS];
    return { type: 'uint8', dims, data: this.#data.subarray(start, start + count * rowNumbers) };
  }
}

function evenAtLeast(size: number): number {
  return size + (size % 2);
}
