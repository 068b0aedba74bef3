import { FaceTriggerError } from '../errors.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { AffineLayer, ConvLayer, DlibNetwork, InputLayer, Layer, PoolLayer } from './dlib/network.ts';

/** Names of the embedder graph's input and outputs. */
export const EMBEDDER_INPUT = 'chips';
export const EMBEDDER_OUTPUT = 'embeddings';
/** What the last layer sees: the pooled features that metric learning starts from. */
export const EMBEDDER_FEATURES = 'features';

interface Tensor {
  readonly name: string;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Turns dlib's face embedding ResNet into an ONNX graph.
 *
 * @returns bytes of a model with the input `chips` uint8 [n, rows, columns, 3] (RGB) and the outputs `embeddings`
 * float32 [n, d] and `features` float32 [n, f]
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the layers are not in a ResNet's order
 * @remarks Pixel normalisation and affine layers are folded into the convolutions.
 */
export function convertEmbedder(
  network: DlibNetwork,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (network.loss.kind !== 'metric' || network.input.kind !== 'sized') {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      'The dlib network is no face embedder (loss_metric expected)',
    );
  }
  return new EmbedderGraph(network).build(metadata);
}

class EmbedderGraph {
  readonly #graph = new GraphBuilder('face-embedder');
  readonly #network: DlibNetwork;
  #next = 0;

  constructor(network: DlibNetwork) {
    this.#network = network;
  }

  build(metadata: Readonly<Record<string, string>>): Uint8Array {
    const { rows, columns } = this.#network.input;
    this.#graph.input(EMBEDDER_INPUT, 'uint8', ['n', rows, columns, 3]);
    const floats = this.#graph.node('Cast', [EMBEDDER_INPUT], { to: 1 });
    const planes = this.#graph.node('Transpose', [floats], { perm: [0, 3, 1, 2] });
    let tensor = this.#stem({ name: planes, channels: 3, rows, columns });
    while (this.#peek()?.kind === 'con') tensor = this.#residualBlock(tensor);
    this.#head(tensor);
    return this.#graph.toModel({ metadata });
  }

  #stem(input: Tensor): Tensor {
    const conv = foldInput(foldAffine(this.#take('con'), this.#take('affine')), this.#network.input);
    let tensor = this.#relu(this.#conv(input, conv));
    if (this.#peek()?.kind === 'max_pool') tensor = this.#pool(tensor, this.#take('max_pool'));
    return tensor;
  }

  /** conv, affine, relu, conv, affine, [2x2 average pool of the skip], add, relu. */
  #residualBlock(input: Tensor): Tensor {
    const first = this.#relu(this.#conv(input, foldAffine(this.#take('con'), this.#take('affine'))), true);
    const branch = this.#conv(first, foldAffine(this.#take('con'), this.#take('affine')));
    const skip = this.#peek()?.kind === 'avg_pool' ? this.#pool(input, this.#take('avg_pool')) : input;
    this.#take('add_prev');
    return this.#relu(this.#add(branch, skip), true);
  }

  #head(input: Tensor): void {
    const pool = this.#take('avg_pool');
    if (pool.rows !== 0 || pool.columns !== 0) throw unexpected('a global average pool', 'a windowed one');
    const fc = this.#take('fc');
    if (fc.inputs !== input.channels || this.#peek() !== undefined)
      throw unexpected('the last layer', 'more layers');
    const pooled = this.#graph.node('GlobalAveragePool', [input.name]);
    this.#graph.node('Flatten', [pooled], { axis: 1 }, { outputs: [EMBEDDER_FEATURES] });
    const weights = this.#constant([fc.inputs, fc.outputs], fc.weights);
    const inputs = [EMBEDDER_FEATURES, weights];
    if (fc.biases.length > 0) inputs.push(this.#constant([fc.outputs], fc.biases));
    this.#graph.node('Gemm', inputs, {}, { outputs: [EMBEDDER_OUTPUT] });
    this.#graph.output(EMBEDDER_OUTPUT, 'float32', ['n', fc.outputs]);
    this.#graph.output(EMBEDDER_FEATURES, 'float32', ['n', fc.inputs]);
  }

  #conv(input: Tensor, conv: ConvLayer): Tensor {
    if (conv.inputs !== input.channels) throw unexpected(`${input.channels} channels`, `${conv.inputs}`);
    const rows = windowCount(input.rows, conv.rows, conv.strideY, conv.paddingY);
    const columns = windowCount(input.columns, conv.columns, conv.strideX, conv.paddingX);
    const weights = this.#constant([conv.filters, conv.inputs, conv.rows, conv.columns], conv.weights);
    const biases = this.#constant([conv.filters], conv.biases);
    const name = this.#graph.node('Conv', [input.name, weights, biases], convAttributes(conv));
    return { name, channels: conv.filters, rows, columns };
  }

  #pool(input: Tensor, pool: PoolLayer): Tensor {
    const rows = windowCount(input.rows, pool.rows, pool.strideY, pool.paddingY);
    const columns = windowCount(input.columns, pool.columns, pool.strideX, pool.paddingX);
    if (pool.paddingX !== 0 || pool.paddingY !== 0)
      throw unexpected('a pool without padding', 'a padded one');
    const name = this.#graph.node(pool.kind === 'max_pool' ? 'MaxPool' : 'AveragePool', [input.name], {
      kernel_shape: [pool.rows, pool.columns],
      strides: [pool.strideY, pool.strideX],
    });
    return { name, channels: input.channels, rows, columns };
  }

  /** dlib's add: the smaller tensor counts as zero where it has no channel, row or column. */
  #add(a: Tensor, b: Tensor): Tensor {
    const channels = Math.max(a.channels, b.channels);
    const rows = Math.max(a.rows, b.rows);
    const columns = Math.max(a.columns, b.columns);
    const size = { channels, rows, columns };
    const name = this.#graph.node('Add', [this.#padTo(a, size), this.#padTo(b, size)]);
    return { name, ...size };
  }

  #padTo(tensor: Tensor, size: Omit<Tensor, 'name'>): string {
    const pads = [size.channels - tensor.channels, size.rows - tensor.rows, size.columns - tensor.columns];
    if (pads.every((pad) => pad === 0)) return tensor.name;
    const amounts = BigInt64Array.from([0, 0, 0, 0, 0, ...pads].map(BigInt));
    const name = this.#graph.initializer(this.#constantName(), { type: 'int64', dims: [8], data: amounts });
    return this.#graph.node('Pad', [tensor.name, name]);
  }

  #relu(tensor: Tensor, required = false): Tensor {
    if (required || this.#peek()?.kind === 'relu') this.#take('relu');
    else return tensor;
    return { ...tensor, name: this.#graph.node('Relu', [tensor.name]) };
  }

  #constants = 0;

  #constantName(): string {
    this.#constants += 1;
    return `constant_${this.#constants}`;
  }

  #constant(dims: readonly number[], data: Float32Array): string {
    return this.#graph.initializer(this.#constantName(), { type: 'float32', dims, data });
  }

  #peek(): Layer | undefined {
    return this.#network.layers[this.#next];
  }

  #take<K extends Layer['kind']>(kind: K): Extract<Layer, { kind: K }> {
    const layer = this.#peek();
    if (layer === undefined || layer.kind !== kind)
      throw unexpected(`a ${kind} layer`, layer?.kind ?? 'the end');
    this.#next += 1;
    return layer as Extract<Layer, { kind: K }>;
  }
}

