import { FaceTriggerError } from '../core/errors.ts';
import { DETECTOR_OUTPUT, type MmodFacts } from '../models/dlib/detector/mmod-format.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { ConvLayer, DlibNetwork } from './dlib/network.ts';
import { convAttributes, foldAffine } from './fold-layers.ts';

export interface DetectorLayers {
  readonly hidden: readonly { readonly conv: ConvLayer; readonly hasRelu: boolean }[];
  /** Makes the map of scores; no relu follows. */
  readonly last: ConvLayer;
  readonly facts: MmodFacts;
}

/**
 * Reads the layers of dlib's sliding window (MMOD) detector network.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if they are not square convolutions in a row, the last with one map
 */
export function readDetectorLayers(network: DlibNetwork): DetectorLayers {
  if (network.loss.kind !== 'mmod' || network.input.kind !== 'pyramid')
    throw refused('The dlib network is no sliding window detector (loss_mmod expected)');
  const convs = collectConvs(network);
  const last = convs.pop();
  if (last === undefined || last.conv.filters !== 1 || last.hasRelu)
    throw refused('The detector network must have exactly one output map');
  const { windows, nmsIou, nmsPercentCovered } = network.loss.options;
  if (windows.length !== 1) throw refused('Detectors with several windows are not supported');
  const { width, height } = windows[0]!;
  const facts = {
    window: { width, height },
    nmsIou,
    nmsPercentCovered,
    averages: network.input.averages,
    convs: [...convs, last].map(({ conv }) => squareFacts(conv)),
  };
  return { hidden: convs, last: last.conv, facts };
}

/**
 * Writes the last convolution, which makes one map of many: first along the rows into as many maps as it has rows,
 * whose sum down the columns it then is.
 *
 * @remarks The same products in another order. onnxruntime would gather 9 x 9 x 45 numbers for each cell for a
 * product with a single column, which took a sixth of the detector's time.
 */
export function writeScores(graph: GraphBuilder, input: string, conv: ConvLayer): void {
  const { inputs, rows, columns } = conv;
  const along = new Float32Array(conv.weights.length);
  let from = 0;
  for (let map = 0; map < inputs; map++) {
    for (let row = 0; row < rows; row++, from += columns)
      along.set(conv.weights.subarray(from, from + columns), (row * inputs + map) * columns);
  }
  const down = new Float32Array(rows * rows);
  for (let row = 0; row < rows; row++) down[row * rows + row] = 1;
  const alongName = graph.initializer('along_rows', {
    type: 'float32',
    dims: [rows, inputs, 1, columns],
    data: along,
  });
  const maps = graph.node('Conv', [input, alongName], {
    ...convAttributes({ ...conv, rows: 1, strideY: 1, paddingY: 0 }),
  });
  const downName = graph.initializer('down_columns', {
    type: 'float32',
    dims: [1, rows, rows, 1],
    data: down,
  });
  const bias = graph.initializer('score_bias', { type: 'float32', dims: [1], data: conv.biases });
  const attributes = convAttributes({ ...conv, columns: 1, strideX: 1, paddingX: 0 });
  graph.node('Conv', [maps, downName, bias], attributes, { outputs: [DETECTOR_OUTPUT] });
  graph.output(DETECTOR_OUTPUT, 'float32', ['n', 1, 'map_rows', 'map_columns']);
}

function collectConvs({ layers }: DlibNetwork): { conv: ConvLayer; hasRelu: boolean }[] {
  const convs: { conv: ConvLayer; hasRelu: boolean }[] = [];
  let channels = 3;
  for (const layer of layers) {
    const last = convs.at(-1);
    if (layer.kind === 'con') {
      if (layer.inputs !== channels) throw refused('The dlib network has layers that do not fit each other');
      channels = layer.filters;
      convs.push({ conv: layer, hasRelu: false });
    } else if (layer.kind === 'affine' && last && !last.hasRelu) last.conv = foldAffine(last.conv, layer);
    else if (layer.kind === 'relu' && last) last.hasRelu = true;
    else throw refused(`The detector network has a ${layer.kind} layer where none is expected`);
  }
  return convs;
}

function squareFacts(conv: ConvLayer): MmodFacts['convs'][number] {
  if (conv.rows !== conv.columns || conv.strideX !== conv.strideY || conv.paddingX !== conv.paddingY)
    throw refused('Detectors with convolutions that are not square are not supported');
  return { kernel: conv.rows, stride: conv.strideX, padding: conv.paddingX };
}

function refused(message: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', message);
}
