import { FaceTriggerError } from '../core/errors.ts';
import type { AffineLayer, ConvLayer, InputLayer } from './dlib/network.ts';

/** One convolution that does the work of a convolution and the affine layer after it. */
export function foldAffine(conv: ConvLayer, affine: AffineLayer): ConvLayer {
  if (affine.gamma.length !== conv.filters)
    throw unexpected(`${conv.filters} gammas`, `${affine.gamma.length}`);
  const size = conv.weights.length / conv.filters;
  const weights = conv.weights.map((weight, i) => weight * affine.gamma[Math.floor(i / size)]!);
  const biases = conv.biases.map((bias, i) => bias * affine.gamma[i]! + affine.beta[i]!);
  return { ...conv, weights, biases };
}

/**
 * One convolution on raw pixels that does the work of (value - average) / 256 before it.
 *
 * @remarks Exact only because the convolution has no padding: a padded zero would stand for a black pixel.
 */
export function foldInput(conv: ConvLayer, input: InputLayer): ConvLayer {
  if (conv.paddingX !== 0 || conv.paddingY !== 0)
    throw unexpected('a first layer without padding', 'a padded one');
  const plane = conv.rows * conv.columns;
  const biases = Float64Array.from(conv.biases);
  const weights = conv.weights.map((weight, i) => {
    const filter = Math.floor(i / (plane * conv.inputs));
    const channel = Math.floor(i / plane) % conv.inputs;
    biases[filter] = biases[filter]! - (weight * input.averages[channel]!) / 256;
    return weight / 256;
  });
  return { ...conv, weights, biases: Float32Array.from(biases) };
}

/**
 * The same convolution on an image whose blocks of 2 x 2 pixels have become the channels of one: a step of two
 * pixels is then a step of one block.
 *
 * @param conv - with stride 2 and without padding
 * @returns a convolution with 4 times the inputs, in the order (row in the block, column in the block, channel)
 * @remarks Fewer, longer pieces of memory lie under a window, which makes the first layer three times as fast in
 * bytes.
 */
export function foldBlocks(conv: ConvLayer): ConvLayer {
  const { filters, inputs } = conv;
  const isFit = conv.strideX === 2 && conv.strideY === 2 && conv.paddingX === 0 && conv.paddingY === 0;
  if (!isFit) throw unexpected('a first layer of stride 2 without padding', 'another');
  const rows = Math.ceil(conv.rows / 2);
  const columns = Math.ceil(conv.columns / 2);
  const weights = new Float32Array(filters * inputs * 4 * rows * columns);
  let from = 0;
  for (let filter = 0; filter < filters; filter++) {
    for (let input = 0; input < inputs; input++) {
      for (let y = 0; y < conv.rows; y++) {
        for (let x = 0; x < conv.columns; x++, from++) {
          const channel = ((y % 2) * 2 + (x % 2)) * inputs + input;
          const row = (filter * inputs * 4 + channel) * rows + (y >> 1);
          weights[row * columns + (x >> 1)] = conv.weights[from]!;
        }
      }
    }
  }
  return { ...conv, inputs: inputs * 4, rows, columns, strideX: 1, strideY: 1, weights };
}

/**
 * The same convolution with filters of zeros after its own, and with inputs that are not looked at.
 *
 * @param to.filters - at least its own, as is `to.inputs`
 */
export function fillChannels(
  conv: ConvLayer,
  to: { readonly filters: number; readonly inputs: number },
): ConvLayer {
  const size = conv.weights.length / conv.filters;
  const row = to.inputs * conv.rows * conv.columns;
  const weights = new Float32Array(to.filters * row);
  for (let filter = 0; filter < conv.filters; filter++)
    weights.set(conv.weights.subarray(filter * size, (filter + 1) * size), filter * row);
  const biases = new Float32Array(to.filters);
  biases.set(conv.biases);
  return { ...conv, ...to, weights, biases };
}

export function convAttributes(conv: ConvLayer) {
  return {
    kernel_shape: [conv.rows, conv.columns],
    strides: [conv.strideY, conv.strideX],
    pads: [conv.paddingY, conv.paddingX, conv.paddingY, conv.paddingX],
  };
}

export function unexpected(expected: string, found: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `The dlib network has an unknown shape: expected ${expected}, found ${found}`,
  );
}
