import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError } from '../core/errors.ts';
import type { Metric } from '../core/metric/metric.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { CalibratedClassifier } from './calibrated-classifier.ts';
import { CLASSIFIER_FORMAT, CLASSIFIER_METADATA, CLASSIFIER_TENSORS } from './classifier-file.ts';
import { groupMinimum } from './group-minimum.ts';
import type { NearestClassifier } from './nearest-classifier.ts';
import type { PersonReferences } from './person-references.ts';

/** Options of {@link exportSvm} and {@link exportNearest}. */
export interface ExportOptions {
  /** The embedder that made the embeddings; files without it fit any embedder of the dimension. */
  readonly embedder?: EmbedderIdentity | undefined;
  /** Photos of each class that it learned from, written for the record. */
  readonly counts?: readonly number[] | undefined;
}

/**
 * Writes a calibrated support vector machine as ONNX.
 *
 * @param classifier - fitted
 * @param options.references - what the `distances` output is measured to; of the same classes
 * @returns bytes of a model: `embeddings` -> `label`, `probabilities`, `distances`; metadata as in
 * {@link CLASSIFIER_METADATA}
 * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH` for references of other people
 * @remarks The file holds the references themselves, which are biometric data: treat it like the photos. The
 * graph computes in double precision on its float32 input (distances from products cancel: in float32 they are
 * off by up to 1e-3 near 0, in double by 1e-7), so that it gives what the TypeScript classes give.
 */
export function exportSvm(
  classifier: CalibratedClassifier,
  options: ExportOptions & { readonly references: PersonReferences },
): Uint8Array {
  const { references } = options;
  const { classes, members } = classifier;
  if (references.classes.join() !== classes.join()) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation('references of the same classes', 'options.references', references.classes),
    );
  }
  const graph = startGraph(references);
  const probabilities = svmProbabilities(graph, classifier);
  const best = graph.builder.node('ArgMax', [probabilities], { axis: 1, keepdims: 0 });
  const { dimension } = members[0]!.svm;
  return finishGraph(graph, {
    probabilities,
    best,
    classes,
    dimension,
    metadata: {
      ...commonMetadata('svm', { ...options, classes, dimension, references }),
      [CLASSIFIER_METADATA.C]: String(classifier.svmOptions.C),
      [CLASSIFIER_METADATA.calibration]: JSON.stringify({ method: 'sigmoid', folds: members.length }),
    },
  });
}

/**
 * Writes a nearest classifier as ONNX.
 *
 * @param classifier - fitted
 * @returns as {@link exportSvm}
 * @throws FaceTriggerError `ERR_NOT_TRAINED`
 */
export function exportNearest(classifier: NearestClassifier, options: ExportOptions = {}): Uint8Array {
  const { references, calibration, classes } = classifier;
  const graph = startGraph(references);
  const { builder } = graph;
  const scalar = (name: string, value: number) =>
    builder.initializer(name, { type: 'float64', dims: [1], data: Float64Array.of(value) });
  const index = (name: string, value: number) =>
    builder.initializer(name, { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(value)) });

  // Softmax over the exponents of the people and the stranger's 0, the stranger's column cut off again.
  const offset = builder.node('Sub', [scalar('midpoint', calibration.midpoint), graph.distances]);
  const exponents = builder.node('Mul', [offset, scalar('scale', calibration.scale)]);
  const first = builder.node('Slice', [exponents, index('zero', 0), index('one', 1), index('columns', 1)]);
  const stranger = builder.node('Mul', [first, scalar('nothing', 0)]);
  const all = builder.node('Softmax', [builder.node('Concat', [exponents, stranger], { axis: 1 })], {
    axis: 1,
  });
  const probabilities = builder.node('Slice', [all, 'zero', index('people', classes.length), 'columns']);
  const best = builder.node('ArgMin', [graph.distances], { axis: 1, keepdims: 0 });
  const dimension = references.matrix.columns;
  return finishGraph(graph, {
    probabilities,
    best,
    classes,
    dimension,
    metadata: {
      ...commonMetadata('nearest', { ...options, classes, dimension, references }),
      [CLASSIFIER_METADATA.calibration]: JSON.stringify(calibration),
    },
  });
}

