import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { ConvLayer } from './dlib/network.ts';
import { convAttributes, unexpected } from './fold-layers.ts';

/** A value of bytes that stand for scale * (byte - zeroPoint). */
export interface ByteValue {
  readonly name: string;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Least and largest number that a value took on real images, in the order of the layers. */
export type ActivationRange = readonly [least: number, largest: number];

/** onnxruntime's own operators, for sums and means of bytes. */
export const BYTE_OPERATORS = 'com.microsoft';
/**
 * Seven bits: processors without VNNI add two products of bytes in 16 bits, where 2 x 255 x 63 still fits and eight
 * bits would overflow.
 */
const LARGEST_WEIGHT = 63;
/** Of values with a sign: as many steps on either side. */
const SIGNED_ZERO = 128;
const SIGNED_STEPS = 127;

/**
 * Writes quantized layers: static quantization, unsigned values with one scale each, signed weights
 * with a scale for each filter.
 *
 * @remarks A relu costs nothing: where the zero point is 0, what is below is cut off.
 */
export class Int8Graph {
  readonly #graph: GraphBuilder;
  readonly #ranges: readonly ActivationRange[];
  #taken = 0;
  #constants = 0;

  /** @param ranges - one for each convolution and sum, in the order in which they are written */
  constructor(graph: GraphBuilder, ranges: readonly ActivationRange[]) {
    this.#graph = graph;
    this.#ranges = ranges;
  }

  /** Bytes [n, rows, columns, 4 * 3] that hold 2 x 2 pixels each, as planes. @see foldBlocks */
  planes(blocks: string, scale: number): ByteValue {
    return { name: this.#graph.node('Transpose', [blocks], { perm: [0, 3, 1, 2] }), scale, zeroPoint: 0 };
  }

  conv(input: ByteValue, conv: ConvLayer, { hasRelu }: { readonly hasRelu: boolean }): ByteValue {
    const { weights, scales, biases } = quantizeConv(conv, input.scale);
    const output = this.#next(hasRelu);
    const { filters, inputs, rows, columns } = conv;
    const zeros = this.#constant('int8', [filters], new Int8Array(filters));
    const operands = [
      ...this.#operands(input),
      this.#constant('int8', [filters, inputs, rows, columns], weights),
      this.#constant('float32', [filters], scales),
      zeros,
      ...this.#scaleOf(output),
      this.#constant('int32', [filters], biases),
    ];
    return { ...output, name: this.#graph.node('QLinearConv', operands, convAttributes(conv)) };
  }

  averagePool(input: ByteValue, attributes: Readonly<Record<string, readonly number[]>>): ByteValue {
    const operands = [...this.#operands(input), ...this.#scaleOf(input)];
    const options = { domain: BYTE_OPERATORS };
    return { ...input, name: this.#graph.node('QLinearAveragePool', operands, attributes, options) };
  }

  addRelu(a: ByteValue, b: ByteValue): ByteValue {
    const output = this.#next(true);
    const operands = [...this.#operands(a), ...this.#operands(b), ...this.#scaleOf(output)];
    return { ...output, name: this.#graph.node('QLinearAdd', operands, {}, { domain: BYTE_OPERATORS }) };
  }

  /** Fills up with the byte that stands for zero. */
  pad(input: ByteValue, pads: BigInt64Array): ByteValue {
    const amounts = this.#constant('int64', [pads.length], pads);
    const zero = this.#constant('uint8', [], Uint8Array.of(input.zeroPoint));
    return { ...input, name: this.#graph.node('Pad', [input.name, amounts, zero]) };
  }

  /** @returns name of the float32 value that the bytes stand for */
  floats(input: ByteValue): string {
    return this.#graph.node('DequantizeLinear', this.#operands(input));
  }

  /** Scale and zero point of the next value, from the range that it took on real images. */
  #next(hasRelu: boolean): Omit<ByteValue, 'name'> {
    const range = this.#ranges[this.#taken];
    if (range === undefined) throw unexpected(`${this.#ranges.length} activation ranges`, 'more layers');
    this.#taken += 1;
    const [least, largest] = range;
    if (hasRelu) return { scale: largest / 255, zeroPoint: 0 };
    return { scale: Math.max(-least, largest) / SIGNED_STEPS, zeroPoint: SIGNED_ZERO };
  }

  #operands(value: ByteValue): string[] {
    return [value.name, ...this.#scaleOf(value)];
  }

  #scaleOf({ scale, zeroPoint }: Omit<ByteValue, 'name'>): string[] {
    const zero = this.#constant('uint8', [], Uint8Array.of(zeroPoint));
    return [this.#constant('float32', [], Float32Array.of(scale)), zero];
  }

  #constant(type: Parameters<GraphBuilder['initializer']>[1]['type'], dims: readonly number[], data: Data) {
    this.#constants += 1;
    return this.#graph.initializer(`constant_${this.#constants}`, { type, dims, data });
  }
}

type Data = Parameters<GraphBuilder['initializer']>[1]['data'];

/** A convolution's weights in signed bytes, and its biases in steps of input scale * weight scale. */
function quantizeConv(conv: ConvLayer, inputScale: number) {
  const size = conv.weights.length / conv.filters;
  const weights = new Int8Array(conv.weights.length);
  const scales = new Float32Array(conv.filters);
  const biases = new Int32Array(conv.filters);
  for (let filter = 0; filter < conv.filters; filter++) {
    let largest = 0;
    for (let i = filter * size; i < (filter + 1) * size; i++)
      largest = Math.max(largest, Math.abs(conv.weights[i]!));
    const scale = largest / LARGEST_WEIGHT || 1;
    scales[filter] = scale;
    for (let i = filter * size; i < (filter + 1) * size; i++)
      weights[i] = Math.round(conv.weights[i]! / scale);
    biases[filter] = Math.round(conv.biases[filter]! / (scale * inputScale));
  }
  return { weights, scales, biases };
}
