import type { GraphBuilder, TensorData } from '../../onnx/graph-builder.ts';
import { BYTE_OPERATORS } from '../int8-graph.ts';
import type { ByteSteps } from './channel-steps.ts';
import type { ConvLayer } from './chip-layer.ts';
import type { FoldedConv } from './fold-pixels.ts';
import type { WholePicture } from './whole-picture.ts';

/** Bytes [n, rows, columns, channels]. */
export interface ByteMap extends ByteSteps {
  readonly name: string;
}

/** What the sums of a convolution become. */
export interface SumSteps {
  readonly steps: ByteSteps;
  /** What they are multiplied by, a number for each filter. */
  readonly turns: Float64Array;
}

const LARGEST_WEIGHT = 127;
const LARGEST_BIAS = 2 ** 30;

/**
 * Writes layers of bytes, channels last, as onnxruntime's convolutions of bytes want them.
 *
 * @remarks Steps of channels cost nothing: they are multiplied into the weights of the layers before and behind.
 */
export class ByteLayers {
  readonly #graph: GraphBuilder;
  #count = 0;

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /** Bytes of a float value whose channels have one step. */
  bytes(input: string, { scale, zeroPoint }: Pick<ByteSteps, 'scale' | 'zeroPoint'>): string {
    return this.#node('QuantizeLinear', [input, ...this.#scaleOf({ scale, zeroPoint })]);
  }

  turn(input: string, perm: readonly number[]): string {
    return this.#node('Transpose', [input], { attributes: { perm } });
  }

  /** A convolution of the chip's pixels that takes four of them as one. */
  foldedConv(input: ByteMap, folded: FoldedConv, { steps, turns }: SumSteps): ByteMap {
    const inSides = folded.input;
    const four = {
      ...input,
      name: this.#shaped(input.name, inSides),
      steps: repeated(input.steps, inSides.channels),
    };
    const both = { ...steps, steps: repeated(steps.steps, 2 * steps.steps.length) };
    const made = this.conv(four, folded.conv, { steps: both, turns: repeated(turns, 2 * turns.length) });
    return { ...steps, name: this.#shaped(made.name, folded.output) };
  }

  conv(input: ByteMap, conv: ConvLayer, { steps, turns }: SumSteps): ByteMap {
    const { weights, scales, biases } = quantized(input, conv, { steps: steps.steps, turns });
    const [rows, columns] = conv.kernel;
    const filters = conv.biases.length;
    const perGroup = conv.weights.length / filters / rows / columns;
    const attributes = {
      kernel_shape: [...conv.kernel],
      strides: conv.strides,
      pads: conv.pads,
      group: conv.group,
      channels_last: 1,
    };
    const operands = [
      input.name,
      ...this.#scaleOf({ scale: 1, zeroPoint: input.zeroPoint }),
      this.#constant('int8', [filters, perGroup, rows, columns], weights),
      this.#constant('float32', [filters], scales),
      this.#constant('int8', [filters], new Int8Array(filters)),
      ...this.#scaleOf({ scale: 1, zeroPoint: steps.zeroPoint }),
      this.#constant('int32', [filters], biases),
    ];
    return { ...steps, name: this.#node('QLinearConv', operands, { attributes, domain: BYTE_OPERATORS }) };
  }

  /** The larger of each byte and of a factor of it. */
  slopes(input: ByteMap, factors: Float64Array): ByteMap {
    const channels = factors.length;
    const shape = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0] };
    const operands = [
      input.name,
      ...this.#scaleOf({ scale: 1, zeroPoint: input.zeroPoint }),
      this.#constant('int8', [channels, 1, 1, 1], Int8Array.from(factors, Math.sign)),
      // A scale of 0 is none; where the factor is 0, so is the weight.
      this.#constant(
        'float32',
        [channels],
        Float32Array.from(factors, (factor) => Math.abs(factor) || 1),
      ),
      this.#constant('int8', [channels], new Int8Array(channels)),
      ...this.#scaleOf({ scale: 1, zeroPoint: input.zeroPoint }),
    ];
    const attributes = { ...shape, group: channels, channels_last: 1 };
    const others = this.#node('QLinearConv', operands, { attributes, domain: BYTE_OPERATORS });
    return { ...input, name: this.#node('Max', [input.name, others]) };
  }

