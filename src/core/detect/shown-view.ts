import type { Box } from '../geometry/box.ts';
import type { Size } from '../geometry/quarter-turn.ts';
import { cropImage } from '../image/crop-image.ts';
import type { Image } from '../image/image.ts';
import { resizeImage } from '../image/resize-image.ts';
import { forEachScaledRow } from '../image/scaled-rows.ts';

/** Longest array that is kept for the next picture: of one million pixels in three colors. */
const MAX_KEPT = 3_000_000;

/** Memory that networks' inputs are written into, used again by the next picture. */
export class InputBuffers {
  #free: Float32Array | null = null;

  /** An array of this length, of any content. */
  take(length: number): Float32Array {
    const free = this.#free;
    this.#free = null;
    return free?.length === length ? free : new Float32Array(length);
  }

  /** Gives an array back that nobody reads any more. */
  giveBack(array: Float32Array): void {
    if (array.length <= MAX_KEPT) this.#free = array;
  }
}

/**
 * A part of a picture at the size that a network is shown: an image that is scaled when its bytes are asked for. What
 * writes a network's input asks for its rows instead.
 */
export class ShownView implements Image {
  readonly width: number;
  readonly height: number;
  readonly channels: Image['channels'];
  readonly #source: Image;
  readonly #part: Box;
  readonly #buffers: InputBuffers;
  readonly #taken: Float32Array[] = [];
  #data: Image['data'] | null = null;

  /** @param part - whole pixels inside the picture */
  constructor(
    source: Image,
    part: Box,
    { shown, buffers }: { readonly shown: Size; readonly buffers: InputBuffers },
  ) {
    this.width = shown.width;
    this.height = shown.height;
    this.channels = source.channels;
    this.#source = source;
    this.#part = part;
    this.#buffers = buffers;
  }

  get data(): Image['data'] {
    if (this.#data === null) {
      const { width, height } = this.#source;
      const isWhole = this.#part.width === width && this.#part.height === height;
      const cut = isWhole ? this.#source : cropImage(this.#source, this.#part);
      const shown = { width: this.width, height: this.height };
      this.#data = resizeImage(cut, { ...shown, shrink: 'linear' }).data;
    }
    return this.#data;
  }

  /** The rows of {@link data}, which are only good until `take` returns. */
  forEachRow(take: (y: number, row: Uint8Array) => void): void {
    forEachScaledRow(this.#source, this.#part, { width: this.width, height: this.height }, take);
  }

  /** An array for a network's input, of any content, good until {@link release}. */
  buffer(length: number): Float32Array {
    const array = this.#buffers.take(length);
    this.#taken.push(array);
    return array;
  }

  /** The network has seen it. */
  release(): void {
    for (const array of this.#taken.splice(0)) this.#buffers.giveBack(array);
  }
}
