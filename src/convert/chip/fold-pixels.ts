import type { ChipValue, ConvLayer } from './chip-layer.ts';

const COLORS = 3;
/** Pixels side by side that are taken at once, and what is made of them. */
const PIXELS = 4;
const STEPS = 2;

/** A convolution that takes four pixels as one. */
export interface FoldedConv {
  /** Of 12 channels, those of the pixels; to those of the left step, then those of the right one. */
  readonly conv: ConvLayer;
  /** The picture of four pixels a column. */
  readonly input: Omit<ChipValue, 'name'>;
  /** What is made, a step a column again. */
  readonly output: Omit<ChipValue, 'name'>;
}

/**
 * A convolution that takes two pixels a step as one that takes four pixels side by side, and gives two steps: chips need
 * no other order for that, and onnxruntime computes the same numbers in half the time where a pixel has channels in
 * fours.
 *
 * @returns `null` for other convolutions
 */
export function foldPixels(conv: ConvLayer, entry: ChipValue): FoldedConv | null {
  const { rows: height, columns: width } = conv.output;
  const isEven = entry.columns % PIXELS === 0 && width * STEPS === entry.columns;
  if (!isEven || conv.group !== 1 || conv.strides.some((stride) => stride !== STEPS)) return null;
  const [rows, columns] = conv.kernel;
  const [top, left, bottom] = conv.pads as [number, number, number, number];
  const before = Math.ceil(left / PIXELS);
  const count = before + Math.floor((STEPS + columns - 1 - left) / PIXELS) + 1;
  const after = Math.max(0, count - before - 1);
  const filters = conv.biases.length;
  const weights = new Float32Array(STEPS * filters * PIXELS * COLORS * rows * count);
  for (let filter = 0; filter < STEPS * filters; filter++) {
    const step = Math.floor(filter / filters);
    for (let color = 0; color < COLORS; color++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const x = STEPS * step + column - left + PIXELS * before;
          const channel = (x % PIXELS) * COLORS + color;
          const at = (filter * PIXELS * COLORS + channel) * rows + row;
          weights[at * count + Math.floor(x / PIXELS)] =
            conv.weights[(((filter % filters) * COLORS + color) * rows + row) * columns + column]!;
        }
      }
    }
  }
  const kernel = [rows, count] as const;
  const placed = { kernel, strides: [STEPS, 1], pads: [top, before, bottom, after] };
  const output = { channels: filters, rows: height, columns: width };
  return {
    conv: { ...conv, ...placed, weights, biases: Float32Array.of(...conv.biases, ...conv.biases) },
    input: { channels: PIXELS * COLORS, rows: entry.rows, columns: entry.columns / PIXELS },
    output,
  };
}
