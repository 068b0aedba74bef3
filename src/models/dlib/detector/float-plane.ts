import type { Image } from '../../../core/image/image.ts';
import type { TensorValue } from '../../../core/runtime/runtime.ts';
import type { LevelPlane, LevelPlaneOptions } from './level-plane.ts';

/** An RGB picture with a border around it, as three planes of (value - average) / 256; the border is the average. */
export class FloatPlane implements LevelPlane {
  readonly width: number;
  readonly height: number;
  readonly #border: number;
  readonly #averages: readonly [r: number, g: number, b: number];
  readonly #data: Float32Array;

  /** @param options.background - the averages */
  constructor({ width, height, border, background }: LevelPlaneOptions) {
    this.#border = border;
    this.#averages = background;
    this.width = width + 2 * border;
    this.height = height + 2 * border;
    this.#data = new Float32Array(3 * this.width * this.height);
  }

  fill({ data: from, width, height }: Image): void {
    const to = this.#data;
    const area = this.width * this.height;
    const [red, green, blue] = this.#averages;
    for (let y = 0, source = 0; y < height; y++) {
      let target = (y + this.#border) * this.width + this.#border;
      for (let x = 0; x < width; x++, source += 3, target++) {
        to[target] = (from[source]! - red) / 256;
        to[target + area] = (from[source + 1]! - green) / 256;
        to[target + 2 * area] = (from[source + 2]! - blue) / 256;
      }
    }
  }

  /** @returns float32 [1, 3, rows, columns], a copy */
  rows(first: number, last: number): TensorValue {
    const rows = last - first + 1;
    const size = rows * this.width;
    const area = this.width * this.height;
    const data = new Float32Array(3 * size);
    for (let channel = 0; channel < 3; channel++) {
      const start = channel * area + first * this.width;
      data.set(this.#data.subarray(start, start + size), channel * size);
    }
    return { type: 'float32', dims: [1, 3, rows, this.width], data };
  }
}
