import { FaceTriggerError } from '../core/errors.ts';
import {
  EMBEDDER_FEATURES,
  EMBEDDER_INPUT,
  EMBEDDER_OUTPUT,
} from '../models/dlib/embedder/embedder-format.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { DlibNetwork, Layer } from './dlib/network.ts';
import type { EmbedderLayers, LayerValue } from './embedder-layers.ts';
import { FloatLayers } from './float-layers.ts';
import { foldAffine, foldInput, unexpected } from './fold-layers.ts';

/**
 * Turns dlib's face embedding ResNet into an ONNX graph.
 *
 * @returns bytes of a model with the input `chips` uint8 [n, rows, columns, 3] (RGB) and the outputs `embeddings`
 * float32 [n, d] and `features` float32 [n, f]
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the layers are not in a ResNet's order
 * @remarks Pixel normalization and affine layers are folded into the convolutions.
 */
export function convertEmbedder(
  network: DlibNetwork,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new GraphBuilder('face-embedder');
  writeEmbedder(graph, network, new FloatLayers(graph));
  return graph.toModel({ metadata });
}

/**
 * Writes the whole embedder into a graph, with its input and outputs.
 *
 * @param layers - write the layers into the same graph
 */
export function writeEmbedder<T extends LayerValue>(
  graph: GraphBuilder,
  network: DlibNetwork,
  layers: EmbedderLayers<T>,
): void {
  if (network.loss.kind !== 'metric' || network.input.kind !== 'sized') {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      'The dlib network is no face embedder (loss_metric expected)',
    );
  }
  const { rows, columns } = network.input;
  const source = new LayerQueue(network.layers);
  graph.input(EMBEDDER_INPUT, 'uint8', ['n', rows, columns, 3]);
  const input = { name: EMBEDDER_INPUT, channels: 3, rows, columns };
  const first = foldInput(foldAffine(source.take('con'), source.take('affine')), network.input);
  let value = layers.stem(input, first, { hasRelu: source.takeIf('relu') !== null });
  const pool = source.takeIf('max_pool');
  if (pool !== null) value = layers.pool(value, pool);
  while (source.next === 'con') value = writeResidualBlock(source, layers, value);
  writeHead(graph, source, { name: layers.globalAverage(value), channels: value.channels });
}

/** conv, affine, relu, conv, affine, [2x2 average pool of the skip], add, relu. */
function writeResidualBlock<T extends LayerValue>(
  source: LayerQueue,
  layers: EmbedderLayers<T>,
  input: T,
): T {
  const first = foldAffine(source.take('con'), source.take('affine'));
  source.take('relu');
  const inner = layers.conv(input, first, { hasRelu: true });
  const second = foldAffine(source.take('con'), source.take('affine'));
  const branch = layers.conv(inner, second, { hasRelu: false });
  const pool = source.takeIf('avg_pool');
  const skip = pool === null ? input : layers.pool(input, pool);
  source.take('add_prev');
  source.take('relu');
  return layers.addRelu(branch, skip);
}

function writeHead(
  graph: GraphBuilder,
  source: LayerQueue,
  pooled: { readonly name: string; readonly channels: number },
): void {
  const pool = source.take('avg_pool');
  if (pool.rows !== 0 || pool.columns !== 0) throw unexpected('a global average pool', 'a windowed one');
  const fc = source.take('fc');
  if (fc.inputs !== pooled.channels || source.next !== undefined)
    throw unexpected('the last layer', 'more layers');
  graph.node('Flatten', [pooled.name], { axis: 1 }, { outputs: [EMBEDDER_FEATURES] });
  const constant = (name: string, dims: readonly number[], data: Float32Array) =>
    graph.initializer(name, { type: 'float32', dims, data });
  const inputs = [EMBEDDER_FEATURES, constant('last_weights', [fc.inputs, fc.outputs], fc.weights)];
  if (fc.biases.length > 0) inputs.push(constant('last_biases', [fc.outputs], fc.biases));
  graph.node('Gemm', inputs, {}, { outputs: [EMBEDDER_OUTPUT] });
  graph.output(EMBEDDER_OUTPUT, 'float32', ['n', fc.outputs]);
  graph.output(EMBEDDER_FEATURES, 'float32', ['n', fc.inputs]);
}

/** The layers of a network, taken from the front. */
class LayerQueue {
  readonly #layers: readonly Layer[];
  #index = 0;

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  get next(): Layer['kind'] | undefined {
    return this.#layers[this.#index]?.kind;
  }

  take<K extends Layer['kind']>(kind: K): Extract<Layer, { kind: K }> {
    const layer = this.takeIf(kind);
    if (layer === null) throw unexpected(`a ${kind} layer`, this.next ?? 'the end');
    return layer;
  }

  takeIf<K extends Layer['kind']>(kind: K): Extract<Layer, { kind: K }> | null {
    const layer = this.#layers[this.#index];
    if (layer?.kind !== kind) return null;
    this.#index += 1;
    return layer as Extract<Layer, { kind: K }>;
  }
}
