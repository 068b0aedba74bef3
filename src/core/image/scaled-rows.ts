import type { Box } from '../geometry/box.ts';
import type { Size } from '../geometry/quarter-turn.ts';
import type { Image } from './image.ts';

/** Where each output position lies between two input positions. */
interface Places {
  /** Index of the first value of the former pixel. */
  readonly at: Int32Array;
  readonly near: Float32Array;
  readonly far: Float32Array;
}

/**
 * Scales a part of an image as `resizeImage` does with `shrink: 'linear'`, row by row, so that whoever wants the pixels
 * in another form needs no copy of the part and none of the scaled image.
 *
 * @param part - whole pixels inside the image
 * @param take - gets each row's number and its bytes, which are only good until it returns
 */
export function forEachScaledRow(
  image: Image,
  part: Box,
  shown: Size,
  take: (y: number, row: Uint8Array) => void,
): void {
  const { data, channels } = image;
  // Whole numbers to the compiler too: sides of boxes are fractions elsewhere.
  const stride = (image.width * channels) | 0;
  const origin = (part.top * stride + part.left * channels) | 0;
  const length = shown.width * channels;
  if (shown.width === part.width && shown.height === part.height) {
    for (let y = 0; y < shown.height; y++)
      take(y, data.subarray(origin + y * stride, origin + y * stride + length));
    return;
  }
  const columns = placesOf(part.width, shown.width, channels);
  const rows = placesOf(part.height, shown.height, 1);
  // A step to the next pixel, where there is one.
  const right = part.width > 1 ? channels : 0;
  const below = part.height > 1 ? 1 : 0;
  const kept = [new Float32Array(length), new Float32Array(length)] as const;
  const keptIndex = [-1, -1];
  const scaled = (index: number): Float32Array => {
    const slot = (index & 1) as 0 | 1;
    const output = kept[slot];
    if (keptIndex[slot] === index) return output;
    keptIndex[slot] = index;
    scaleRow(data, origin + index * stride, { columns, right, channels, output });
    return output;
  };
  const row = new Uint8Array(length);
  for (let y = 0; y < shown.height; y++) {
    const first = rows.at[y]!;
    const [upper, lower] = [scaled(first), scaled(first + below)];
    const [near, far] = [rows.near[y]!, below ? rows.far[y]! : 0];
    // Storing into bytes cuts the fraction off; the 0.5 makes that a rounding.
    for (let i = 0; i < length; i++) row[i] = near * upper[i]! + far * lower[i]! + 0.5;
    take(y, row);
  }
}

/** Pixel centers are at half coordinates; pixels at the edge are repeated outwards. */
function placesOf(from: number, to: number, step: number): Places {
  const ratio = from / to;
  const places = { at: new Int32Array(to), near: new Float32Array(to), far: new Float32Array(to) };
  for (let i = 0; i < to; i++) {
    const center = Math.min(from - 1, Math.max(0, (i + 0.5) * ratio - 0.5));
    const low = Math.min(Math.floor(center), Math.max(0, from - 2));
    places.at[i] = low * step;
    places.near[i] = 1 - (center - low);
    places.far[i] = center - low;
  }
  return places;
}

function scaleRow(
  data: Image['data'],
  start: number,
  {
    columns: { at, near, far },
    right,
    channels,
    output,
  }: {
    readonly columns: Places;
    readonly right: number;
    readonly channels: number;
    readonly output: Float32Array;
  },
): void {
  const count = at.length;
  if (channels === 1) {
    for (let x = 0; x < count; x++) {
      const a = start + at[x]!;
      output[x] = near[x]! * data[a]! + far[x]! * data[a + right]!;
    }
    return;
  }
  for (let x = 0, to = 0; x < count; x++, to += 3) {
    const a = start + at[x]!;
    const b = a + right;
    const left = near[x]!;
    const other = far[x]!;
    output[to] = left * data[a]! + other * data[b]!;
    output[to + 1] = left * data[a + 1]! + other * data[b + 1]!;
    output[to + 2] = left * data[a + 2]! + other * data[b + 2]!;
  }
}