/** One convolution that does the work of a convolution and the affine layer after it. */
export function foldAffine(conv: ConvLayer, affine: AffineLayer): ConvLayer {
  if (affine.gamma.length !== conv.filters)
    throw unexpected(`${conv.filters} gammas`, `${affine.gamma.length}`);
  const size = conv.weights.length / conv.filters;
  const weights = conv.weights.map((weight, i) => weight * affine.gamma[Math.floor(i / size)]!);
  const biases = conv.biases.map((bias, i) => bias * affine.gamma[i]! + affine.beta[i]!);
  return { ...conv, weights, biases };
}

/**
 * One convolution on raw pixels that does the work of (value - average) / 256 before it.
 *
 * @remarks Exact only because the convolution has no padding: a padded zero would stand for a black pixel.
 */
export function foldInput(conv: ConvLayer, input: InputLayer): ConvLayer {
  if (conv.paddingX !== 0 || conv.paddingY !== 0)
    throw unexpected('a first layer without padding', 'a padded one');
  const plane = conv.rows * conv.columns;
  const biases = Float64Array.from(conv.biases);
  const weights = conv.weights.map((weight, i) => {
    const filter = Math.floor(i / (plane * conv.inputs));
    const channel = Math.floor(i / plane) % conv.inputs;
    biases[filter] = biases[filter]! - (weight * input.averages[channel]!) / 256;
    return weight / 256;
  });
  return { ...conv, weights, biases: Float32Array.from(biases) };
}

export function convAttributes(conv: ConvLayer) {
  return {
    kernel_shape: [conv.rows, conv.columns],
    strides: [conv.strideY, conv.strideX],
    pads: [conv.paddingY, conv.paddingX, conv.paddingY, conv.paddingX],
  };
}

function windowCount(size: number, window: number, stride: number, padding: number): number {
  const count = 1 + Math.floor((size + 2 * padding - window) / stride);
  if (!(count >= 1)) throw unexpected('a window that fits', `${window} on ${size}`);
  return count;
}

function unexpected(expected: string, found: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `The dlib network has an unknown shape: expected ${expected}, found ${found}`,
  );
}
