import type { GraphNode } from '../../onnx/read-nodes.ts';
import type { ChipLayers, ConvLayer } from './chip-layer.ts';

/** What the bytes of a chip become before they go into a network of floats: `(byte - mean) / deviation`. */
export interface PixelNormalization {
  /** One for all colors, or one for each. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** The bytes of chips as what goes into the first layer. */
export interface RawPixels {
  readonly zeroPoint: number;
  /** Of each color. */
  readonly steps: Float64Array;
  /** The network, whose first layer also adds what the zero point leaves over. */
  readonly chip: ChipLayers;
}

/** Beyond the picture the bytes stand for so much of a gray level, where the floats are 0. */
const MOST_LEFT_OVER = 0.5;

/**
 * Lets the first layer take the bytes of chips.
 *
 * @param options.before - the nodes between the input and the first layer
 * @returns `null` where they do more than turn the colors, or a color's mean is not near one byte for all
 */
export function rawPixels(
  chip: ChipLayers,
  {
    before,
    input,
    normalization,
  }: {
    readonly before: readonly GraphNode[];
    readonly input: string;
    readonly normalization: PixelNormalization | null;
  },
): RawPixels | null {
  const { entry, layers } = chip;
  const first = onlyReader(chip);
  const [only] = before;
  const isInput =
    only === undefined
      ? entry.name === input
      : isTurn(only) && only.inputs[0] === input && before.length === 1;
  if (!isInput || first?.group !== 1) return null;
  const each = (numbers: readonly number[]) =>
    Float64Array.from({ length: 3 }, (_, c) => numbers[c] ?? numbers[0]!);
  const means = each(normalization?.mean ?? [0]);
  const steps = each(normalization?.deviation ?? [1]).map((deviation) => 1 / deviation);
  const zeroPoint = Math.round(means[0]!);
  if (!(zeroPoint >= 0 && zeroPoint <= 255) || !steps.every(Number.isFinite)) return null;
  if (means.some((mean) => Math.abs(zeroPoint - mean) > MOST_LEFT_OVER)) return null;
  const over = means.map((mean, c) => (zeroPoint - mean) * steps[c]!);
  const area = first.kernel[0] * first.kernel[1];
  const size = entry.channels * area;
  const biases = first.biases.map((bias, filter) => {
    const weights = first.weights.subarray(filter * size, (filter + 1) * size);
    return weights.reduce((sum, weight, i) => sum + weight * over[Math.floor(i / area)]!, bias);
  });
  const shifted = { ...first, biases };
  return {
    zeroPoint,
    steps,
    chip: { entry, layers: layers.map((layer) => (layer === first ? shifted : layer)) },
  };
}

/** The convolution that alone reads the pixels. */
export function onlyReader({ entry, layers }: ChipLayers): ConvLayer | null {
  const readers = layers.filter((layer) =>
    layer.kind === 'add' ? layer.inputs.includes(entry.name) : layer.input === entry.name,
  );
  const [first] = readers;
  return readers.length === 1 && first?.kind === 'conv' ? first : null;
}

/** Whether a node only puts the channels first. */
export function isTurn({ opType, attributes }: GraphNode): boolean {
  return opType === 'Transpose' && attributes.get('perm')?.integers.join() === '0,3,1,2';
}
