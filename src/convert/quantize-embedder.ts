import { EMBEDDER_INPUT } from '../models/dlib/embedder/embedder-format.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { writeEmbedder } from './convert-embedder.ts';
import type { ConvLayer, DlibNetwork, PoolLayer } from './dlib/network.ts';
import { convSize, type EmbedderLayers, type LayerValue, poolSize, sumSize } from './embedder-layers.ts';
import { foldBlocks } from './fold-layers.ts';
import { type ActivationRange, BYTE_OPERATORS, type ByteValue, Int8Graph } from './int8-graph.ts';

/**
 * Turns dlib's face embedding ResNet into a quantized ONNX graph.
 *
 * @param ranges - of each value that is rounded to bytes, as `scripts/calibrate.mjs` finds them
 * @returns bytes of a model with the inputs and outputs of {@link convertEmbedder}'s
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the layers are not in a ResNet's order
 */
export function quantizeEmbedder(
  network: DlibNetwork,
  ranges: readonly ActivationRange[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new GraphBuilder('face-embedder-int8');
  writeEmbedder(graph, network, new Int8Layers(graph, ranges));
  return graph.toModel({ metadata, domains: { [BYTE_OPERATORS]: 1 } });
}

type ByteLayer = LayerValue & ByteValue;

class Int8Layers implements EmbedderLayers<ByteLayer> {
  readonly #builder: GraphBuilder;
  readonly #graph: Int8Graph;

  constructor(builder: GraphBuilder, ranges: readonly ActivationRange[]) {
    this.#builder = builder;
    this.#graph = new Int8Graph(builder, ranges);
  }

  stem(input: LayerValue, conv: ConvLayer, options: { readonly hasRelu: boolean }): ByteLayer {
    const rows = Math.floor(input.rows / 2);
    const columns = Math.floor(input.columns / 2);
    // 2 x 2 pixels, of which two lie side by side in memory.
    const pairs = this.#reshape(EMBEDDER_INPUT, [-1, rows, 2, columns, 2 * input.channels]);
    const blocks = this.#builder.node('Transpose', [pairs], { perm: [0, 1, 3, 2, 4] });
    const name = this.#reshape(blocks, [-1, rows, columns, 4 * input.channels]);
    const pixels = { ...this.#graph.planes(name, 1), channels: 4 * input.channels, rows, columns };
    return this.conv(pixels, foldBlocks(conv), options);
  }

  conv(input: ByteLayer, conv: ConvLayer, options: { readonly hasRelu: boolean }): ByteLayer {
    return { ...convSize(input, conv), ...this.#graph.conv(input, conv, options) };
  }

  pool(input: ByteLayer, pool: PoolLayer): ByteLayer {
    const size = poolSize(input, pool);
    const attributes = { kernel_shape: [pool.rows, pool.columns], strides: [pool.strideY, pool.strideX] };
    if (pool.kind === 'avg_pool') return { ...this.#graph.averagePool(input, attributes), ...size };
    return { ...input, name: this.#builder.node('MaxPool', [input.name], attributes), ...size };
  }

  addRelu(a: ByteLayer, b: ByteLayer): ByteLayer {
    const { size, pads } = sumSize(a, b);
    const padded = (value: ByteLayer, amounts: BigInt64Array | null) =>
      amounts === null ? value : this.#graph.pad(value, amounts);
    return { ...this.#graph.addRelu(padded(a, pads[0]), padded(b, pads[1])), ...size };
  }

  globalAverage(input: ByteLayer): string {
    return this.#builder.node('GlobalAveragePool', [this.#graph.floats(input)]);
  }

  #reshape(name: string, dims: readonly number[]): string {
    const data = BigInt64Array.from(dims.map(BigInt));
    const shape = this.#builder.initializer(`shape_${dims.length}`, {
      type: 'int64',
      dims: [dims.length],
      data,
    });
    return this.#builder.node('Reshape', [name, shape]);
  }
}
