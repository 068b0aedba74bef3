import { toGray } from './convert-color.ts';
import { assertImage, type Image } from './image.ts';

/**
 * Spreads the brightness of an image over the whole range, so that a dim or washed-out picture gains contrast.
 *
 * @returns a new image of the same size and channels
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 * @remarks Gray: equal to OpenCV's equalizeHist. RGB: the luma (BT.601) is equalised and each channel of a pixel
 * moves by as much as its luma does, which keeps the color difference signals Cb and Cr; what leaves 0 .. 255 is
 * clipped. An image of one single brightness stays as it is.
 */
export function equalizeHistogram(image: Image): Image {
  assertImage(image);
  const luma = toGray(image).data;
  const table = equalizingTable(luma);
  const { width, height, channels } = image;
  if (channels === 1) {
    const data = new Uint8Array(luma.length);
    for (let i = 0; i < data.length; i++) data[i] = table[luma[i]!]!;
    return { data, width, height, channels };
  }
  // A clamped array clips the sums.
  const data = new Uint8ClampedArray(image.data.length);
  for (let i = 0, p = 0; i < luma.length; i++, p += 3) {
    const value = luma[i]!;
    const shift = table[value]! - value;
    data[p] = image.data[p]! + shift;
    data[p + 1] = image.data[p + 1]! + shift;
    data[p + 2] = image.data[p + 2]! + shift;
  }
  return { data: new Uint8Array(data.buffer), width, height, channels };
}

// Source: OpenCV, equalizeHist in histogram.cpp: the darkest value that occurs becomes 0 and its pixels do not count;
// the product is a float32, rounded half to even.
function equalizingTable(values: Uint8Array): Uint8Array {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) histogram[values[i]!]!++;
  const darkest = histogram.findIndex((count) => count > 0);
  const counted = values.length - histogram[darkest]!;
  const table = new Uint8Array(256);
  if (counted === 0) return table.fill(darkest);
  const scale = Math.fround(255 / counted);
  let sum = 0;
  for (let value = darkest + 1; value < 256; value++) {
    sum += histogram[value]!;
    table[value] = roundHalfEven(Math.fround(Math.fround(sum) * scale));
  }
  return table;
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
