import { GraphBuilder } from '../onnx/graph-builder.ts';
import { writeDetector } from './convert-detector.ts';
import { writeEmbedder } from './convert-embedder.ts';
import type { DlibNetwork } from './dlib/network.ts';
import { FloatLayers } from './float-layers.ts';

/**
 * A float network that also gives the range of each value that the quantized network rounds.
 *
 * @returns bytes of an ONNX model with the scalar outputs `least_0`, `largest_0`, `least_1` ... in the order in which
 * the byte network asks for them
 */
export function calibrationGraph(network: DlibNetwork): Uint8Array {
  const graph = new GraphBuilder('calibration');
  let count = 0;
  const observe = (name: string) => {
    for (const [label, operator] of [
      ['least', 'ReduceMin'],
      ['largest', 'ReduceMax'],
    ] as const) {
      const output = `${label}_${count}`;
      graph.node(operator, [name], { keepdims: 0 }, { outputs: [output] });
      graph.output(output, 'float32', []);
    }
    count += 1;
  };
  if (network.loss.kind === 'mmod') writeDetector(graph, network, observe);
  else writeEmbedder(graph, network, new FloatLayers(graph, observe));
  return graph.toModel();
}
