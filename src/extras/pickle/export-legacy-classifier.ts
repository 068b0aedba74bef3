import {
  CLASSIFIER_FORMAT,
  CLASSIFIER_METADATA,
  CLASSIFIER_TENSORS,
} from '../../classify/classifier-file.ts';
import type { EmbedderIdentity } from '../../core/embed/embedder-profile.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { LegacyClassifier } from './legacy-classifier.ts';

/** ONNX's number for float64, see onnx.proto's TensorProto.DataType. */
const FLOAT64 = 11;
const FLOAT32 = 1;

/**
 * Writes a classifier of scikit-learn in face-trigger's ONNX form.
 *
 * @param classifier - as it was read
 * @param options.embedder - the embedder that its embeddings came from
 * @returns bytes of a model: `embeddings` -> `label` (0 .. k - 1) and `probabilities`; there are no `distances`,
 * because a pickle holds no photos to measure to
 * @remarks Computes in double precision, as scikit-learn does.
 */
export function exportLegacyClassifier(
  classifier: LegacyClassifier,
  options: { embedder?: EmbedderIdentity | undefined } = {},
): Uint8Array {
  const { members, labels, dimension } = classifier;
  const outputs = members[0]!.sigmoids.length;
  const graph = new GraphBuilder('classifier');
  graph.input(CLASSIFIER_TENSORS.embeddings, 'float32', ['n', dimension]);
  const embeddings = graph.node('Cast', [CLASSIFIER_TENSORS.embeddings], { to: FLOAT64 });
  const { weights, biases } = exponentsOf(classifier);
  const width = biases.length;
  const double = (name: string, dims: number[], data: Float64Array) =>
    graph.initializer(name, { type: 'float64', dims, data });
  const whole = (name: string, ...values: number[]) =>
    graph.initializer(name, {
      type: 'int64',
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
  // Like scikit-learn's Normalizer, which leaves a vector of zeros as it is.
  const normalize = (): string => {
    const length = graph.node('ReduceL2', [embeddings, whole('row_axis', 1)], { keepdims: 1 });
    const isZero = graph.node('Equal', [length, double('zero_length', [1], Float64Array.of(0))]);
    const one = double('one_length', [1], Float64Array.of(1));
    return graph.node('Div', [embeddings, graph.node('Where', [isZero, one, length])]);
  };
  const input = classifier.normalized ? normalize() : embeddings;
  const exponents = graph.node('Add', [
    graph.node('MatMul', [input, double('weights', [dimension, width], weights)]),
    double('biases', [width], biases),
  ]);
  const byFold = graph.node('Reshape', [exponents, whole('by_fold', -1, members.length, outputs)]);
  const positive = graph.node('Sigmoid', [byFold]);
  const one = double('one', [1], Float64Array.of(1));
  let folds: string;
  if (outputs === 1) {
    folds = graph.node('Concat', [graph.node('Sub', [one, positive]), positive], { axis: 2 });
  } else {
    const sum = graph.node('ReduceSum', [positive, whole('class_axis', 2)], { keepdims: 1 });
    const none = graph.node('Equal', [sum, double('nothing', [1], Float64Array.of(0))]);
    const even = double('even', [1], Float64Array.of(1 / labels.length));
    folds = graph.node('Where', [none, even, graph.node('Div', [positive, sum])]);
  }
  const mean = graph.node('ReduceMean', [folds, whole('fold_axis', 1)], { keepdims: 0 });
  graph.node('ArgMax', [mean], { axis: 1, keepdims: 0 }, { outputs: [CLASSIFIER_TENSORS.label] });
  graph.node('Cast', [mean], { to: FLOAT32 }, { outputs: [CLASSIFIER_TENSORS.probabilities] });
  graph.output(CLASSIFIER_TENSORS.label, 'int64', ['n']);
  graph.output(CLASSIFIER_TENSORS.probabilities, 'float32', ['n', labels.length]);
  return graph.toModel({ opset: 18, metadata: metadataOf(classifier, options) });
}

// Sigmoid(exponent) is 1 / (1 + exp(slope * (w x + b) + offset)), all folds and classes in one matrix.
function exponentsOf({ members, dimension }: LegacyClassifier): {
  weights: Float64Array;
  biases: Float64Array;
} {
  const outputs = members[0]!.sigmoids.length;
  const width = members.length * outputs;
  const weights = new Float64Array(dimension * width);
  const biases = new Float64Array(width);
  for (const [fold, { svm, sigmoids }] of members.entries()) {
    for (const [m, { slope, offset }] of sigmoids.entries()) {
      const column = fold * outputs + m;
      for (let j = 0; j < dimension; j++)
        weights[j * width + column] = -slope * svm.coefficients[m * dimension + j]!;
      biases[column] = -(slope * svm.intercepts[m]! + offset);
    }
  }
  return { weights, biases };
}

function metadataOf(
  { labels, dimension, members }: LegacyClassifier,
  { embedder }: { embedder?: EmbedderIdentity | undefined },
): Record<string, string> {
  return {
    [CLASSIFIER_METADATA.format]: CLASSIFIER_FORMAT,
    [CLASSIFIER_METADATA.kind]: 'svm',
    [CLASSIFIER_METADATA.dimension]: String(dimension),
    [CLASSIFIER_METADATA.classes]: JSON.stringify(labels.map((_, i) => i)),
    [CLASSIFIER_METADATA.calibration]: JSON.stringify({ method: 'sigmoid', folds: members.length }),
    ...(embedder && {
      [CLASSIFIER_METADATA.embedder]: embedder.id,
      [CLASSIFIER_METADATA.embedderSha256]: embedder.sha256.toLowerCase(),
    }),
  };
}
