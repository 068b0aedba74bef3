import { utf8Text } from '../../core/text/utf8.ts';
import type { GraphNode } from '../../onnx/read-nodes.ts';
import type { ChipValue, ConvLayer } from './chip-layer.ts';
import type { LiveGraph } from './live-graph.ts';

interface Place {
  readonly input: ChipValue;
  readonly graph: LiveGraph;
}

/** A convolution; `null` for one that is left in float: widened ones, and the last one over the whole picture. */
export function readConv(node: GraphNode, { input, graph }: Place): ConvLayer | null {
  const [, weightsName = '', biasName = ''] = node.inputs;
  const weights = graph.floats(weightsName);
  const [filters = 0, perGroup = 0, rows = 0, columns = 0] = weights?.dims ?? [];
  const list = (name: string) => node.attributes.get(name)?.integers ?? [];
  const group = node.attributes.get('group')?.integer ?? 1;
  if (weights?.dims.length !== 4 || list('dilations').some((step) => step !== 1)) return null;
  if (perGroup * group !== input.channels) return null;
  const biases = biasName === '' ? new Float32Array(filters) : graph.floats(biasName)?.data;
  if (biases === undefined || biases.length !== filters) return null;
  const kernel = [rows, columns] as const;
  const strides = list('strides').length === 2 ? list('strides') : [1, 1];
  const pads = padsOf(node, { sides: [input.rows, input.columns], kernel, strides });
  if (pads === null) return null;
  const [top, left, bottom, right] = pads as [number, number, number, number];
  const output = {
    name: node.outputs[0]!,
    channels: filters,
    rows: Math.floor((input.rows + top + bottom - rows) / strides[0]!) + 1,
    columns: Math.floor((input.columns + left + right - columns) / strides[1]!) + 1,
  };
  if (output.rows < 1 || output.columns < 1 || (output.rows === 1 && output.columns === 1)) return null;
  const { name } = output;
  const shape = { kernel, strides, pads, group, slopes: null, ceiling: Number.POSITIVE_INFINITY };
  return { kind: 'conv', input: input.name, output, sums: name, weights: weights.data, biases, ...shape };
}

function padsOf(
  node: GraphNode,
  { sides, kernel, strides }: Record<'sides' | 'kernel' | 'strides', readonly number[]>,
): readonly number[] | null {
  const text = node.attributes.get('auto_pad')?.texts[0];
  const auto = text === undefined ? 'NOTSET' : utf8Text(text);
  const given = node.attributes.get('pads')?.integers ?? [];
  if (auto === 'NOTSET' && given.length === 4) return given;
  if (auto === 'VALID' || auto === 'NOTSET') return [0, 0, 0, 0];
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') return null;
  const all = sides.map((side, i) =>
    Math.max(0, (Math.ceil(side / strides[i]!) - 1) * strides[i]! + kernel[i]! - side),
  );
  const less = all.map((pad) => Math.floor(pad / 2));
  const more = all.map((pad) => Math.ceil(pad / 2));
  return auto === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
}

/** ONNX's own where a file does not say. */
const EPSILON = 1e-5;

/** A batch normalization as a convolution of one pixel for each channel. */
export function scaleLayer(node: GraphNode, { input, graph }: Place): ConvLayer | null {
  const lists = node.inputs.slice(1, 5).map((name) => graph.floats(name)?.data);
  if (lists.length !== 4 || lists.some((list) => list?.length !== input.channels)) return null;
  const [scale, shift, mean, variance] = lists as Float32Array[];
  const epsilon = node.attributes.get('epsilon')?.real ?? EPSILON;
  const weights = scale!.map((value, i) => value / Math.sqrt(variance![i]! + epsilon));
  const biases = shift!.map((value, i) => value - mean![i]! * weights[i]!);
  const output = { ...input, name: node.outputs[0]! };
  return { ...passOn(input, output), sums: output.name, weights, biases };
}

/** A convolution that only copies. */
export function passOn(input: ChipValue, output: ChipValue): ConvLayer {
  return {
    kind: 'conv',
    input: input.name,
    output,
    sums: input.name,
    weights: new Float32Array(input.channels).fill(1),
    biases: new Float32Array(input.channels),
    kernel: [1, 1],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    group: input.channels,
    slopes: null,
    ceiling: Number.POSITIVE_INFINITY,
  };
}

/** A convolution that also scales what it gives. */
export function foldNormalization(conv: ConvLayer, scale: ConvLayer): ConvLayer | null {
  if (conv.slopes !== null) return null;
  const size = conv.weights.length / conv.biases.length;
  return {
    ...conv,
    output: scale.output,
    sums: scale.sums,
    weights: conv.weights.map((weight, i) => weight * scale.weights[Math.floor(i / size)]!),
    biases: conv.biases.map((bias, i) => bias * scale.weights[i]! + scale.biases[i]!),
  };
}

/** Two convolutions of single pixels with nothing between them as one; `null` where that would not be less work. */
export function mergeConvs(first: ConvLayer, second: ConvLayer): ConvLayer | null {
  if (first.slopes !== null || ![first, second].every(isPointwise)) return null;
  const middle = first.biases.length;
  const filters = second.biases.length;
  const inputs = first.weights.length / middle;
  if (inputs * filters > inputs * middle + middle * filters) return null;
  const weights = new Float32Array(filters * inputs);
  const biases = new Float32Array(filters);
  for (let filter = 0; filter < filters; filter++) {
    const row = second.weights.subarray(filter * middle, (filter + 1) * middle);
    biases[filter] = row.reduce((sum, weight, i) => sum + weight * first.biases[i]!, second.biases[filter]!);
    for (let input = 0; input < inputs; input++) {
      weights[filter * inputs + input] = row.reduce(
        (sum, weight, i) => sum + weight * first.weights[i * inputs + input]!,
        0,
      );
    }
  }
  return { ...second, input: first.input, weights, biases };
}

function isPointwise({ kernel, strides, pads, group }: ConvLayer): boolean {
  return [...kernel, ...strides].every((side) => side === 1) && pads.every((pad) => pad === 0) && group === 1;
}
