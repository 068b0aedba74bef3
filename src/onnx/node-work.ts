import type { GraphNode } from './read-nodes.ts';
import type { ValueSize } from './value-size.ts';

/**
 * About how many multiplications, comparisons or copies a node takes: an upper bound but for a small factor.
 *
 * @param results - what the node makes
 */
export function workOf(
  node: GraphNode,
  sources: readonly ValueSize[],
  results: readonly ValueSize[],
): number {
  const made = results.reduce((sum, { count }) => sum + count, 0);
  const taken = sources.reduce((sum, { count }) => sum + count, 0);
  return made + taken + (results[0]?.count ?? 0) * perElement(node, sources) + perRow(node, sources);
}

/** Steps for each element of the first result. */
function perElement({ opType, attributes }: GraphNode, sources: readonly ValueSize[]): number {
  const size = (name: string) =>
    (attributes.get(name)?.integers ?? []).reduce((product, n) => product * n, 1);
  switch (opType) {
    case 'MatMul':
    case 'MatMulInteger':
    case 'QLinearMatMul':
      return inner(sources[0], -1);
    case 'Gemm':
      return inner(sources[0], (attributes.get('transA')?.integer ?? 0) === 0 ? -1 : 0);
    case 'Conv':
    case 'ConvInteger':
      return kernel(sources[1]);
    case 'QLinearConv':
      return kernel(sources[3]);
    case 'AveragePool':
    case 'LpPool':
    case 'MaxPool':
    case 'QLinearAveragePool':
      return size('kernel_shape');
    case 'LRN':
      return attributes.get('size')?.integer ?? 1;
    case 'TopK':
      return SORTING;
    default:
      return 1;
  }
}

/** Comparisons of an element with others while a list of up to 2^31 is sorted. */
const SORTING = 31;

function inner(source: ValueSize | undefined, axis: number): number {
  if (source === undefined) return 0;
  return source.dims === null ? source.count : (source.dims.at(axis) ?? 1);
}

function kernel(weights: ValueSize | undefined): number {
  if (weights === undefined) return 0;
  return weights.count / Math.max(1, weights.dims?.[0] ?? 1);
}

/** Operators of ai.onnx.ml look at all that their attributes list, for each row. */
function perRow({ domain, attributes }: GraphNode, [source]: readonly ValueSize[]): number {
  if (domain !== 'ai.onnx.ml' || source === undefined) return 0;
  const rows = source.dims === null ? source.count : (source.dims[0] ?? 1);
  const listed = [...attributes.values()].reduce((sum, { count }) => sum + count, 0);
  return rows * listed;
}
