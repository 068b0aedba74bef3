import type { EmbedderIdentity } from '../classify/classifier-file.ts';
import { expectation, FaceTriggerError } from '../errors.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import type { EmbeddingHead } from './embedding-head.ts';

/** Names of the input and output of a head file. */
export const HEAD_TENSORS = { features: 'features', embeddings: 'embeddings' } as const;

const METADATA = {
  format: 'face_trigger.head_format',
  backbone: 'face_trigger.backbone',
  backboneSha256: 'face_trigger.backbone_sha256',
  scale: 'face_trigger.scale',
  training: 'face_trigger.training',
} as const;
const FORMAT = '1';
/** Largest head that is read, in bytes: 4096 hidden neurons on 4096 features take a tenth of it. */
export const MAX_HEAD_BYTES = 512 * 1024 * 1024;

/** What a head file says of itself. */
export interface HeadFacts {
  /** The network whose features it takes. */
  readonly backbone: EmbedderIdentity;
  readonly inputs: number;
  /** Numbers in an embedding. */
  readonly dimension: number;
  /** Length of every embedding. */
  readonly scale: number;
  /** How it came about, as it was when it was written. */
  readonly training: Readonly<Record<string, unknown>>;
}

/**
 * Writes a head as an ONNX model: input `features` float32 [n, f], output `embeddings` float32 [n, d], each of length
 * `facts.scale`.
 */
export function encodeHead(
  head: EmbeddingHead,
  facts: Pick<HeadFacts, 'backbone' | 'scale' | 'training'>,
): Uint8Array {
  const { inputs, outputs, hidden } = head;
  const graph = new GraphBuilder('embedding-head');
  const constant = (name: string, dims: readonly number[], data: Float64Array) =>
    graph.initializer(name, { type: 'float32', dims, data: Float32Array.from(data) });
  const features = graph.input(HEAD_TENSORS.features, 'float32', ['n', inputs]);
  const weights = constant('weights', [inputs, outputs], head.weights);
  const biases = constant('biases', [outputs], head.biases);
  let sum = graph.node('Gemm', [features, weights, biases]);
  if (hidden > 0) {
    const hiddenWeights = constant('hidden_weights', [inputs, hidden], head.hiddenWeights);
    const hiddenBiases = constant('hidden_biases', [hidden], head.hiddenBiases);
    const neurons = graph.node('Relu', [graph.node('Gemm', [features, hiddenWeights, hiddenBiases])]);
    const outputsOfHidden = constant('hidden_outputs', [hidden, outputs], head.hiddenOutputs);
    sum = graph.node('Add', [sum, graph.node('MatMul', [neurons, outputsOfHidden])]);
  }
  const unit = graph.node('LpNormalization', [sum], { axis: 1, p: 2 });
  const scale = constant('scale', [1], Float64Array.of(facts.scale));
  graph.node('Mul', [unit, scale], {}, { outputs: [HEAD_TENSORS.embeddings] });
  graph.output(HEAD_TENSORS.embeddings, 'float32', ['n', outputs]);
  return graph.toModel({
    metadata: {
      [METADATA.format]: FORMAT,
      [METADATA.backbone]: facts.backbone.id,
      [METADATA.backboneSha256]: facts.backbone.sha256,
      [METADATA.scale]: String(facts.scale),
      [METADATA.training]: JSON.stringify(facts.training),
    },
  });
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
  const [, features] = input?.shape ?? [];
  const [, dimension] = output?.shape ?? [];
  const sha256 = metadata.get(METADATA.backboneSha256) ?? '';
  const scale = Number(metadata.get(METADATA.scale));
  const training = parseObject(metadata.get(METADATA.training));
  const fits =
    metadata.get(METADATA.format) === FORMAT &&
    !hasExternalData &&
    inputs.length === 1 &&
    outputs.length === 1 &&
    input?.name === HEAD_TENSORS.features &&
    output?.name === HEAD_TENSORS.embeddings &&
    typeof features === 'number' &&
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
  return { backbone, inputs: features, dimension, scale, training };
}

function parseObject(text = ''): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
