import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { type WithoutUndefined, withoutUndefined } from '../core/options/without-undefined.ts';
import { createRandom } from '../core/random/random.ts';
import { type EmbeddingMatrix, type Embeddings, toEmbeddingMatrix } from './embedding-matrix.ts';
import { type EncodedLabels, encodeLabels } from './encode-labels.ts';
import { addOuter, solveSquaredHinge } from './squared-hinge-solver.ts';

/** Options of `LinearSvm`; names and meaning are those of scikit-learn's LinearSVC. */
export interface LinearSvmOptions {
  /** Cost of a margin violation, > 0. @defaultValue {@link DEFAULT_SVM_OPTIONS} */
  readonly C?: number | undefined;
  /** 'balanced' multiplies C of a person by n / (people * photos of that person). @defaultValue null */
  readonly classWeight?: null | 'balanced' | undefined;
  /** Violation of the optimality conditions that counts as solved, > 0. */
  readonly tolerance?: number | undefined;
  /** Passes of coordinate descent before Newton's method finishes, integer >= 0. */
  readonly maxIterations?: number | undefined;
  /** Seed of the order in which samples are visited. The result depends on it by rounding only. */
  readonly seed?: number | undefined;
  /** Value of the constant feature whose weight is the bias (regularised like the others), > 0. */
  readonly interceptScaling?: number | undefined;
}

/** Defaults of {@link LinearSvmOptions}. */
export const DEFAULT_SVM_OPTIONS = {
  C: 1,
  classWeight: null,
  tolerance: 1e-10,
  maxIterations: 60,
  seed: 0,
  interceptScaling: 1,
} as const satisfies LinearSvmOptions;

/**
 * Linear support vector machine, one person against the rest, L2-regularised squared hinge loss.
 *
 * @remarks Gives the decision values of scikit-learn's `LinearSVC(dual=True)` run to the optimum, its treatment
 * of class weights included: with more than two people, the weight applies to a person's own photos and the
 * rest keeps plain C, as in LIBLINEAR.
 */
export class LinearSvm {
  readonly options: Required<WithoutUndefined<LinearSvmOptions>>;
  #model: LinearSvmModel | undefined;

  constructor(options: LinearSvmOptions = {}) {
    this.options = checkedOptions(options);
  }

  /**
   * Learns from embeddings of at least two people.
   *
   * @param embeddings - n embeddings of one dimension
   * @param labels - n encoded labels, integers >= 0
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` for fewer than two people, `ERR_SHAPE_MISMATCH` and
   * `ERR_INVALID_ARGUMENT` for wrong arrays
   */
  fit(embeddings: Embeddings, labels: ArrayLike<number>): this {
    const matrix = toEmbeddingMatrix(embeddings);
    const encoded = encodeLabels(labels, { count: matrix.rows });
    if (encoded.classes.length < 2) {
      throw new FaceTriggerError(
        'ERR_TOO_FEW_SAMPLES',
        `A support vector machine needs at least 2 people but the samples are of ${encoded.classes.length}`,
      );
    }
    this.#model = fitModel(matrix, encoded, this.options);
    return this;
  }

  /** The learned weights. @throws FaceTriggerError `ERR_NOT_TRAINED` before {@link LinearSvm.fit} */
  get model(): LinearSvmModel {
    if (!this.#model)
      throw new FaceTriggerError('ERR_NOT_TRAINED', 'The support vector machine is not fitted yet');
    return this.#model;
  }

  /**
   * Signed scores: > 0 speaks for the person.
   *
   * @returns [n, m] row-major; m is the number of people, or 1 for two people (> 0 means the second of them)
   * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  decisionFunction(embeddings: Embeddings): Float64Array {
    const matrix = toEmbeddingMatrix(embeddings, { dimension: this.model.dimension });
    return decisionsOf(this.model, matrix);
  }
}

/** Decision values [n, m] of a fitted model. */
export function decisionsOf(model: LinearSvmModel, { rows, data }: EmbeddingMatrix): Float64Array {
  const { coefficients, intercepts, dimension } = model;
  const outputs = intercepts.length;
  const decisions = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let m = 0; m < outputs; m++) {
      let sum = intercepts[m]!;
      for (let j = 0; j < dimension; j++)
        sum += data[row * dimension + j]! * coefficients[m * dimension + j]!;
      decisions[row * outputs + m] = sum;
    }
  }
  return decisions;
}

/** Weights of a fitted `LinearSvm`. */
export interface LinearSvmModel {
  /** Labels, ascending. */
  readonly classes: readonly number[];
  readonly dimension: number;
  /** [m, dimension]; m is the number of classes, or 1 for two classes. */
  readonly coefficients: Float64Array;
  /** [m] */
  readonly intercepts: Float64Array;
  /** Whether every one of the m problems reached its optimum. */
  readonly converged: boolean;
}

function fitModel(
  matrix: EmbeddingMatrix,
  labels: EncodedLabels,
  options: Required<WithoutUndefined<LinearSvmOptions>>,
): LinearSvmModel {
  const { rows, columns: dimension } = matrix;
  const { classes, codes, counts } = labels;
  const columns = dimension + 1;
  const features = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    features.set(matrix.data.subarray(row * dimension, (row + 1) * dimension), row * columns);
    features[row * columns + dimension] = options.interceptScaling;
  }
  let gramMatrix: Float64Array | undefined;
  const gram = () => {
    gramMatrix ??= gramOf(features, columns);
    return gramMatrix;
  };
  const weight = (code: number) =>
    options.classWeight === 'balanced' ? rows / (classes.length * counts[code]!) : 1;
  const binary = classes.length === 2;
  const positives = binary ? [1] : classes.map((_, code) => code);
  const coefficients = new Float64Array(positives.length * dimension);
  const intercepts = new Float64Array(positives.length);
  let converged = true;
  for (const [m, positive] of positives.entries()) {
    const solution = solveSquaredHinge(
      {
        features,
        rows,
        columns,
        signs: Int8Array.from(codes, (code) => (code === positive ? 1 : -1)),
        positiveCost: options.C * weight(positive),
        negativeCost: options.C * (binary ? weight(0) : 1),
        gram,
      },
      { ...options, random: createRandom(options.seed) },
    );
    coefficients.set(solution.weights.subarray(0, dimension), m * dimension);
    intercepts[m] = solution.weights[dimension]! * options.interceptScaling;
    converged &&= solution.converged;
  }
  return { classes, dimension, coefficients, intercepts, converged };
}

function gramOf(features: Float64Array, columns: number): Float64Array {
  const gram = new Float64Array(columns ** 2);
  for (let start = 0; start < features.length; start += columns) {
    addOuter(gram, 1, features.subarray(start, start + columns));
  }
  return gram;
}

function checkedOptions(options: LinearSvmOptions): Required<WithoutUndefined<LinearSvmOptions>> {
  const all = { ...DEFAULT_SVM_OPTIONS, ...withoutUndefined(options) };
  for (const name of ['C', 'tolerance', 'interceptScaling'] as const) {
    const value: unknown = all[name];
    if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value)) {
      throw invalidArgument('a finite number > 0', `options.${name}`, value);
    }
  }
  if (!Number.isInteger(all.maxIterations) || all.maxIterations < 0) {
    throw invalidArgument('an integer >= 0', 'options.maxIterations', all.maxIterations);
  }
  if (all.classWeight !== null && all.classWeight !== 'balanced') {
    throw invalidArgument("null or 'balanced'", 'options.classWeight', all.classWeight);
  }
  createRandom(all.seed);
  return all;
}
