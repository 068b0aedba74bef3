import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../src/core/random/random.ts';
import { BlockModel } from '../../../src/extras/metric-learning/block-model.ts';
import {
  Convolution,
  type ConvolutionWeights,
  type MapSize,
} from '../../../src/extras/metric-learning/convolution.ts';
import { EmbeddingHead } from '../../../src/extras/metric-learning/embedding-head.ts';
import { DEFAULT_FIT, fitModel } from '../../../src/extras/metric-learning/fit-model.ts';
import {
  addProduct,
  addProductWithTransposed,
  addTransposedProduct,
} from '../../../src/extras/metric-learning/matrix-product.ts';
import {
  ResidualBlock,
  type ResidualBlockWeights,
  volume,
} from '../../../src/extras/metric-learning/residual-block.ts';
import { tripletLoss } from '../../../src/extras/metric-learning/triplet-loss.ts';

const STEP = 1e-6;

/** Central difference of a function by one of the numbers. */
function slopeOf(value: () => number, numbers: Float64Array, i: number): number {
  const before = numbers[i]!;
  numbers[i] = before + STEP;
  const above = value();
  numbers[i] = before - STEP;
  const below = value();
  numbers[i] = before;
  return (above - below) / (2 * STEP);
}

function normals(count: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => random.normal());
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function expectSlopes(slopes: Float64Array, numbers: Float64Array, value: () => number): void {
  expect(slopes).toHaveLength(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const wanted = slopeOf(value, numbers, i);
    expect(Math.abs(slopes[i]! - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
  }
}

function convolution(
  size: { inputs: number; filters: number; stride: number; padding: number },
  random: Random,
): ConvolutionWeights {
  const { inputs, filters, stride, padding } = size;
  return {
    ...{ inputs, filters, kernel: [3, 3], stride: [stride, stride], padding: [padding, padding] },
    weights: Float32Array.from(normals(filters * inputs * 9, random)),
    biases: Float32Array.from(normals(filters, random)),
  };
}

/** dlib's down block: stride 2 without padding, and a 2 x 2 average pool beside it. */
function downBlock(inputs: number, filters: number, random: Random): ResidualBlockWeights {
  return {
    first: convolution({ inputs, filters, stride: 2, padding: 0 }, random),
    second: convolution({ inputs: filters, filters, stride: 1, padding: 1 }, random),
    pool: { size: 2, stride: 2 },
  };
}

function plainBlock(channels: number, random: Random): ResidualBlockWeights {
  const even = { inputs: channels, filters: channels, stride: 1, padding: 1 };
  return { first: convolution(even, random), second: convolution(even, random), pool: null };
}

describe('matrix products', () => {
  const random = createRandom(1);
  const rows = 5;
  const inner = 70;
  const columns = 7;
  const at = (m: Float64Array, width: number, i: number, j: number) => m[i * width + j]!;

  it('are what the definition says, with zeros among the factors', () => {
    const a = normals(rows * inner, random).map((value) => Math.max(0, value));
    const b = normals(inner * columns, random);
    const c = normals(rows * columns, random);
    const product = c.slice();
    addProduct(product, { a, b, inner });
    const transposed = new Float64Array(inner * columns);
    addTransposedProduct(transposed, { a, b: c, rows });
    const withTransposed = new Float64Array(rows * inner);
    addProductWithTransposed(withTransposed, { a: c, b, columns });
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = at(c, columns, i, j);
        for (let k = 0; k < inner; k++) sum += at(a, inner, i, k) * at(b, columns, k, j);
        expect(at(product, columns, i, j)).toBeCloseTo(sum, 10);
      }
      for (let k = 0; k < inner; k++) {
        let sum = 0;
        for (let j = 0; j < columns; j++) sum += at(c, columns, i, j) * at(b, columns, k, j);
        expect(at(withTransposed, inner, i, k)).toBeCloseTo(sum, 10);
      }
    }
    for (let k = 0; k < inner; k++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += at(a, inner, i, k) * at(c, columns, i, j);
        expect(at(transposed, columns, k, j)).toBeCloseTo(sum, 10);
      }
    }
  });
});

describe('Convolution', () => {
  it.each([
    { stride: 1, padding: 1, side: 4 },
    { stride: 2, padding: 0, side: 5 },
    { stride: 1, padding: 1, side: 1 },
  ])('passes gradients back as finite differences say ($stride, $padding, $side)', (shape) => {
    const random = createRandom(2);
    const input: MapSize = { channels: 2, rows: shape.side, columns: shape.side };
    const layer = new Convolution(convolution({ inputs: 2, filters: 3, ...shape }, random), input);
    for (let i = 0; i < layer.gains.length; i++) layer.gains[i] = random.normal();
    const maps = { size: input, data: normals(2 * volume(input), random) };
    const towards = normals(2 * volume(layer.output), random);
    const value = () => dot(layer.forward(maps).output.data, towards);
    const { gradient, input: inputSlope } = layer.backward(layer.forward(maps), towards, { inputToo: true });
    expectSlopes(gradient.weights, layer.weights, value);
    expectSlopes(gradient.gains, layer.gains, value);
    expectSlopes(gradient.biases, layer.biases, value);
    expectSlopes(inputSlope, maps.data, value);
  });

  it('learns only taps that see more than padding, and writes the others back as they were', () => {
    const filters = convolution({ inputs: 2, filters: 3, stride: 1, padding: 1 }, createRandom(3));
    const layer = new Convolution(filters, { channels: 2, rows: 1, columns: 1 });
    expect(layer.weights).toHaveLength(2 * 3);
    expect(layer.toWeights()).toEqual(filters);
    layer.gains[1] = 2;
    const { weights } = layer.toWeights();
    for (const [i, weight] of weights.entries()) {
      const isCenterOfSecond = i % 9 === 4 && Math.floor(i / 18) === 1;
      expect(weight).toBe(filters.weights[i]! * (isCenterOfSecond ? 2 : 1));
    }
  });
});

