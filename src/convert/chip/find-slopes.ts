import type { FloatConstant } from '../../onnx/read-constant.ts';
import type { GraphNode } from '../../onnx/read-nodes.ts';
import type { LiveGraph } from './live-graph.ts';

/** An operator that multiplies what is below zero: with 0 it is a relu. */
export interface SlopedNode {
  readonly input: string;
  /** One for each channel, or one for all. */
  readonly slopes: Float32Array;
  /** What is larger is cut off. */
  readonly ceiling?: number | undefined;
}

/** PRelu's own, and the largest that stands for one. */
const RELU = Float32Array.of(0);
const LEAKY_RELU = 0.01;
/** Of 1 = slope + (1 - slope), which was rounded twice. */
const ROUNDING = 1e-4;

/**
 * Recognizes an operator that changes only what is below zero, also where it is written out as `Max(x, a * x)` or
 * `Relu(x) * (1 - a) + a * x`, which onnxruntime computes faster.
 *
 * @returns `null` if the node is none
 */
export function findSlopes(node: GraphNode, graph: LiveGraph): SlopedNode | null {
  const [input = '', second = ''] = node.inputs;
  switch (node.opType) {
    case 'Relu':
      return { input, slopes: RELU };
    case 'Clip':
      return ofClip(node, graph);
    case 'LeakyRelu':
      return { input, slopes: Float32Array.of(node.attributes.get('alpha')?.real ?? LEAKY_RELU) };
    case 'PRelu': {
      const slopes = channelsOf(graph.floats(second));
      return slopes && { input, slopes };
    }
    case 'Max':
      return node.inputs.length === 2 ? (ofMax(input, second, graph) ?? ofMax(second, input, graph)) : null;
    case 'Add':
      return ofSum(input, second, graph) ?? ofSum(second, input, graph);
    default:
      return null;
  }
}

/** A channel's numbers, as long as they are laid out [channels, 1, 1]; `null` for other shapes. */
export function channelsOf(constant: FloatConstant | null): Float32Array | null {
  if (constant === null) return null;
  const { dims, data } = constant;
  const [rows = 1, columns = 1] = [dims.at(-2), dims.at(-1)];
  const isOne = data.length === 1;
  return isOne || (dims.length >= 3 && rows === 1 && columns === 1 && data.length === dims.at(-3))
    ? data
    : null;
}

function ofClip({ inputs, attributes }: GraphNode, graph: LiveGraph): SlopedNode | null {
  const bound = (at: number, name: string) =>
    inputs[at] ? graph.floats(inputs[at])?.data[0] : (attributes.get(name)?.real ?? Number.POSITIVE_INFINITY);
  const ceiling = bound(2, 'max');
  const isRelu = bound(1, 'min') === 0 && ceiling !== undefined && ceiling > 0;
  return isRelu ? { input: inputs[0] ?? '', slopes: RELU, ceiling } : null;
}

function ofMax(x: string, product: string, graph: LiveGraph): SlopedNode | null {
  const slopes = factorsOf(product, x, graph);
  return slopes?.every((slope) => slope <= 1) ? { input: x, slopes } : null;
}

function ofSum(product: string, rest: string, graph: LiveGraph): SlopedNode | null {
  const multiplied = graph.makers.get(product);
  if (multiplied?.opType !== 'Mul') return null;
  for (const x of multiplied.inputs) {
    const slopes = factorsOf(product, x, graph);
    if (slopes === null) continue;
    const relu = graph.makers.get(rest)?.inputs.find((name) => {
      const maker = graph.makers.get(name);
      return maker?.opType === 'Relu' && maker.inputs[0] === x;
    });
    const rests = relu === undefined ? null : factorsOf(rest, relu, graph);
    if (rests?.length !== slopes.length) continue;
    if (
      slopes.every((slope, i) => Math.abs(slope + rests[i]! - 1) <= ROUNDING * Math.max(1, Math.abs(slope)))
    )
      return { input: x, slopes };
  }
  return null;
}

/** What a value is multiplied by, channel by channel, to make the product. */
function factorsOf(product: string, value: string, graph: LiveGraph): Float32Array | null {
  const maker = graph.makers.get(product);
  if (maker?.opType !== 'Mul' || !maker.inputs.includes(value)) return null;
  return channelsOf(graph.floats(maker.inputs.find((name) => name !== value) ?? ''));
}
