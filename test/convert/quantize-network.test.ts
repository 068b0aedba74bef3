import { afterAll, describe, expect, it } from 'vitest';
import { slopeSteps } from '../../src/convert/chip/channel-steps.ts';
import { chipCalibration, RangeGatherer } from '../../src/convert/chip/chip-calibration.ts';
import type { ChipRanges } from '../../src/convert/chip/chip-ranges.ts';
import type { PixelNormalization } from '../../src/convert/chip/raw-pixels.ts';
import { quantizeChipNetwork } from '../../src/convert/quantize-network.ts';
import type { TensorValue } from '../../src/core/runtime/runtime.ts';
import { OnnxSession } from '../../src/node/runtime/session.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { readFields } from '../../src/onnx/proto-reader.ts';
import { readNodes } from '../../src/onnx/read-nodes.ts';

const SIZE = 16;
const sessions: OnnxSession[] = [];
afterAll(async () => {
  for (const session of sessions) await session.dispose();
});

/** The same numbers in every run, from -1 to 1. */
function numbers(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * 12.9898 + seed * 78.233));
}

class TinyNetwork {
  readonly graph = new GraphBuilder('tiny');
  #constants = 0;

  constant(dims: readonly number[], data: Float32Array = numbers(volume(dims), this.#constants)): string {
    this.#constants += 1;
    return this.graph.initializer(`weights_${this.#constants}`, { type: 'float32', dims, data });
  }

  conv(input: string, dims: readonly [number, number, number, number], attributes = {}): string {
    const operands = [input, this.constant(dims), this.constant([dims[0]])];
    return this.graph.node('Conv', operands, { kernel_shape: dims.slice(2), ...attributes });
  }

  /** The last convolution over the whole picture, and an embedding of length 1. */
  finish(input: string, channels: number, side: number, opset = 20): Uint8Array {
    const sums = this.conv(input, [channels, 1, side, side], { group: channels });
    const flat = this.graph.node('Flatten', [sums], { axis: 1 });
    this.graph.node('LpNormalization', [flat], { axis: 1, p: 2 }, { outputs: ['embedding'] });
    this.graph.output('embedding', 'float32', ['n', channels]);
    return this.graph.toModel({ opset });
  }
}

function volume(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

async function run(network: Uint8Array, data: Float32Array | Uint8Array, dims: readonly number[]) {
  const session = await OnnxSession.create(network, { threads: 1 });
  sessions.push(session);
  const [input] = session.inputNames;
  const type = data instanceof Uint8Array ? 'uint8' : 'float32';
  return session.run({ [input!]: { type, dims, data } });
}

async function rangesOf(
  network: Uint8Array,
  data: Float32Array,
  dims: readonly number[],
): Promise<ChipRanges> {
  const calibration = chipCalibration(network);
  const gatherer = new RangeGatherer(calibration);
  gatherer.add((await run(calibration.network, data, dims)) as never);
  return gatherer.ranges();
}

const CHIPS = [4, 3, SIZE, SIZE];
const pixels = numbers(volume(CHIPS), 9);

async function cosines(network: Uint8Array, quantized: Uint8Array, dims = CHIPS): Promise<number[]> {
  const [a, b] = [network, quantized].map((bytes) => run(bytes, pixels, dims));
  return cosinesOf((await a!).embedding!, (await b!).embedding!);
}

function cosinesOf(floats: TensorValue, bytes: TensorValue): number[] {
  const [count, width] = floats.dims as [number, number];
  return Array.from({ length: count }, (_, row) => {
    let dot = 0;
    for (let i = row * width; i < (row + 1) * width; i++)
      dot += Number(floats.data[i]) * Number(bytes.data[i]);
    return dot;
  });
}

/** Pixels as bytes, [n, rows, columns, 3], and as a network of floats takes them, channels first or last. */
function chips(normalization: PixelNormalization | null, isPlanar: boolean) {
  const raw = Uint8Array.from(pixels, (value) => Math.round(127.5 + 127.5 * value));
  const at = (numbers: readonly number[], color: number) => numbers[color] ?? numbers[0]!;
  const floats = Float32Array.from(raw, (value, i) =>
    normalization === null
      ? value
      : (value - at(normalization.mean, i % 3)) / at(normalization.deviation, i % 3),
  );
  if (!isPlanar) return { raw, floats };
  const area = SIZE * SIZE;
  const planes = floats.map((_, i) => {
    const [n, color, place] = [Math.floor(i / area / 3), Math.floor(i / area) % 3, i % area];
    return floats[(n * area + place) * 3 + color]!;
  });
  return { raw, floats: planes };
}

function operators(bytes: Uint8Array): string[] {
  return readNodes(bytes).nodes.map(({ opType }) => opType);
}

/** A constant of signed bytes. */
function bytesOf(model: Uint8Array, name: string): { dims: readonly number[]; data: Int8Array } {
  const { dims } = readNodes(model).constants.get(name)!;
  for (const { field, bytes: graph } of readFields(model)) {
    if (field !== 7 || graph === null) continue;
    for (const tensor of readFields(graph)) {
      if (tensor.field !== 5 || tensor.bytes === null) continue;
      const fields = [...readFields(tensor.bytes)];
      if (Buffer.from(fields.find((part) => part.field === 8)!.bytes!).toString() !== name) continue;
      return { dims, data: Int8Array.from(fields.find((part) => part.field === 9)!.bytes!) };
    }
  }
  throw new Error(`no constant ${name}`);
}

describe('quantizeChipNetwork', () => {
  it('computes slopes of every kind in bytes, as far from the exact number as rounding takes it', async () => {
    const slopes = Float32Array.of(0, 0.25, 1, 2.5, -0.5, -1, -3, 40);
    const channels = slopes.length;
    const tiny = new TinyNetwork();
    tiny.graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    // Whole steps of weights and pixels: only what leaves the layer is rounded. Neighbors have different signs.
    const whole = Float32Array.from({ length: 3 * channels }, (_, i) =>
      i % 3 === 0 ? 127 : i % 3 === 1 ? -((i * 37) % 128) : ((i * 37) % 255) - 127,
    );
    const weights = tiny.constant([channels, 3, 1, 1], whole);
    const sums = tiny.graph.node('Conv', ['chips', weights], { kernel_shape: [1, 1], strides: [4, 4] });
    const made = tiny.graph.node('PRelu', [sums, tiny.constant([channels, 1, 1], slopes)]);
    const flat = tiny.graph.node('Flatten', [made], { axis: 1 });
    tiny.graph.node('Identity', [flat], {}, { outputs: ['embedding'] });
    tiny.graph.output('embedding', 'float32', ['n', channels * 16]);
    const network = tiny.graph.toModel();
    const data = Float32Array.from(pixels, (value) => Math.round(value * 127) / 128);
    const input = { least: [-1, -1, -1], largest: [127 / 128, 127 / 128, 127 / 128] };
    const [, range] = await rangesOf(network, data, CHIPS);
    const exact = (await run(network, data, CHIPS)).embedding!;
    const bytes = (await run(quantizeChipNetwork(network, [input, range!]), data, CHIPS)).embedding!;
    const { steps, factors } = slopeSteps(range!, slopes);
    let farthest = 0;
    for (let i = 0; i < exact.data.length; i++) {
      const channel = Math.floor((i % (channels * 16)) / 16);
      const step = Math.abs(steps[channel]!);
      // Half a step of the byte, times the factor, and half a step of the product. Ranges have three digits.
      const rounding = (step * (1 + Math.max(1, Math.abs(factors[channel]!)))) / 2;
      const error = Math.abs(Number(exact.data[i]) - Number(bytes.data[i]));
      farthest = Math.max(farthest, error / (rounding * 1.001 + step * 0.7));
    }
    expect(farthest).toBeLessThanOrEqual(1);
    expect(farthest).toBeGreaterThan(0.2);
  });

  it.each(['PRelu', 'Max', 'Relu', 'LeakyRelu', 'sum'])(
    'keeps the embedding where slopes are %s',
    async (form) => {
      const tiny = new TinyNetwork();
      const { graph } = tiny;
      const slope = (input: string, channels: number) => {
        const values = numbers(channels, 5).map((value) => (form === 'Max' ? value : value * 2));
        const shape = [channels, 1, 1];
        if (form === 'PRelu') return graph.node('PRelu', [input, tiny.constant(shape, values)]);
        if (form === 'LeakyRelu') return graph.node('LeakyRelu', [input], { alpha: { float: 0.2 } });
        if (form === 'Relu') return graph.node('Relu', [input]);
        const product = graph.node('Mul', [input, tiny.constant(shape, values)]);
        if (form === 'Max') return graph.node('Max', [product, input]);
        const rests = tiny.constant(
          shape,
          values.map((value) => 1 - value),
        );
        return graph.node('Add', [graph.node('Mul', [graph.node('Relu', [input]), rests]), product]);
      };
      graph.input('chips', 'float32', ['n', SIZE, SIZE, 3]);
      const planes = graph.node('Transpose', ['chips'], { perm: [0, 3, 1, 2] });
      const first = slope(tiny.conv(planes, [8, 3, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' }), 8);
      const block = (input: string) => {
        const wide = slope(tiny.conv(input, [16, 8, 1, 1]), 16);
        const deep = slope(tiny.conv(wide, [16, 1, 3, 3], { group: 16, pads: [1, 1, 1, 1] }), 16);
        return tiny.conv(deep, [8, 16, 1, 1]);
      };
      const narrow = block(first);
      const network = tiny.finish(graph.node('Add', [narrow, block(narrow)]), 8, 8);
      const dims = [4, SIZE, SIZE, 3];
      const quantized = quantizeChipNetwork(network, await rangesOf(network, pixels, dims));
      for (const cosine of await cosines(network, quantized, dims)) expect(cosine).toBeGreaterThan(0.995);
      const used = operators(quantized);
      expect(used.filter((name) => name === 'QLinearAdd')).toHaveLength(1);
      expect(used.filter((name) => name === 'Conv')).toHaveLength(1);
      expect(used.filter((name) => name === 'Max')).toHaveLength(form === 'Relu' ? 0 : 5);
      // Slopes are one more convolution, of single pixels.
      expect(used.filter((name) => name === 'QLinearConv')).toHaveLength(form === 'Relu' ? 7 : 12);
    },
  );

  it('folds normalizations, or computes them in bytes where zeros are padded between', async () => {
    const tiny = new TinyNetwork();
    const { graph } = tiny;
    graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    const normalize = (input: string, channels: number) => {
      const variance = numbers(channels, 3).map((value) => value ** 2 + 0.5);
      const lists = [1, 2, 3].map(() => tiny.constant([channels]));
      return graph.node('BatchNormalization', [input, ...lists, tiny.constant([channels], variance)]);
    };
    const first = normalize(tiny.conv('chips', [8, 3, 3, 3], { pads: [1, 1, 1, 1] }), 8);
    const relu = graph.node('Relu', [first]);
    const second = tiny.conv(normalize(relu, 8), [8, 8, 3, 3], { pads: [1, 1, 1, 1], strides: [2, 2] });
    const short = tiny.conv(relu, [8, 8, 1, 1], { strides: [2, 2] });
    const sum = graph.node('Relu', [graph.node('Add', [second, short])]);
    const network = tiny.finish(sum, 8, 8);
    const quantized = quantizeChipNetwork(network, await rangesOf(network, pixels, CHIPS));
    for (const cosine of await cosines(network, quantized)) expect(cosine).toBeGreaterThan(0.995);
    expect(operators(quantized)).not.toContain('BatchNormalization');
    expect(operators(quantized)).not.toContain('Relu');
  });

  it('gives the same bytes for the same ranges, and refuses those of another network', async () => {
    const tiny = new TinyNetwork();
    tiny.graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    const network = tiny.finish(tiny.conv('chips', [8, 3, 2, 2], { strides: [2, 2] }), 8, 8);
    const ranges = await rangesOf(network, pixels, CHIPS);
    const make = (given: ChipRanges) => quantizeChipNetwork(network, given);
    expect(Buffer.from(make(ranges)).equals(make(ranges))).toBe(true);
    const error = expect.objectContaining({ code: 'ERR_MODEL_FORMAT' });
    expect(() => make(ranges.slice(1))).toThrow(error);
    expect(() => make([...ranges.slice(1), ranges[0]!])).toThrow(error);
    expect(() => make([ranges[0]!, { least: Array(8).fill(Number.NaN), largest: Array(8).fill(1) }])).toThrow(
      error,
    );
  });

  it('takes weights that processors without VNNI can add in 16 bits, and eight bits of them where that is all', async () => {
    const tiny = new TinyNetwork();
    tiny.graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    const first = tiny.conv('chips', [8, 3, 2, 2], { strides: [2, 2] });
    const network = tiny.finish(tiny.conv(first, [6, 8, 1, 1], { strides: [2, 2] }), 6, 4);
    const quantized = quantizeChipNetwork(network, await rangesOf(network, pixels, CHIPS));
    let largest = 0;
    for (const { opType, inputs } of readNodes(quantized).nodes) {
      if (opType !== 'QLinearConv') continue;
      const { dims, data } = bytesOf(quantized, inputs[3]!);
      const [filters, channels, rows, columns] = dims as [number, number, number, number];
      const area = rows * columns;
      for (let filter = 0; filter < filters; filter++) {
        for (let place = 0; place < area; place++) {
          for (let channel = 0; channel + 1 < channels; channel += 2) {
            const at = (c: number) => data[(filter * channels + c) * area + place]!;
            const pair = [at(channel), at(channel + 1)];
            for (const sign of [1, -1]) {
              const sum = pair.reduce((all, weight) => all + Math.max(0, sign * weight), 0);
              expect(255 * sum).toBeLessThan(2 ** 15);
              largest = Math.max(largest, ...pair.map(Math.abs));
            }
          }
        }
      }
    }
    expect(largest).toBeGreaterThan(100);
  });

  const GRAY = { mean: [127.5], deviation: [128] };

  it.each([
    ['one for all colors', GRAY, true],
    ['one for each color', { mean: [127.5, 127.6, 128.4], deviation: [128, 60, 255] }, false],
    ['none', null, true],
  ])(
    'takes the bytes of chips where it can normalize them in the first layer: %s',
    async (_, given, isPlanar) => {
      const tiny = new TinyNetwork();
      const { graph } = tiny;
      graph.input('chips', 'float32', isPlanar ? ['n', 3, SIZE, SIZE] : ['n', SIZE, SIZE, 3]);
      const planes = isPlanar ? 'chips' : graph.node('Transpose', ['chips'], { perm: [0, 3, 1, 2] });
      const first = graph.node('Relu', [
        tiny.conv(planes, [8, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
      ]);
      const network = tiny.finish(tiny.conv(first, [8, 8, 1, 1]), 8, 8);
      const { raw, floats } = chips(given, isPlanar);
      const dims = isPlanar ? CHIPS : [4, SIZE, SIZE, 3];
      const ranges = await rangesOf(network, floats, dims);
      const quantized = quantizeChipNetwork(network, ranges, { normalization: given });
      const exact = (await run(network, floats, dims)).embedding!;
      const bytes = (await run(quantized, raw, [4, SIZE, SIZE, 3])).embedding!;
      for (const cosine of cosinesOf(exact, bytes)) expect(cosine).toBeGreaterThan(0.998);
      expect(operators(quantized)).not.toContain('QuantizeLinear');
    },
  );

  it.each([
    ['whose colors have means that no one byte stands for', { mean: [124, 116, 104], deviation: [58] }, []],
    ['which other nodes change first', GRAY, ['Neg']],
    ['which two layers read', GRAY, ['Add']],
  ])('keeps taking floats of chips %s', async (_, normalization, forms) => {
    const tiny = new TinyNetwork();
    const { graph } = tiny;
    graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    const entry = forms[0] === 'Neg' ? graph.node('Neg', ['chips']) : 'chips';
    const conv = () => tiny.conv(entry, [8, 3, 2, 2], { strides: [2, 2] });
    const last = forms[0] === 'Add' ? graph.node('Add', [conv(), conv()]) : conv();
    const network = tiny.finish(last, 8, 8);
    const { floats } = chips(normalization, true);
    const ranges = await rangesOf(network, floats, CHIPS);
    const quantized = quantizeChipNetwork(network, ranges, { normalization });
    const [exact, bytes] = [await run(network, floats, CHIPS), await run(quantized, floats, CHIPS)];
    for (const cosine of cosinesOf(exact.embedding!, bytes.embedding!)) expect(cosine).toBeGreaterThan(0.995);
  });

  it.each([
    [
      [1, 1],
      [0, 0, 0, 0],
    ],
    [
      [3, 3],
      [0, 0, 1, 1],
    ],
    [
      [3, 3],
      [1, 1, 0, 0],
    ],
    [
      [5, 5],
      [2, 2, 2, 2],
    ],
    [
      [7, 6],
      [3, 2, 3, 2],
    ],
    [
      [9, 9],
      [4, 5, 4, 3],
    ],
  ])('takes four pixels at once by a window of %j padded by %j', async (kernel, pads) => {
    const tiny = new TinyNetwork();
    tiny.graph.input('chips', 'float32', ['n', SIZE, SIZE, 3]);
    const planes = tiny.graph.node('Transpose', ['chips'], { perm: [0, 3, 1, 2] });
    const [rows, columns] = kernel as [number, number];
    const first = tiny.conv(planes, [6, 3, rows, columns], { strides: [2, 2], pads });
    const network = tiny.finish(first, 6, 8);
    const dims = [4, SIZE, SIZE, 3];
    const ranges = await rangesOf(network, pixels, dims);
    const quantized = quantizeChipNetwork(network, ranges);
    for (const cosine of await cosines(network, quantized, dims)) expect(cosine).toBeGreaterThan(0.995);
    const conv = readNodes(quantized).nodes.find(({ opType }) => opType === 'QLinearConv');
    expect(readNodes(quantized).constants.get(conv!.inputs[3]!)?.dims.slice(0, 2)).toEqual([12, 12]);
  });

  it('writes the convolutions of the one pixel that is left as one product of matrices', async () => {
    const make = (isApart: boolean) => {
      const tiny = new TinyNetwork();
      const { graph } = tiny;
      graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
      const slopes = tiny.constant([8, 1, 1], Float32Array.of(2, -2, 0.5, 3, 0, 1, 0.1, 5));
      const first = graph.node('PRelu', [tiny.conv('chips', [8, 3, 2, 2], { strides: [2, 2] }), slopes]);
      const whole = tiny.conv(first, [8, 1, 8, 8], { group: 8 });
      // With something between them they are left as they are.
      const pixel = isApart ? graph.node('Identity', [whole]) : whole;
      const last = tiny.conv(tiny.conv(pixel, [12, 8, 1, 1]), [6, 12, 1, 1]);
      const flat = graph.node('Flatten', [last], { axis: 1 });
      graph.node('LpNormalization', [flat], { axis: 1, p: 2 }, { outputs: ['embedding'] });
      graph.output('embedding', 'float32', ['n', 6]);
      return graph.toModel();
    };
    const [together, apart] = [make(false), make(true)];
    const ranges = await rangesOf(together, pixels, CHIPS);
    const [one, three] = [together, apart].map((network) => quantizeChipNetwork(network, ranges));
    const [a, b] = [await run(one!, pixels, CHIPS), await run(three!, pixels, CHIPS)];
    const differences = Array.from(a.embedding!.data as Float32Array, (value, i) =>
      Math.abs(value - Number(b.embedding!.data[i])),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    expect(operators(three!).filter((name) => name === 'Conv')).toHaveLength(3);
    expect(operators(one!)).not.toContain('Conv');
    expect(operators(one!).filter((name) => name === 'Gemm')).toHaveLength(1);
  });

  it('names its nodes like none of the float network', async () => {
    const tiny = new TinyNetwork();
    const { graph } = tiny;
    graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    const sums = tiny.conv(tiny.conv('chips', [8, 3, 2, 2], { strides: [2, 2] }), [8, 1, 8, 8], { group: 8 });
    const dims = graph.initializer('dims', { type: 'int64', dims: [2], data: BigInt64Array.of(-1n, 8n) });
    // Numbered as converters number them, so that any other number is taken too.
    let flat = sums;
    for (let i = 0; i < 40; i++) flat = graph.node('Reshape', [flat, dims]);
    graph.node('LpNormalization', [flat], { axis: 1, p: 2 }, { outputs: ['embedding'] });
    graph.output('embedding', 'float32', ['n', 8]);
    const network = graph.toModel();
    const quantized = quantizeChipNetwork(network, await rangesOf(network, pixels, CHIPS));
    for (const cosine of await cosines(network, quantized)) expect(cosine).toBeGreaterThan(0.99);
  });

  it('says why a network is refused in which nothing can be quantized', () => {
    const tiny = new TinyNetwork();
    tiny.graph.input('chips', 'float32', ['n', 3, SIZE, SIZE]);
    const network = tiny.finish('chips', 3, SIZE);
    expect(() => chipCalibration(network)).toThrow(/begins with a convolution/);
  });
});
