import type { ConvLayer, PoolLayer } from './dlib/network.ts';
import { unexpected } from './fold-layers.ts';

/** A value inside the embedder's graph, [n, channels, rows, columns]. */
export interface LayerValue {
  readonly name: string;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** How the embedder's layers are written into a graph: in floats, or quantized. */
export interface EmbedderLayers<T extends LayerValue> {
  /** The first convolution, which takes the pixels of the graph's input. */
  stem(input: LayerValue, conv: ConvLayer, options: { readonly hasRelu: boolean }): T;
  conv(input: T, conv: ConvLayer, options: { readonly hasRelu: boolean }): T;
  pool(input: T, pool: PoolLayer): T;
  /** dlib's sum, where the smaller value counts as zero outside itself; then a relu. */
  addRelu(a: T, b: T): T;
  /** @returns name of the mean over rows and columns, float32 [n, channels, 1, 1] */
  globalAverage(input: T): string;
}

/** Size of what a convolution makes. */
export function convSize(input: Omit<LayerValue, 'name'>, conv: ConvLayer): Omit<LayerValue, 'name'> {
  if (conv.inputs !== input.channels) throw unexpected(`${input.channels} channels`, `${conv.inputs}`);
  return {
    channels: conv.filters,
    rows: windowCount(input.rows, conv.rows, conv.strideY, conv.paddingY),
    columns: windowCount(input.columns, conv.columns, conv.strideX, conv.paddingX),
  };
}

/** Size of what a pool makes. */
export function poolSize(input: LayerValue, pool: PoolLayer): Omit<LayerValue, 'name'> {
  if (pool.paddingX !== 0 || pool.paddingY !== 0) throw unexpected('a pool without padding', 'a padded one');
  return {
    channels: input.channels,
    rows: windowCount(input.rows, pool.rows, pool.strideY, pool.paddingY),
    columns: windowCount(input.columns, pool.columns, pool.strideX, pool.paddingX),
  };
}

/** Size of the sum of two values, and how much each lacks: ONNX's pads, or `null` where nothing. */
export function sumSize(a: LayerValue, b: LayerValue) {
  const size = {
    channels: Math.max(a.channels, b.channels),
    rows: Math.max(a.rows, b.rows),
    columns: Math.max(a.columns, b.columns),
  };
  const padsOf = (value: LayerValue) => {
    const pads = [size.channels - value.channels, size.rows - value.rows, size.columns - value.columns];
    return pads.every((pad) => pad === 0) ? null : BigInt64Array.from([0, 0, 0, 0, 0, ...pads].map(BigInt));
  };
  return { size, pads: [padsOf(a), padsOf(b)] as const };
}

function windowCount(size: number, window: number, stride: number, padding: number): number {
  const count = 1 + Math.floor((size + 2 * padding - window) / stride);
  if (!(count >= 1)) throw unexpected('a window that fits', `${window} on ${size}`);
  return count;
}
