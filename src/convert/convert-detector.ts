import { DETECTOR_INPUT, MMOD_FACTS_KEY } from '../models/dlib/detector/mmod-format.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { readDetectorLayers, writeScores } from './detector-layers.ts';
import type { DlibNetwork } from './dlib/network.ts';
import { convAttributes } from './fold-layers.ts';

/**
 * Turns dlib's sliding window (MMOD) detector network into an ONNX graph.
 *
 * @returns bytes of a model with the input `planes` float32 [n, 3, rows, columns], normalized as the network wants
 * it, and the output `scores` float32 [n, 1, r, c]; what decoding needs stands in the metadata property
 * {@link MMOD_FACTS_KEY}
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the layers are not convolutions in a row
 */
export function convertDetector(
  network: DlibNetwork,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new GraphBuilder('face-detector');
  const { facts } = writeDetector(graph, network);
  return graph.toModel({ metadata: { ...metadata, [MMOD_FACTS_KEY]: JSON.stringify(facts) } });
}

/**
 * Writes the whole detector into a graph, with its input and output.
 *
 * @param observe - called for each value that the quantized network would round, in their order
 */
export function writeDetector(
  graph: GraphBuilder,
  network: DlibNetwork,
  observe: (name: string) => void = () => {},
) {
  const layers = readDetectorLayers(network);
  let name = graph.input(DETECTOR_INPUT, 'float32', ['n', 3, 'rows', 'columns']);
  layers.hidden.forEach(({ conv, hasRelu }, index) => {
    const dims = [conv.filters, conv.inputs, conv.rows, conv.columns];
    const weights = graph.initializer(`weights_${index}`, { type: 'float32', dims, data: conv.weights });
    const shape = { type: 'float32' as const, dims: [conv.filters] };
    const biases = graph.initializer(`biases_${index}`, { ...shape, data: conv.biases });
    name = graph.node('Conv', [name, weights, biases], convAttributes(conv));
    if (hasRelu) name = graph.node('Relu', [name]);
    observe(name);
  });
  writeScores(graph, name, layers.last);
  return layers;
}