interface Graph {
  readonly builder: GraphBuilder;
  /** float64 [n, d] */
  readonly input: string;
  /** float64 [n, k] */
  readonly distances: string;
}

/** |x|² - 2 x·r + |r|² for all references r, the smallest of each person, and the distance that it stands for. */
function startGraph({ matrix, starts, metric }: PersonReferences): Graph {
  const builder = new GraphBuilder('classifier');
  const { rows, columns } = matrix;
  builder.input(CLASSIFIER_TENSORS.embeddings, 'float32', ['n', columns]);
  const input = builder.node('Cast', [CLASSIFIER_TENSORS.embeddings], { to: 11 });

  // Kept in float32, which is what they came in, for half the file; onnxruntime widens them once, when it loads.
  const transposed = new Float32Array(rows * columns);
  const norms = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) {
      const value = matrix.data[r * columns + j]!;
      transposed[j * rows + r] = value;
      norms[r]! += value * value;
    }
  }
  builder.initializer('references', { type: 'float32', dims: [columns, rows], data: transposed });
  builder.initializer('reference_norms', { type: 'float64', dims: [rows], data: norms });
  builder.initializer('minus_two', { type: 'float64', dims: [1], data: Float64Array.of(-2) });
  builder.initializer('least', { type: 'float64', dims: [1], data: Float64Array.of(0) });
  builder.initializer('last_axis', { type: 'int64', dims: [1], data: BigInt64Array.of(1n) });

  const probe = metric.name === 'cosine' ? unitLength(builder, input) : input;
  const doubled = builder.node('Mul', [probe, 'minus_two']);
  const wide = builder.node('Cast', ['references'], { to: 11 });
  const products = builder.node('Add', [builder.node('MatMul', [doubled, wide]), 'reference_norms']);
  const nearest = groupMinimum(builder, products, { starts });
  const norm = squaredLength(builder, probe);
  const squares = builder.node('Max', [builder.node('Add', [nearest, norm]), 'least']);
  return { builder, input, distances: distancesOf(builder, squares, metric) };
}

function squaredLength(builder: GraphBuilder, rows: string): string {
  return builder.node('ReduceSum', [builder.node('Mul', [rows, rows]), 'last_axis'], { keepdims: 1 });
}

/** Rows of length 1; all zeros stay zeros. */
function unitLength(builder: GraphBuilder, rows: string): string {
  builder.initializer('tiny', { type: 'float64', dims: [1], data: Float64Array.of(Number.MIN_VALUE) });
  const length = builder.node('Sqrt', [builder.node('Max', [squaredLength(builder, rows), 'tiny'])]);
  return builder.node('Div', [rows, length]);
}

/** As `metric.fromSquared`. */
function distancesOf(builder: GraphBuilder, squares: string, metric: Metric): string {
  if (metric.name === 'euclidean') return builder.node('Sqrt', [squares]);
  builder.initializer('half', { type: 'float64', dims: [1], data: Float64Array.of(0.5) });
  return builder.node('Mul', [squares, 'half']);
}

