import type { EmbedderIdentity } from '../../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { readModelInfo } from '../../onnx/read-model-info.ts';
import { BlockModel } from './block-model.ts';
import type { Convolution, MapSize } from './convolution.ts';
import type { EmbeddingHead } from './embedding-head.ts';
import type { ResidualBlock } from './residual-block.ts';

/** Names of the inputs, of which a head file has one, and of the output. */
export const HEAD_TENSORS = {
  features: 'features',
  activations: 'activations',
  embeddings: 'embeddings',
} as const;

const METADATA = {
  format: 'face_trigger.head_format',
  backbone: 'face_trigger.backbone',
  backboneSha256: 'face_trigger.backbone_sha256',
  scale: 'face_trigger.scale',
  blocks: 'face_trigger.blocks',
  training: 'face_trigger.training',
} as const;
const FORMAT = '1';
/** Largest head that is read, in bytes: 4096 hidden neurons on 4096 features take a tenth of it. */
export const MAX_HEAD_BYTES = 512 * 1024 * 1024;

/** More blocks than any network here has. */
const MAX_BLOCKS = 100;

/** What a head file says of itself. */
export interface HeadFacts {
  /** The network whose end it replaces. */
  readonly backbone: EmbedderIdentity;
  /** Residual blocks of the network that it replaces; 0: it takes the features, else the activations before these. */
  readonly blocks: number;
  /** Shape of what it takes of one face: [features], or [channels, rows, columns]. */
  readonly inputShape: readonly number[];
  /** Numbers in an embedding. */
  readonly dimension: number;
  /** Length of every embedding. */
  readonly scale: number;
  /** How it came about, as it was when it was written. */
  readonly training: Readonly<Record<string, unknown>>;
}

/**
 * Writes the learned end of a network as an ONNX model: input `features` float32 [n, f] for a head alone, `activations`
 * float32 [n, channels, rows, columns] for blocks with a head; output `embeddings` float32 [n, d], each of length
 * `facts.scale`.
 */
export function encodeHead(
  model: EmbeddingHead | BlockModel,
  facts: Pick<HeadFacts, 'backbone' | 'scale' | 'training'>,
): Uint8Array {
  const graph = new GraphBuilder('embedding-head');
  const head = model instanceof BlockModel ? model.head : model;
  const blocks = model instanceof BlockModel ? model.blocks : [];
  const features =
    model instanceof BlockModel
      ? addBlocks(graph, model)
      : graph.input(HEAD_TENSORS.features, 'float32', ['n', head.inputs]);
  const unit = graph.node('LpNormalization', [addHead(graph, features, head)], { axis: 1, p: 2 });
  const scale = constant(graph, 'scale', [1], [facts.scale]);
  graph.node('Mul', [unit, scale], {}, { outputs: [HEAD_TENSORS.embeddings] });
  graph.output(HEAD_TENSORS.embeddings, 'float32', ['n', head.outputs]);
  return graph.toModel({
    metadata: {
      [METADATA.format]: FORMAT,
      [METADATA.backbone]: facts.backbone.id,
      [METADATA.backboneSha256]: facts.backbone.sha256,
      [METADATA.scale]: String(facts.scale),
      [METADATA.blocks]: String(blocks.length),
      [METADATA.training]: JSON.stringify(facts.training),
    },
  });
}

function addHead(graph: GraphBuilder, features: string, head: EmbeddingHead): string {
  const { inputs, outputs, hidden } = head;
  const weights = constant(graph, 'weights', [inputs, outputs], head.weights);
  const biases = constant(graph, 'biases', [outputs], head.biases);
  const sum = graph.node('Gemm', [features, weights, biases]);
  if (hidden === 0) return sum;
  const hiddenWeights = constant(graph, 'hidden_weights', [inputs, hidden], head.hiddenWeights);
  const hiddenBiases = constant(graph, 'hidden_biases', [hidden], head.hiddenBiases);
  const neurons = graph.node('Relu', [graph.node('Gemm', [features, hiddenWeights, hiddenBiases])]);
  const outputsOfHidden = constant(graph, 'hidden_outputs', [hidden, outputs], head.hiddenOutputs);
  return graph.node('Add', [sum, graph.node('MatMul', [neurons, outputsOfHidden])]);
}

