import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { ConvLayer, PoolLayer } from './dlib/network.ts';
import { convSize, type EmbedderLayers, type LayerValue, poolSize, sumSize } from './embedder-layers.ts';
import { convAttributes } from './fold-layers.ts';

/** The embedder's layers in float32, as dlib computes them. */
export class FloatLayers implements EmbedderLayers<LayerValue> {
  readonly #graph: GraphBuilder;
  readonly #observe: (name: string) => void;
  #constants = 0;

  /** @param observe - called for each value that the quantized layers would round, in their order */
  constructor(graph: GraphBuilder, observe: (name: string) => void = () => {}) {
    this.#graph = graph;
    this.#observe = observe;
  }

  stem(input: LayerValue, conv: ConvLayer, options: { readonly hasRelu: boolean }): LayerValue {
    const floats = this.#graph.node('Cast', [input.name], { to: 1 });
    const name = this.#graph.node('Transpose', [floats], { perm: [0, 3, 1, 2] });
    return this.conv({ ...input, name }, conv, options);
  }

  conv(input: LayerValue, conv: ConvLayer, { hasRelu }: { readonly hasRelu: boolean }): LayerValue {
    const size = convSize(input, conv);
    const weights = this.#constant([conv.filters, conv.inputs, conv.rows, conv.columns], conv.weights);
    const biases = this.#constant([conv.filters], conv.biases);
    const sums = this.#graph.node('Conv', [input.name, weights, biases], convAttributes(conv));
    const name = hasRelu ? this.#graph.node('Relu', [sums]) : sums;
    this.#observe(name);
    return { name, ...size };
  }

  pool(input: LayerValue, pool: PoolLayer): LayerValue {
    const size = poolSize(input, pool);
    const name = this.#graph.node(pool.kind === 'max_pool' ? 'MaxPool' : 'AveragePool', [input.name], {
      kernel_shape: [pool.rows, pool.columns],
      strides: [pool.strideY, pool.strideX],
    });
    return { name, ...size };
  }

  addRelu(a: LayerValue, b: LayerValue): LayerValue {
    const { size, pads } = sumSize(a, b);
    const sum = this.#graph.node('Add', [this.#padded(a, pads[0]), this.#padded(b, pads[1])]);
    const name = this.#graph.node('Relu', [sum]);
    this.#observe(name);
    return { name, ...size };
  }

  globalAverage(input: LayerValue): string {
    return this.#graph.node('GlobalAveragePool', [input.name]);
  }

  #padded({ name }: LayerValue, pads: BigInt64Array | null): string {
    if (pads === null) return name;
    const amounts = this.#graph.initializer(this.#name(), { type: 'int64', dims: [8], data: pads });
    return this.#graph.node('Pad', [name, amounts]);
  }

  #constant(dims: readonly number[], data: Float32Array): string {
    return this.#graph.initializer(this.#name(), { type: 'float32', dims, data });
  }

  #name(): string {
    this.#constants += 1;
    return `constant_${this.#constants}`;
  }
}
