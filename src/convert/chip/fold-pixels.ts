import type { ChipValue, ConvLayer } from './chip-layer.ts';

const COLORS = 3;

/**
 * A convolution that takes two pixels a step as one that takes blocks of 2 x 2 pixels, a block a step: onnxruntime
 * computes the same numbers in half the time where a pixel has channels in fours.
 *
 * @returns the convolution of 12 channels: those of the upper left pixel, the upper right, the lower left, the lower
 * right; `null` for other convolutions
 */
export function foldPixels(conv: ConvLayer, entry: ChipValue): ConvLayer | null {
  const isEven = entry.rows % 2 === 0 && entry.columns % 2 === 0;
  if (!isEven || conv.group !== 1 || conv.strides.some((stride) => stride !== 2)) return null;
  const [rows, columns] = conv.kernel;
  const [top, left, bottom, right] = conv.pads as [number, number, number, number];
  const vertical = blocksOf(rows, { before: top, after: bottom, side: entry.rows });
  const horizontal = blocksOf(columns, { before: left, after: right, side: entry.columns });
  const filters = conv.biases.length;
  const area = vertical.count * horizontal.count;
  const weights = new Float32Array(filters * 4 * COLORS * area);
  for (let filter = 0; filter < filters; filter++) {
    for (let color = 0; color < COLORS; color++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const y = row - top + 2 * vertical.before;
          const x = column - left + 2 * horizontal.before;
          const channel = (2 * (y % 2) + (x % 2)) * COLORS + color;
          const block = Math.floor(y / 2) * horizontal.count + Math.floor(x / 2);
          weights[(filter * 4 * COLORS + channel) * area + block] =
            conv.weights[((filter * COLORS + color) * rows + row) * columns + column]!;
        }
      }
    }
  }
  return {
    ...conv,
    weights,
    kernel: [vertical.count, horizontal.count],
    strides: [1, 1],
    pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
  };
}

/** Blocks that a window reaches over, and those beyond the picture on either side. */
function blocksOf(length: number, { before, after, side }: Record<'before' | 'after' | 'side', number>) {
  const outside = Math.ceil(before / 2);
  const count = outside + Math.floor((length - 1 - before) / 2) + 1;
  const steps = Math.floor((side + before + after - length) / 2) + 1;
  return { before: outside, count, after: Math.max(0, steps + count - 1 - outside - side / 2) };
}
