import { DatReader, type DlibTensor } from './dat-reader.ts';

export interface ConvLayer {
  readonly kind: 'con';
  readonly filters: number;
  readonly inputs: number;
  readonly rows: number;
  readonly columns: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly paddingY: number;
  readonly paddingX: number;
  /** [filters][inputs][rows][columns] */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** y = gamma * x + beta for each channel; a batch normalization is read as the affine layer it is at run time. */
export interface AffineLayer {
  readonly kind: 'affine';
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

export interface PoolLayer<K extends 'max_pool' | 'avg_pool' = 'max_pool' | 'avg_pool'> {
  readonly kind: K;
  /** 0 means the whole input. */
  readonly rows: number;
  readonly columns: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

export interface FullyConnectedLayer {
  readonly kind: 'fc';
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs][outputs] */
  readonly weights: Float32Array;
  /** Empty when the layer has none. */
  readonly biases: Float32Array;
}

export type Layer =
  | ConvLayer
  | AffineLayer
  | PoolLayer<'max_pool'>
  | PoolLayer<'avg_pool'>
  | FullyConnectedLayer
  | { readonly kind: 'relu' }
  | { readonly kind: 'add_prev' };

/** How pixels become the network's input: (value - average) / 256 for each of r, g, b. */
export interface InputLayer {
  readonly kind: 'sized' | 'pyramid';
  readonly averages: readonly [r: number, g: number, b: number];
  /** 0 when any size goes. */
  readonly rows: number;
  readonly columns: number;
}

/** The sliding window detector's settings that its loss layer keeps. */
export interface MmodOptions {
  readonly windows: readonly { readonly width: number; readonly height: number; readonly label: string }[];
  readonly nmsIou: number;
  readonly nmsPercentCovered: number;
}

export interface DlibNetwork {
  readonly loss: { readonly kind: 'metric' } | { readonly kind: 'mmod'; readonly options: MmodOptions };
  readonly input: InputLayer;
  /** Innermost (next to the input) first. Tags and skips leave no trace in the file. */
  readonly layers: readonly Layer[];
}

const VERSION_TAG = 1;
const VERSION_LAYER = 2;
const VERSION_INNERMOST = 3;
const MAX_LAYERS = 10_000;

/**
 * Reads a network that dlib's `serialize` wrote: dlib's face embedder and face detector, or a user's own of the
 * same make.
 *
 * @param bytes - the whole .dat file
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if it is cut, altered or of layers that are not known
 * @remarks Format: dlib/dnn/core.h, layers.h, loss.h and input.h of dlib 19.24.
 */
export function readDlibNetwork(bytes: Uint8Array): DlibNetwork {
  const reader = new DatReader(bytes);
  const loss = readLoss(reader);
  const layerCount = readChain(reader);
  const input = readInput(reader);
  const layers: Layer[] = [];
  for (let i = 0; i < layerCount; i++) {
    layers.push(readLayer(reader));
    skipLayerState(reader, i === 0);
  }
  reader.expectEnd();
  return { loss, input, layers };
}

function readLoss(reader: DatReader): DlibNetwork['loss'] {
  reader.expectInteger(1, 'loss layer version');
  const name = reader.string();
  if (name === 'loss_metric_') return { kind: 'metric' };
  if (name === 'loss_metric_2') {
    reader.float();
    reader.float();
    return { kind: 'metric' };
  }
  if (name === 'loss_mmod_') return { kind: 'mmod', options: readMmodOptions(reader) };
  throw reader.error(`a network with the unknown loss "${printable(name)}"`);
}

function readMmodOptions(reader: DatReader): MmodOptions {
  const version = reader.integer();
  if (version < 1 || version > 4) throw reader.error(`detector settings of unknown version ${version}`);
  const windows = version === 1 ? [readWindow(reader)] : readLabeledWindows(reader);
  reader.float(); // loss per false alarm
  reader.float(); // loss per missed target
  reader.float(); // truth match IoU
  const nmsIou = reader.float();
  const nmsPercentCovered = reader.float();
  reader.float(); // overlap IoU for ignoring
  reader.float(); // percent covered for ignoring
  if (version >= 3) reader.integer(); // assume_image_pyramid
  if (version >= 4) {
    if (reader.bool()) throw reader.error('a detector with bounding box regression, which is not supported');
    reader.float();
  }
  if (windows.length === 0) throw reader.error('a detector without a window');
  return { windows, nmsIou, nmsPercentCovered };
}

function readLabeledWindows(reader: DatReader) {
  const count = reader.count(4);
  return Array.from({ length: count }, () => {
    reader.expectInteger(1, 'window version');
    const window = readWindow(reader);
    return { ...window, label: reader.string() };
  });
}

function readWindow(reader: DatReader) {
  const width = reader.integer();
  const height = reader.integer();
  if (width < 1 || height < 1 || width > 10_000 || height > 10_000)
    throw reader.error('an absurd window size');
  return { width, height, label: '' };
}

/** Counts the layers that have a body. */
function readChain(reader: DatReader): number {
  let count = 0;
  for (let i = 0; i < MAX_LAYERS; i++) {
    const version = reader.integer();
    if (version === VERSION_TAG) continue;
    if (version !== VERSION_LAYER && version !== VERSION_INNERMOST) {
      throw reader.error(`a layer of unknown version ${version}`);
    }
    count += 1;
    if (version === VERSION_INNERMOST) return count;
  }
  throw reader.error('a network without end');
}

function readInput(reader: DatReader): InputLayer {
  const name = reader.string();
  const averages = [reader.float(), reader.float(), reader.float()] as const;
  if (name === 'input_rgb_image_sized') {
    const rows = reader.integer();
    const columns = reader.integer();
    if (rows < 1 || columns < 1 || rows > 10_000 || columns > 10_000)
      throw reader.error('an absurd input size');
    return { kind: 'sized', averages, rows, columns };
  }
  if (name === 'input_rgb_image_pyramid') return { kind: 'pyramid', averages, rows: 0, columns: 0 };
  if (name === 'input_rgb_image_pyramid2') {
    reader.integer(); // padding
    reader.integer(); // outer padding
    return { kind: 'pyramid', averages, rows: 0, columns: 0 };
  }
  throw reader.error(`the unknown input layer "${printable(name)}"`);
}

function readLayer(reader: DatReader): Layer {
  const name = reader.string();
  if (name === 'con_4' || name === 'con_5' || name === 'con_6')
    return readConv(reader, Number(name.slice(4)));
  if (name === 'affine_' || name === 'affine_2') return readAffine(reader, name === 'affine_2');
  if (name === 'bn_con2') return readBatchNorm(reader);
  if (name === 'relu_') return { kind: 'relu' };
  if (name === 'add_prev_') return { kind: 'add_prev' };
  if (name === 'max_pool_2') return readPool(reader, 'max_pool');
  if (name === 'avg_pool_2') return readPool(reader, 'avg_pool');
  if (name === 'fc_2' || name === 'fc_3') return readFullyConnected(reader, name === 'fc_3');
  throw reader.error(`the unknown layer "${printable(name)}"`);
}

function readConv(reader: DatReader, version: number): ConvLayer {
  const params = reader.tensor();
  const filters = reader.integer();
  const rows = reader.integer();
  const columns = reader.integer();
  const strideY = reader.integer();
  const strideX = reader.integer();
  const paddingY = reader.integer();
  const paddingX = reader.integer();
  const weightDims = reader.aliasTensor();
  const biasDims = reader.aliasTensor();
  skipFloats(reader, 4);
  const hasBias = version >= 5 ? reader.bool() : true;
  if (version >= 6 && reader.bool())
    throw reader.error('a convolution with a built-in relu, which is not supported');
  const inputs = weightDims[1];
  const weightCount = filters * inputs * rows * columns;
  const sane =
    weightDims[0] === filters &&
    weightDims[2] === rows &&
    weightDims[3] === columns &&
    [filters, inputs, rows, columns, strideY, strideX].every((size) => size >= 1) &&
    strideY <= rows &&
    strideX <= columns &&
    paddingY >= 0 &&
    paddingX >= 0 &&
    paddingY < rows &&
    paddingX < columns &&
    (!hasBias || biasDims[1] === filters) &&
    params.data.length === weightCount + (hasBias ? filters : 0);
  if (!sane) throw reader.error('a convolution whose sizes do not agree');
  const weights = params.data.subarray(0, weightCount);
  const biases = hasBias ? params.data.subarray(weightCount) : new Float32Array(filters);
  return {
    kind: 'con',
    filters,
    inputs,
    rows,
    columns,
    strideY,
    strideX,
    paddingY,
    paddingX,
    weights,
    biases,
  };
}

function readAffine(reader: DatReader, hasDisabledFlag: boolean): AffineLayer {
  const params = reader.tensor();
  reader.aliasTensor();
  reader.aliasTensor();
  reader.integer(); // mode
  if (hasDisabledFlag && reader.bool()) throw reader.error('a disabled affine layer, which is not supported');
  return splitAffine(reader, params);
}

function readBatchNorm(reader: DatReader): AffineLayer {
  const params = reader.tensor();
  reader.aliasTensor();
  reader.aliasTensor();
  reader.tensor(); // means of the last training batch
  reader.tensor(); // inverse deviations of the last training batch
  const means = reader.tensor().data;
  const variances = reader.tensor().data;
  reader.integer(); // number of updates
  reader.integer(); // running statistics window
  skipFloats(reader, 4);
  const epsilon = reader.float();
  const { gamma, beta } = splitAffine(reader, params);
  if (means.length !== gamma.length || variances.length !== gamma.length) {
    throw reader.error('a batch normalization whose sizes do not agree');
  }
  for (let i = 0; i < gamma.length; i++) {
    const deviation = Math.sqrt(variances[i]! + epsilon);
    gamma[i] = gamma[i]! / deviation;
    beta[i] = beta[i]! - gamma[i]! * means[i]!;
  }
  return { kind: 'affine', gamma, beta };
}

function splitAffine(reader: DatReader, params: DlibTensor): AffineLayer {
  const half = params.data.length / 2;
  if (!Number.isInteger(half) || half === 0) throw reader.error('an affine layer of odd size');
  return { kind: 'affine', gamma: params.data.slice(0, half), beta: params.data.slice(half) };
}

function readPool<K extends PoolLayer['kind']>(reader: DatReader, kind: K): PoolLayer<K> {
  const [rows, columns, strideY, strideX, paddingY, paddingX] = Array.from({ length: 6 }, () =>
    reader.integer(),
  );
  const sizes = [rows!, columns!, strideY!, strideX!, paddingY!, paddingX!];
  const isSane = sizes.every((size) => size >= 0 && size <= 1000) && strideY! >= 1 && strideX! >= 1;
  if (!isSane) throw reader.error('a pooling layer of absurd size');
  return {
    kind,
    rows: rows!,
    columns: columns!,
    strideY: strideY!,
    strideX: strideX!,
    paddingY: paddingY!,
    paddingX: paddingX!,
  };
}

function readFullyConnected(reader: DatReader, hasBiasFlag: boolean): FullyConnectedLayer {
  const outputs = reader.integer();
  const inputs = reader.integer();
  const params = reader.tensor();
  reader.aliasTensor();
  reader.aliasTensor();
  const hasBias = reader.integer() === 0; // mode: FC_HAS_BIAS = 0, FC_NO_BIAS = 1
  skipFloats(reader, 4);
  if (hasBiasFlag) reader.bool();
  const weightCount = inputs * outputs;
  if (inputs < 1 || outputs < 1 || params.data.length !== weightCount + (hasBias ? outputs : 0)) {
    throw reader.error('a fully connected layer whose sizes do not agree');
  }
  const weights = params.data.subarray(0, weightCount);
  return { kind: 'fc', inputs, outputs, weights, biases: params.data.subarray(weightCount) };
}

function skipLayerState(reader: DatReader, isInnermost: boolean): void {
  for (let i = 0; i < 3; i++) reader.bool();
  reader.tensor();
  reader.tensor();
  reader.tensor();
  if (isInnermost) reader.integer();
}

function skipFloats(reader: DatReader, count: number): void {
  for (let i = 0; i < count; i++) reader.float();
}

function printable(name: string): string {
  return name.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
}
