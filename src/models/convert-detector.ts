import { FaceTriggerError } from '../errors.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { convAttributes, foldAffine } from './convert-embedder.ts';
import type { ConvLayer, DlibNetwork, Layer } from './dlib/network.ts';

/** Names of the detector graph's input and output. */
export const DETECTOR_INPUT = 'planes';
export const DETECTOR_OUTPUT = 'scores';
/** Key of the metadata property with {@link MmodFacts} as JSON. */
export const MMOD_FACTS_KEY = 'face_trigger.mmod';

/**
 * Turns dlib's sliding window (MMOD) detector network into an ONNX graph.
 *
 * @returns bytes of a model with the input `planes` float32 [n, 3, rows, columns], normalised as the network wants
 * it, and the output `scores` float32 [n, 1, r, c]; what decoding needs stands in the metadata property
 * {@link MMOD_FACTS_KEY}
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the layers are not convolutions in a row
 */
export function convertDetector(
  network: DlibNetwork,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (network.loss.kind !== 'mmod' || network.input.kind !== 'pyramid') {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      'The dlib network is no sliding window detector (loss_mmod expected)',
    );
  }
  const convs = collectConvs(network.layers);
  const graph = new GraphBuilder('face-detector');
  let name = graph.input(DETECTOR_INPUT, 'float32', ['n', 3, 'rows', 'columns']);
  let channels = 3;
  convs.forEach(({ conv, hasRelu }, index) => {
    if (conv.inputs !== channels) {
      throw new FaceTriggerError(
        'ERR_MODEL_FORMAT',
        'The dlib network has layers that do not fit each other',
      );
    }
    const weights = graph.initializer(`weights_${index}`, {
      type: 'float32',
      dims: [conv.filters, conv.inputs, conv.rows, conv.columns],
      data: conv.weights,
    });
    const biases = graph.initializer(`biases_${index}`, {
      type: 'float32',
      dims: [conv.filters],
      data: conv.biases,
    });
    const isLast = index === convs.length - 1;
    const outputs = isLast && !hasRelu ? { outputs: [DETECTOR_OUTPUT] } : {};
    name = graph.node('Conv', [name, weights, biases], convAttributes(conv), outputs);
    if (hasRelu) name = graph.node('Relu', [name], {}, isLast ? { outputs: [DETECTOR_OUTPUT] } : {});
    channels = conv.filters;
  });
  if (channels !== 1)
    throw new FaceTriggerError('ERR_MODEL_FORMAT', 'The detector network has more than one output map');
  graph.output(DETECTOR_OUTPUT, 'float32', ['n', 1, 'map_rows', 'map_columns']);
  return graph.toModel({
    metadata: { ...metadata, [MMOD_FACTS_KEY]: JSON.stringify(decodingFacts(network, convs)) },
  });
}

/** What turns a cell of the score map into a box; kept as metadata of the model file. */
export interface MmodFacts {
  readonly window: { readonly width: number; readonly height: number };
  readonly nmsIou: number;
  readonly nmsPercentCovered: number;
  readonly averages: readonly [r: number, g: number, b: number];
  /** From the first convolution to the last. */
  readonly convs: readonly { readonly kernel: number; readonly stride: number; readonly padding: number }[];
}

function decodingFacts(network: DlibNetwork, convs: readonly { conv: ConvLayer }[]): MmodFacts {
  if (network.loss.kind !== 'mmod') throw new TypeError('unreachable: checked by the caller');
  const { windows, nmsIou, nmsPercentCovered } = network.loss.options;
  if (windows.length !== 1)
    throw new FaceTriggerError('ERR_MODEL_FORMAT', 'Detectors with several windows are not supported');
  const { width, height } = windows[0]!;
  return {
    window: { width, height },
    nmsIou,
    nmsPercentCovered,
    averages: network.input.averages,
    convs: convs.map(({ conv }) => {
      if (conv.rows !== conv.columns || conv.strideX !== conv.strideY || conv.paddingX !== conv.paddingY) {
        throw new FaceTriggerError(
          'ERR_MODEL_FORMAT',
          'Detectors with convolutions that are not square are not supported',
        );
      }
      return { kernel: conv.rows, stride: conv.strideX, padding: conv.paddingX };
    }),
  };
}

function collectConvs(layers: readonly Layer[]): { conv: ConvLayer; hasRelu: boolean }[] {
  const convs: { conv: ConvLayer; hasRelu: boolean }[] = [];
  for (const layer of layers) {
    const last = convs.at(-1);
    if (layer.kind === 'con') convs.push({ conv: layer, hasRelu: false });
    else if (layer.kind === 'affine' && last && !last.hasRelu) last.conv = foldAffine(last.conv, layer);
    else if (layer.kind === 'relu' && last) last.hasRelu = true;
    else
      throw new FaceTriggerError(
        'ERR_MODEL_FORMAT',
        `The detector network has a ${layer.kind} layer where none is expected`,
      );
  }
  if (convs.length === 0)
    throw new FaceTriggerError('ERR_MODEL_FORMAT', 'The detector network has no layers');
  return convs;
}