function svmProbabilities({ builder, input }: Graph, { members, classes }: CalibratedClassifier): string {
  const outputs = members[0]!.sigmoids.length;
  const { dimension } = members[0]!.svm;
  const width = members.length * outputs;
  const weights = new Float64Array(dimension * width);
  const biases = new Float64Array(width);
  // exponent = -(slope * (w·x + b) + offset), so that probability = Sigmoid(exponent): one matrix for all folds.
  for (const [fold, { svm, sigmoids }] of members.entries()) {
    for (const [m, { slope, offset }] of sigmoids.entries()) {
      const column = fold * outputs + m;
      for (let j = 0; j < dimension; j++) {
        weights[j * width + column] = -slope * svm.coefficients[m * dimension + j]!;
      }
      biases[column] = -(slope * svm.intercepts[m]! + offset);
    }
  }
  builder.initializer('weights', { type: 'float64', dims: [dimension, width], data: weights });
  builder.initializer('biases', { type: 'float64', dims: [width], data: biases });
  builder.initializer('by_fold', {
    type: 'int64',
    dims: [3],
    data: BigInt64Array.of(-1n, BigInt(members.length), BigInt(outputs)),
  });
  const exponents = builder.node('Add', [builder.node('MatMul', [input, 'weights']), 'biases']);
  const positive = builder.node('Sigmoid', [builder.node('Reshape', [exponents, 'by_fold'])]);
  const folds =
    outputs === 1 ? withComplement(builder, positive) : normalized(builder, positive, classes.length);
  return builder.node('ReduceMean', [folds, 'last_axis'], { keepdims: 0 });
}

/** Two classes: [1 - p, p]. */
function withComplement(builder: GraphBuilder, positive: string): string {
  builder.initializer('whole', { type: 'float64', dims: [1], data: Float64Array.of(1) });
  return builder.node('Concat', [builder.node('Sub', ['whole', positive]), positive], { axis: 2 });
}

/** p / Σ p, or the same for every class where all are 0. */
function normalized(builder: GraphBuilder, positive: string, classes: number): string {
  builder.initializer('class_axis', { type: 'int64', dims: [1], data: BigInt64Array.of(2n) });
  builder.initializer('even', { type: 'float64', dims: [1], data: Float64Array.of(1 / classes) });
  const sum = builder.node('ReduceSum', [positive, 'class_axis'], { keepdims: 1 });
  const none = builder.node('Equal', [sum, 'least']);
  return builder.node('Where', [none, 'even', builder.node('Div', [positive, sum])]);
}

function finishGraph(
  { builder, distances }: Graph,
  parts: {
    readonly probabilities: string;
    /** int64 [n], positions in `classes`. */
    readonly best: string;
    readonly classes: readonly number[];
    readonly dimension: number;
    readonly metadata: Readonly<Record<string, string>>;
  },
): Uint8Array {
  const people = parts.classes.length;
  builder.initializer('classes', {
    type: 'int64',
    dims: [people],
    data: BigInt64Array.from(parts.classes, BigInt),
  });
  const { label, probabilities, distances: distancesName } = CLASSIFIER_TENSORS;
  builder.node('Gather', ['classes', parts.best], { axis: 0 }, { outputs: [label] });
  builder.node('Cast', [parts.probabilities], { to: 1 }, { outputs: [probabilities] });
  builder.node('Cast', [distances], { to: 1 }, { outputs: [distancesName] });
  builder.output(label, 'int64', ['n']);
  builder.output(probabilities, 'float32', ['n', people]);
  builder.output(distancesName, 'float32', ['n', people]);
  return builder.toModel({ opset: 18, metadata: parts.metadata });
}

function commonMetadata(
  kind: 'svm' | 'nearest',
  facts: ExportOptions & {
    readonly classes: readonly number[];
    readonly dimension: number;
    readonly references: PersonReferences;
  },
): Record<string, string> {
  const { classes, dimension, references, embedder, counts } = facts;
  return {
    [CLASSIFIER_METADATA.format]: CLASSIFIER_FORMAT,
    [CLASSIFIER_METADATA.kind]: kind,
    [CLASSIFIER_METADATA.dimension]: String(dimension),
    [CLASSIFIER_METADATA.classes]: JSON.stringify(classes),
    [CLASSIFIER_METADATA.references]: references.mode,
    ...(references.metric.name !== 'euclidean' && { [CLASSIFIER_METADATA.metric]: references.metric.name }),
    ...(counts && { [CLASSIFIER_METADATA.counts]: JSON.stringify(counts) }),
    ...(embedder && {
      [CLASSIFIER_METADATA.embedder]: embedder.id,
      [CLASSIFIER_METADATA.embedderSha256]: embedder.sha256.toLowerCase(),
    }),
  };
}
