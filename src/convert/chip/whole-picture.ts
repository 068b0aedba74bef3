import type { GraphNode } from '../../onnx/read-nodes.ts';
import type { ChipValue, ConvLayer } from './chip-layer.ts';
import { mergeConvs, passOn } from './conv-layers.ts';
import type { LiveGraph } from './live-graph.ts';

/** The convolutions at the end of a network: one over the whole picture of each channel, and those of its one pixel. */
export interface WholePicture {
  /** [rows, columns, channels] */
  readonly weights: Float32Array;
  /** Rows and columns of the picture. */
  readonly sides: readonly [rows: number, columns: number];
  /** Of the pixels that are left, [filters, channels]. */
  readonly matrix: Float32Array;
  readonly biases: Float32Array;
  /** Name of the value that they make, [n, filters, 1, 1]. */
  readonly output: string;
  /** Those that are replaced. */
  readonly nodes: readonly GraphNode[];
}

/**
 * Reads the convolutions behind the last value that is computed in bytes, with nothing between them.
 *
 * @param behind - all nodes there
 * @returns `null` where there are others, or fewer than two
 */
export function readWholePicture(
  value: ChipValue,
  { behind, graph }: { readonly behind: readonly GraphNode[]; readonly graph: LiveGraph },
): WholePicture | null {
  const first = onlyReader(value.name, behind);
  const over = first && readOne(first, graph);
  const { channels, rows, columns } = value;
  const isWhole = over?.group === channels && over.biases.length === channels;
  if (!first || !isWhole || over.kernel[0] !== rows || over.kernel[1] !== columns) return null;
  let pixels: ConvLayer | null = null;
  const nodes = [first];
  for (;;) {
    const next = onlyReader(nodes.at(-1)!.outputs[0]!, behind);
    const conv = next && readOne(next, graph);
    if (!next || conv?.group !== 1 || conv.kernel.some((side) => side !== 1)) break;
    const merged: ConvLayer | null = pixels === null ? conv : mergeConvs(pixels, conv);
    if (merged === null) break;
    pixels = merged;
    nodes.push(next);
  }
  if (pixels === null) return null;
  const filters = pixels.biases.length;
  const matrix = pixels.weights;
  const biases = pixels.biases.map((bias, filter) =>
    over.biases.reduce((sum, value, i) => sum + value * matrix[filter * channels + i]!, bias),
  );
  const area = rows * columns;
  const weights = new Float32Array(area * channels);
  for (let i = 0; i < weights.length; i++)
    weights[i] = over.weights[(i % channels) * area + Math.floor(i / channels)]!;
  if (matrix.length !== filters * channels) return null;
  return { weights, sides: [rows, columns], matrix, biases, output: nodes.at(-1)!.outputs[0]!, nodes };
}

function onlyReader(name: string, nodes: readonly GraphNode[]): GraphNode | null {
  const readers = nodes.filter(({ inputs }) => inputs.includes(name));
  return readers.length === 1 ? readers[0]! : null;
}

/** A convolution without anything around the picture. */
function readOne(node: GraphNode, graph: LiveGraph): ConvLayer | null {
  if (node.opType !== 'Conv') return null;
  const [input = '', weightsName = '', biasName = ''] = node.inputs;
  const weights = graph.floats(weightsName);
  const [filters = 0, , rows = 0, columns = 0] = weights?.dims ?? [];
  const list = (name: string) => node.attributes.get(name)?.integers ?? [];
  const biases = biasName === '' ? new Float32Array(filters) : graph.floats(biasName)?.data;
  if (weights?.dims.length !== 4 || biases?.length !== filters) return null;
  if (list('pads').some((pad) => pad !== 0) || list('dilations').some((step) => step !== 1)) return null;
  const text = node.attributes.get('auto_pad')?.texts[0];
  if (text !== undefined && rows * columns > 1) return null;
  const group = node.attributes.get('group')?.integer ?? 1;
  const pixel = { name: input, channels: filters, rows: 1, columns: 1 };
  return { ...passOn(pixel, pixel), weights: weights.data, biases, kernel: [rows, columns], group };
}
