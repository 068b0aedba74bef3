import { BLOCK_DETECTOR_INPUT, MMOD_FACTS_KEY } from '../models/dlib/detector/mmod-format.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { readDetectorLayers, writeScores } from './detector-layers.ts';
import type { DlibNetwork } from './dlib/network.ts';
import { fillChannels, foldBlocks, foldInput } from './fold-layers.ts';
import { type ActivationRange, Int8Graph } from './int8-graph.ts';

/**
 * Turns dlib's sliding window (MMOD) detector network into a quantized ONNX graph; the last layer, which
 * makes the scores, stays in floats.
 *
 * @param ranges - of each value that is rounded to bytes, as `scripts/calibrate.mjs` finds them
 * @returns bytes of a model with the input `blocks` uint8 [n, rows, columns, 12]: of each 2 x 2 pixels of an RGB
 * image the upper two, then the lower two; the output and metadata are {@link convertDetector}'s
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the layers are not convolutions in a row
 */
export function quantizeDetector(
  network: DlibNetwork,
  ranges: readonly ActivationRange[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { hidden, last, facts } = readDetectorLayers(network);
  const builder = new GraphBuilder('face-detector-int8');
  const graph = new Int8Graph(builder, ranges);
  builder.input(BLOCK_DETECTOR_INPUT, 'uint8', ['n', 'rows', 'columns', 12]);
  let value = graph.planes(BLOCK_DETECTOR_INPUT, 1);
  let inputs: number | null = null;
  for (const [index, { conv, hasRelu }] of hidden.entries()) {
    const layer = index === 0 ? foldBlocks(foldInput(conv, network.input)) : conv;
    const filters = filledCount(conv.filters);
    value = graph.conv(value, fillChannels(layer, { filters, inputs: inputs ?? layer.inputs }), { hasRelu });
    inputs = filters;
  }
  writeScores(
    builder,
    graph.floats(value),
    fillChannels(last, { filters: 1, inputs: inputs ?? last.inputs }),
  );
  return builder.toModel({ metadata: { ...metadata, [MMOD_FACTS_KEY]: JSON.stringify(facts) } });
}

/** Channels that onnxruntime computes at once. */
const LANES = 16;
/** More than this many times the channels would cost more than they save. */
const MOST_FILLED = 1.2;

/** dlib's 45 channels become 48, which saves an eighth of the time. */
function filledCount(channels: number): number {
  const filled = Math.ceil(channels / LANES) * LANES;
  return filled <= MOST_FILLED * channels ? filled : channels;
}
