import { FaceTriggerError, invalidArgument } from '../errors.ts';
import { assertImage, type Image } from './image.ts';

const SHRINK_METHODS = ['area', 'linear', 'triangle'] as const;
export type ShrinkMethod = (typeof SHRINK_METHODS)[number];

/** The size that {@link resizeImage} makes: both sides, or one factor for both. */
export type ResizeOptions = {
  /**
   * How a side shrinks: averaged over the area; interpolated linearly between two pixels as it is when it grows, which
   * is what most networks were shown in training; or averaged with weights that fall off linearly to twice as far, as
   * Pillow's and libvips's linear filters do. @defaultValue 'area'
   */
  readonly shrink?: ShrinkMethod | undefined;
} & (
  | {
      /** Pixels, integer >= 1. */
      readonly width: number;
      /** Pixels, integer >= 1. */
      readonly height: number;
    }
  | {
      /** Factor of both sides, above 0; sides are rounded to whole pixels, at least 1. */
      readonly scale: number;
    }
);

// The longest typed array that every supported version of Node can allocate.
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Scales an image: a side that shrinks is averaged over the area unless told otherwise, a side that grows is
 * interpolated linearly.
 *
 * @returns a new image; the very same object when the size does not change
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`
 * @remarks Pixel centers are at half coordinates, as in OpenCV's INTER_AREA and INTER_LINEAR; pixels at the edge
 * are repeated outwards. Results are rounded half up.
 */
export function resizeImage(image: Image, options: ResizeOptions): Image {
  assertImage(image);
  const { width, height } = targetSize(image, options);
  if (width === image.width && height === image.height) return image;
  const { shrink = 'area' } = options;
  if (!SHRINK_METHODS.includes(shrink))
    throw invalidArgument("'area', 'linear' or 'triangle'", 'options.shrink', shrink);
  // Two pixels in each direction: two of the ways of shrinking average them.
  const isHalf = width * 2 === image.width && height * 2 === image.height;
  if (isHalf && shrink !== 'triangle') return halve(image);
  const kernel = shrink === 'triangle' ? triangleKernel : axisKernel;
  const columns = kernel(image.width, width, shrink === 'area');
  const rows = kernel(image.height, height, shrink === 'area');
  return resample(image, { width, height, columns, rows });
}

function targetSize(image: Image, options: ResizeOptions): { width: number; height: number } {
  let width: number;
  let height: number;
  if ('scale' in options) {
    const { scale } = options;
    if (!(Number.isFinite(scale) && scale > 0)) throw invalidArgument('a number > 0', 'options.scale', scale);
    width = Math.max(1, Math.round(image.width * scale));
    height = Math.max(1, Math.round(image.height * scale));
  } else {
    ({ width, height } = options);
    if (!(Number.isInteger(width) && width > 0))
      throw invalidArgument('an integer >= 1', 'options.width', width);
    if (!(Number.isInteger(height) && height > 0))
      throw invalidArgument('an integer >= 1', 'options.height', height);
  }
  if (width * height * image.channels > MAX_BYTES) {
    throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `An image of ${width} x ${height} pixels is too large`);
  }
  return { width, height };
}

function halve(image: Image): Image {
  const { data: from, channels } = image;
  const width = image.width / 2;
  const height = image.height / 2;
  const stride = image.width * channels;
  const data = new Uint8Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let p = 2 * y * stride;
    let q = p + stride;
    if (channels === 1) {
      for (let x = 0; x < width; x++, p += 2, q += 2, to++)
        data[to] = (from[p]! + from[p + 1]! + from[q]! + from[q + 1]! + 2) >> 2;
      continue;
    }
    for (let x = 0; x < width; x++, p += 6, q += 6, to += 3) {
      data[to] = (from[p]! + from[p + 3]! + from[q]! + from[q + 3]! + 2) >> 2;
      data[to + 1] = (from[p + 1]! + from[p + 4]! + from[q + 1]! + from[q + 4]! + 2) >> 2;
      data[to + 2] = (from[p + 2]! + from[p + 5]! + from[q + 2]! + from[q + 5]! + 2) >> 2;
    }
  }
  return { data, width, height, channels };
}

/** For each output position: the first input position, how many there are, and where their weights begin. */
interface AxisKernel {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  readonly offsets: Int32Array;
  readonly weights: Float32Array;
}

function axisKernel(from: number, to: number, isArea: boolean): AxisKernel {
  const ratio = from / to;
  const isAveraged = isArea && ratio > 1;
  const perOutput = isAveraged ? Math.ceil(ratio) + 1 : 2;
  const first = new Int32Array(to);
  const counts = new Int32Array(to);
  const offsets = Int32Array.from({ length: to }, (_, i) => i * perOutput);
  const weights = new Float32Array(to * perOutput);
  for (let i = 0; i < to; i++) {
    const at = i * perOutput;
    if (isAveraged) {
      const start = i * ratio;
      const end = Math.min(from, start + ratio);
      const low = Math.floor(start);
      const high = Math.min(from, Math.ceil(end), low + perOutput);
      first[i] = low;
      counts[i] = high - low;
      for (let j = low; j < high; j++) {
        weights[at + j - low] = Math.max(0, Math.min(end, j + 1) - Math.max(start, j)) / (end - start);
      }
    } else {
      const center = Math.min(from - 1, Math.max(0, (i + 0.5) * ratio - 0.5));
      const low = Math.min(Math.floor(center), Math.max(0, from - 2));
      first[i] = low;
      counts[i] = Math.min(2, from);
      weights[at] = 1 - (center - low);
      weights[at + 1] = center - low;
    }
  }
  return { first, counts, offsets, weights };
}

/** Weights fall off linearly from the middle of an output pixel to the middles of its neighbors. */
function triangleKernel(from: number, to: number): AxisKernel {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const perOutput = 2 * Math.ceil(reach) + 1;
  const first = new Int32Array(to);
  const counts = new Int32Array(to);
  const offsets = Int32Array.from({ length: to }, (_, i) => i * perOutput);
  const weights = new Float32Array(to * perOutput);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * ratio - 0.5;
    const low = Math.max(0, Math.floor(center - reach) + 1);
    const high = Math.min(from, Math.ceil(center + reach));
    const weightOf = (j: number) => Math.max(0, 1 - Math.abs(j - center) / reach);
    let sum = 0;
    for (let j = low; j < high; j++) sum += weightOf(j);
    for (let j = low; j < high; j++) weights[offsets[i]! + j - low] = weightOf(j) / sum;
    first[i] = low;
    counts[i] = high - low;
  }
  return { first, counts, offsets, weights };
}

function resample(
  image: Image,
  target: { width: number; height: number; columns: AxisKernel; rows: AxisKernel },
): Image {
  const { channels } = image;
  const { width, height, columns, rows } = target;
  const rowLength = width * channels;
  const data = new Uint8Array(height * rowLength);
  const sums = new Float32Array(rowLength);
  // A kernel of neighboring output rows shares input rows only when growing (two rows) or at one border row when
  // shrinking: the last two rows that were scaled are kept.
  const kept = [new Float32Array(rowLength), new Float32Array(rowLength)];
  const keptIndex = [-1, -1];
  for (let y = 0; y < height; y++) {
    const first = rows.first[y]!;
    const count = rows.counts[y]!;
    const to = y * rowLength;
    for (let done = 0; done < count; done++) {
      const row = first + done;
      const slot = row & 1;
      const scaled = kept[slot]!;
      if (keptIndex[slot] !== row) {
        scaleRow(image, row, scaled, width, columns);
        keptIndex[slot] = row;
      }
      if (count <= 2) continue;
      const weight = rows.weights[rows.offsets[y]! + done]!;
      if (done === 0) sums.fill(0.5);
      for (let i = 0; i < rowLength; i++) sums[i] = sums[i]! + weight * scaled[i]!;
    }
    // Storing into bytes cuts the fraction off; the 0.5 makes that a rounding. Weights add up to 1, so that no sum
    // reaches 256.
    if (count > 2) {
      for (let i = 0; i < rowLength; i++) data[to + i] = sums[i]!;
      continue;
    }
    // One or two rows, as always when growing: mixed in a single pass.
    const upper = kept[first & 1]!;
    const lower = kept[(first + count - 1) & 1]!;
    const upperWeight = rows.weights[rows.offsets[y]!]!;
    const lowerWeight = count === 2 ? rows.weights[rows.offsets[y]! + 1]! : 0;
    for (let i = 0; i < rowLength; i++)
      data[to + i] = upperWeight * upper[i]! + lowerWeight * lower[i]! + 0.5;
  }
  return { data, width, height, channels };
}

function scaleRow(image: Image, y: number, output: Float32Array, width: number, columns: AxisKernel): void {
  const { data, channels } = image;
  const { first, counts, offsets, weights } = columns;
  const row = y * image.width * channels;
  if (channels === 1) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      const from = row + first[x]!;
      const at = offsets[x]!;
      for (let j = 0, n = counts[x]!; j < n; j++) sum += weights[at + j]! * data[from + j]!;
      output[x] = sum;
    }
    return;
  }
  for (let x = 0, to = 0; x < width; x++, to += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let from = row + first[x]! * 3;
    const at = offsets[x]!;
    for (let j = 0, n = counts[x]!; j < n; j++, from += 3) {
      const weight = weights[at + j]!;
      red += weight * data[from]!;
      green += weight * data[from + 1]!;
      blue += weight * data[from + 2]!;
    }
    output[to] = red;
    output[to + 1] = green;
    output[to + 2] = blue;
  }
}