function addBlocks(graph: GraphBuilder, { input, blocks }: BlockModel): string {
  const shape = ['n', input.channels, input.rows, input.columns];
  let value = graph.input(HEAD_TENSORS.activations, 'float32', shape);
  for (const [i, block] of blocks.entries()) value = addBlock(graph, value, { block, name: `block_${i}` });
  return graph.node('Flatten', [graph.node('GlobalAveragePool', [value])], { axis: 1 });
}

function addBlock(
  graph: GraphBuilder,
  input: string,
  { block, name }: { block: ResidualBlock; name: string },
) {
  const { first, second, pool, output } = block;
  const inner = graph.node('Relu', [addConvolution(graph, input, { layer: first, name: `${name}_first` })]);
  const branch = addConvolution(graph, inner, { layer: second, name: `${name}_second` });
  const skip =
    pool === null
      ? input
      : graph.node('AveragePool', [input], {
          kernel_shape: [pool.size, pool.size],
          strides: [pool.stride, pool.stride],
        });
  const padded = [
    addPadding(graph, branch, { from: second.output, to: output, name: `${name}_branch_pads` }),
    addPadding(graph, skip, { from: block.skip, to: output, name: `${name}_skip_pads` }),
  ];
  return graph.node('Relu', [graph.node('Add', padded)]);
}

function addConvolution(
  graph: GraphBuilder,
  input: string,
  of: { layer: Convolution; name: string },
): string {
  const { filters, inputs, kernel, stride, padding, weights, biases } = of.layer.toWeights();
  const constants = [
    constant(graph, `${of.name}_weights`, [filters, inputs, ...kernel], weights),
    constant(graph, `${of.name}_biases`, [filters], biases),
  ];
  const attributes = { kernel_shape: kernel, strides: stride, pads: [...padding, ...padding] };
  return graph.node('Conv', [input, ...constants], attributes);
}

function addPadding(
  graph: GraphBuilder,
  value: string,
  { from, to, name }: { readonly from: MapSize; readonly to: MapSize; readonly name: string },
): string {
  const pads = [to.channels - from.channels, to.rows - from.rows, to.columns - from.columns];
  if (pads.every((pad) => pad === 0)) return value;
  const data = BigInt64Array.from([0, 0, 0, 0, 0, ...pads].map(BigInt));
  return graph.node('Pad', [value, graph.initializer(name, { type: 'int64', dims: [8], data })]);
}

function constant(
  graph: GraphBuilder,
  name: string,
  dims: readonly number[],
  data: ArrayLike<number>,
): string {
  return graph.initializer(name, { type: 'float32', dims, data: Float32Array.from(data) });
}

/**
 * Looks at a head file without running it.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if it is no head that {@link encodeHead} wrote
 */
export function inspectHead(bytes: Uint8Array): HeadFacts {
  const { inputs, outputs, metadata, hasExternalData } = readModelInfo(bytes);
  const [input] = inputs;
  const [output] = outputs;
  const inputShape = (input?.shape ?? []).slice(1).map(Number);
  const [, dimension] = output?.shape ?? [];
  const blocks = Number(metadata.get(METADATA.blocks) ?? 0);
  const sha256 = metadata.get(METADATA.backboneSha256) ?? '';
  const scale = Number(metadata.get(METADATA.scale));
  const training = parseObject(metadata.get(METADATA.training));
  const fits =
    metadata.get(METADATA.format) === FORMAT &&
    !hasExternalData &&
    inputs.length === 1 &&
    outputs.length === 1 &&
    (blocks === 0
      ? input?.name === HEAD_TENSORS.features && inputShape.length === 1
      : input?.name === HEAD_TENSORS.activations && inputShape.length === 3) &&
    Number.isInteger(blocks) &&
    blocks >= 0 &&
    blocks <= MAX_BLOCKS &&
    output?.name === HEAD_TENSORS.embeddings &&
    inputShape.every((size) => Number.isInteger(size) && size >= 1) &&
    typeof dimension === 'number' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    scale > 0 &&
    Number.isFinite(scale) &&
    training !== null;
  if (!fits) {
    const names = { inputs: inputs.map(({ name }) => name), outputs: outputs.map(({ name }) => name) };
    const message = expectation('an embedding head of format 1', 'the model', names);
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const backbone = { id: metadata.get(METADATA.backbone) ?? '', sha256 };
  return { backbone, blocks, inputShape, dimension, scale, training };
}

function parseObject(text = ''): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
