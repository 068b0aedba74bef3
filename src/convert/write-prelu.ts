import type { GraphBuilder } from '../onnx/graph-builder.ts';

/**
 * Writes PReLU, x where it is positive and slope · x where it is not, in operators that are faster than ONNX's own:
 * max(x, slope · x) where no slope is above 1, otherwise Relu(x) (1 - slope) + slope · x.
 *
 * @param x - name of a picture [n, channels, rows, columns]
 * @param options.slopes - one for each channel
 * @param options.name - of the constants, unique in the graph
 * @returns name of the value
 */
export function writePrelu(
  graph: GraphBuilder,
  x: string,
  { slopes, name }: { readonly slopes: Float32Array; readonly name: string },
): string {
  const constant = (what: string, data: Float32Array) =>
    graph.initializer(`${name}/${what}`, { type: 'float32', dims: [data.length, 1, 1], data });
  const scaled = graph.node('Mul', [x, constant('slope', slopes)]);
  if (slopes.every((slope) => slope <= 1)) return graph.node('Max', [x, scaled]);
  const rest = slopes.map((slope) => 1 - slope);
  const above = graph.node('Mul', [graph.node('Relu', [x]), constant('rest', rest)]);
  return graph.node('Add', [above, scaled]);
}