describe('ResidualBlock', () => {
  it.each([
    { name: 'plain', weights: plainBlock(3, createRandom(4)), side: 3, inputs: 3 },
    { name: 'down with a wider branch', weights: downBlock(2, 4, createRandom(5)), side: 5, inputs: 2 },
    { name: 'down with a smaller branch', weights: downBlock(3, 3, createRandom(6)), side: 4, inputs: 3 },
    { name: 'down with a wider skip', weights: downBlock(4, 2, createRandom(7)), side: 5, inputs: 4 },
  ])('passes gradients back as finite differences say: $name', ({ weights, side, inputs }) => {
    const random = createRandom(8);
    const input = { channels: inputs, rows: side, columns: side };
    const block = ResidualBlock.fromWeights(weights, input);
    const maps = { size: input, data: normals(2 * volume(input), random) };
    const towards = normals(2 * volume(block.output), random);
    const value = () => dot(block.forward(maps).output.data, towards);
    const { gradient, input: inputSlope } = block.backward(block.forward(maps), towards.slice(), {
      inputToo: true,
    });
    for (const [i, slopes] of gradient.entries()) expectSlopes(slopes, block.parameters[i]!, value);
    expectSlopes(inputSlope, maps.data, value);
  });

  it('pads the smaller of branch and skip with zeros below, to the right and in channels', () => {
    const zeros = (count: number) => new Float32Array(count);
    const silent = (block: ResidualBlockWeights): ResidualBlockWeights => ({
      first: { ...block.first, weights: zeros(block.first.weights.length) },
      second: { ...block.second, weights: zeros(block.second.weights.length), biases: zeros(2).fill(1) },
      pool: block.pool,
    });
    const input = { channels: 3, rows: 4, columns: 4 };
    const block = ResidualBlock.fromWeights(silent(downBlock(3, 2, createRandom(1))), input);
    const { output } = block.forward({ size: input, data: new Float64Array(volume(input)).fill(5) });
    expect(output.size).toEqual({ channels: 3, rows: 2, columns: 2 });
    // The branch is one pixel of two channels; the pooled skip has four pixels of three.
    expect([...output.data]).toEqual([6, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
  });
});

describe('BlockModel', () => {
  const random = createRandom(9);
  const input = { channels: 2, rows: 4, columns: 4 };
  const head = new EmbeddingHead(
    { inputs: 3, outputs: 4, hidden: 2 },
    normals(3 * 4 + 4 + 6 + 2 + 8, random),
  );
  const weights = [plainBlock(2, random), downBlock(2, 3, random)];
  const model = BlockModel.fromWeights(weights, { input, head });
  const inputs = Array.from({ length: 5 }, () => Float32Array.from(normals(volume(input), random)));
  const rows = [0, 1, 2, 3, 4];
  const triplets = [
    { anchor: 0, positive: 1, negative: 2 },
    { anchor: 3, positive: 4, negative: 0 },
    { anchor: 2, positive: 1, negative: 4 },
  ];

  it('has the gradient of the triplet loss through both blocks, the pooling and the head', () => {
    const value = () => tripletLoss(model.pass(inputs, rows).embeddings, triplets, { margin: 4 }).loss;
    const pass = model.pass(inputs, rows);
    const gradients = pass.backward(tripletLoss(pass.embeddings, triplets, { margin: 4 }).gradient);
    expect(gradients).toHaveLength(model.groups.length);
    for (const [g, { values }] of model.groups.entries()) expectSlopes(gradients[g]!, values, value);
  });

  it('embeds a face alike whoever is beside it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...rows), { minLength: 1 }), (some) => {
        const { data, columns } = model.pass(inputs, some).embeddings;
        for (const [i, row] of some.entries()) {
          const alone = model.pass(inputs, [row]).embeddings.data;
          expect([...data.subarray(i * columns, (i + 1) * columns)]).toEqual([...alone]);
        }
      }),
      { seed: 4, numRuns: 20 },
    );
  });

  it('refuses parts that do not fit', () => {
    const wrong = () => BlockModel.fromWeights([plainBlock(3, random)], { input, head });
    expect(wrong).toThrow('Expected 3 channels for a block of the network but received 2');
    expect(() => model.pass([new Float32Array(7)], [0])).toThrow(/Expected 32 activations/);
  });

  it('is trained without being changed itself, and comes out the same from the same seed', async () => {
    const photos = rows.map((row) => ({ person: row % 2, rows: [row] }));
    const fit = { ...DEFAULT_FIT, maxEpochs: 3, stopOn: null };
    const before = model.groups.map(({ values }) => values.slice());
    const train = async () =>
      (await fitModel(model, { inputs, photos }, { ...fit, random: createRandom(1) })).model;
    const [first, second] = [await train(), await train()];
    expect(model.groups.map(({ values }) => values)).toEqual(before);
    expect(first.groups).toEqual(second.groups);
    for (const [g, { values }] of first.groups.entries()) expect(values).not.toEqual(before[g]);
  });
});