  add(a: ByteMap, b: ByteMap, steps: ByteSteps): ByteMap {
    const operands = [a, b].flatMap((value) => [value.name, ...this.#scaleOf(value)]);
    const name = this.#node('QLinearAdd', [...operands, ...this.#scaleOf(steps)], { domain: BYTE_OPERATORS });
    return { ...steps, name };
  }

  /** The numbers that bytes stand for, [n, channels, rows, columns], under a name of their own. */
  floats({ name, steps, zeroPoint }: ByteMap, output: string): void {
    const turned = this.turn(name, [0, 3, 1, 2]);
    const zeros = new Uint8Array(steps.length).fill(zeroPoint);
    const scales = this.#constant('float32', [steps.length], Float32Array.from(steps, Math.abs));
    const operands = [turned, scales, this.#constant('uint8', [steps.length], zeros)];
    const isTurned = steps.some((step) => step < 0);
    const options = { attributes: { axis: 1 }, output: isTurned ? undefined : output };
    const positive = this.#node('DequantizeLinear', operands, options);
    if (!isTurned) return;
    const signs = this.#constant('float32', [steps.length, 1, 1], Float32Array.from(steps, Math.sign));
    this.#node('Mul', [positive, signs], { output });
  }

  /**
   * What the convolutions behind make of a value, in floats [n, filters, 1, 1], under a name of its own: sums over its
   * picture, then a matrix product.
   */
  wholePicture(
    { name, steps, zeroPoint }: ByteMap,
    { weights, sides, matrix, biases, output }: WholePicture,
  ): void {
    const channels = steps.length;
    const area = sides[0] * sides[1];
    const flat = this.#reshape(name, [-1, area, channels]);
    const counts = this.#node('DequantizeLinear', [flat, ...this.#scaleOf({ scale: 1, zeroPoint })]);
    const scaled = weights.map((weight, i) => weight * steps[i % channels]!);
    const products = this.#node('Mul', [counts, this.#constant('float32', [area, channels], scaled)]);
    // Sums over the picture: ReduceSum takes four times as long.
    const ones = this.#constant('float32', [1, area], new Float32Array(area).fill(1));
    const sums = this.#reshape(this.#node('MatMul', [ones, products]), [-1, channels]);
    const filters = biases.length;
    const operands = [
      sums,
      this.#constant('float32', [filters, channels], matrix),
      this.#constant('float32', [filters], biases),
    ];
    const found = this.#node('Gemm', operands, { attributes: { transB: 1 } });
    this.#reshape(found, [-1, filters, 1, 1], output);
  }

  #shaped(input: string, { rows, columns, channels }: FoldedConv['input']): string {
    return this.#reshape(input, [-1, rows, columns, channels]);
  }

  #reshape(input: string, dims: readonly number[], output?: string): string {
    const shape = this.#constant('int64', [dims.length], BigInt64Array.from(dims, BigInt));
    return this.#node('Reshape', [input, shape], { output });
  }

  #scaleOf({ scale, zeroPoint }: Pick<ByteSteps, 'scale' | 'zeroPoint'>): string[] {
    const zero = this.#constant('uint8', [], Uint8Array.of(zeroPoint));
    return [this.#constant('float32', [], Float32Array.of(scale)), zero];
  }

  #constant(type: TensorData['type'], dims: readonly number[], data: TensorData['data']): string {
    return this.#graph.initializer(this.#name('constant'), { type, dims, data });
  }

  #node(
    opType: string,
    inputs: readonly string[],
    options: {
      readonly attributes?: Parameters<GraphBuilder['node']>[2] | undefined;
      readonly domain?: string | undefined;
      readonly output?: string | undefined;
    } = {},
  ): string {
    const { attributes = {}, domain, output = this.#name(opType) } = options;
    // Nodes of the float graph may have any other name.
    return this.#graph.node(opType, inputs, attributes, { outputs: [output], domain, name: output });
  }

  /** No name of the float graph, whose last nodes stay. */
  #name(what: string): string {
    this.#count += 1;
    return `face-trigger/int8/${what}_${this.#count}`;
  }
}

function repeated(numbers: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => numbers[i % numbers.length]!);
}

/** Weights of a filter in signed bytes, and its bias in steps of its sums. */
function quantized(
  input: ByteSteps,
  conv: ConvLayer,
  { steps, turns }: { readonly steps: Float64Array; readonly turns: Float64Array },
) {
  const filters = conv.biases.length;
  const size = conv.weights.length / filters;
  const area = conv.kernel[0] * conv.kernel[1];
  const filtersOfGroup = filters / conv.group;
  const weights = new Int8Array(conv.weights.length);
  const scales = new Float32Array(filters);
  const biases = new Int32Array(filters);
  const row = new Float64Array(size);
  for (let filter = 0; filter < filters; filter++) {
    const factor = turns[filter]! / Math.abs(steps[filter]!);
    const firstChannel = Math.floor(filter / filtersOfGroup) * (size / area);
    for (let i = 0; i < size; i++) {
      const step = input.steps[firstChannel + Math.floor(i / area)]!;
      row[i] = conv.weights[filter * size + i]! * step * factor;
    }
    const peak = size === area ? peakOf(row) : peakOfPairs(row, area);
    const bias = conv.biases[filter]! * factor;
    // A filter of zeros alone still has its bias, whose steps must not overflow.
    const scale = Math.max(peak / LARGEST_WEIGHT, Math.abs(bias) / LARGEST_BIAS) || 1;
    scales[filter] = scale;
    for (let i = 0; i < size; i++) weights[filter * size + i] = Math.round(row[i]! / scale);
    biases[filter] = Math.round(bias / scale);
  }
  return { weights, scales, biases };
}

function peakOf(row: Float64Array): number {
  return row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
}

/**
 * What the weights of a filter need room for. Processors without VNNI add two products of bytes in 16 bits: of two
 * weights side by side, channels first, those of one sign must together be no more than one may be, as
 * 255 x 128 is the most that fits. A convolution of single channels adds in 32 bits everywhere.
 *
 * @param row - [channels, area]
 */
function peakOfPairs(row: Float64Array, area: number): number {
  const channels = row.length / area;
  const at = (k: number) => row[(k % channels) * area + Math.floor(k / channels)] ?? 0;
  let peak = 0;
  for (let k = 0; k < row.length; k += 2) {
    const [a, b] = [at(k), k + 1 < row.length ? at(k + 1) : 0];
    peak = Math.max(peak, Math.max(a, 0) + Math.max(b, 0), Math.max(-a, 0) + Math.max(-b, 0));
  }
  return peak;
}
