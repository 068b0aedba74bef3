import { isoBoxes } from './isobmff.ts';

/**
 * Reads the size of a JPEG XL picture as it is shown, without decoding it.
 *
 * @returns `null` where the header is not whole
 * @remarks ISO/IEC 18181-1, annex A (size and metadata) and 18181-2 (the container). Decoders turn the picture.
 */
export function readJxlHeader(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  const stream = codestreamOf(bytes);
  if (stream?.[0] !== 0xff || stream[1] !== 0x0a) return null;
  const bits = new BitReader(stream.subarray(2));
  const small = bits.take(1) === 1;
  const height = small ? (bits.take(5) + 1) * 8 : size(bits);
  const ratio = RATIOS[bits.take(3)];
  const width = ratio
    ? Math.floor((height * ratio[0]) / ratio[1])
    : small
      ? (bits.take(5) + 1) * 8
      : size(bits);
  // Metadata: all_default, else extra_fields, else the orientation in three bits.
  const orientation = bits.take(1) === 0 && bits.take(1) === 1 ? bits.take(3) + 1 : 1;
  if (bits.isOver) return null;
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

const RATIOS: readonly (readonly [number, number] | null)[] = [
  null,
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];
const SIZE_BITS = [9, 13, 18, 30] as const;

function size(bits: BitReader): number {
  return bits.take(SIZE_BITS[bits.take(2)]!) + 1;
}

/** The bare codestream, or the first part of the one in a container. */
function codestreamOf(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] === 0xff) return bytes;
  for (const { type, start, end } of isoBoxes(bytes, 0, bytes.length)) {
    if (type === 'jxlc') return bytes.subarray(start, end);
    // A number of the part comes first.
    if (type === 'jxlp') return bytes.subarray(start + 4, end);
  }
  return null;
}

/** Reads bits, the lowest of each byte first. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value += (((this.#bytes[this.#at >> 3] ?? 0) >> (this.#at & 7)) & 1) * 2 ** i;
    }
    return value;
  }
}
