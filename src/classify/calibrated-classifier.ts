import { FaceTriggerError } from '../core/errors.ts';
import { type Embeddings, selectRows, toEmbeddingMatrix } from './embedding-matrix.ts';
import { encodeLabels } from './encode-labels.ts';
import { decisionsOf, LinearSvm, type LinearSvmModel, type LinearSvmOptions } from './linear-svm.ts';
import { fitSigmoid, type SigmoidCalibration, sigmoidProbability } from './sigmoid-calibration.ts';
import { requireSamples, stratifiedKFold } from './stratified-splits.ts';

/** Options of {@link CalibratedClassifier}: those of the machine inside, and the folds. */
export interface CalibratedClassifierOptions extends LinearSvmOptions {
  /** Calibration folds, integer >= 2. @defaultValue {@link DEFAULT_CALIBRATION_FOLDS} */
  readonly folds?: number | undefined;
}

/** scikit-learn's default number of folds. */
export const DEFAULT_CALIBRATION_FOLDS = 5;

/** One fold's machine with the sigmoids fitted on the samples that it had not seen. */
export interface CalibratedMember {
  readonly svm: LinearSvmModel;
  /** One for each decision value: one a class, or a single one for two classes. */
  readonly sigmoids: readonly SigmoidCalibration[];
}

/**
 * Linear support vector machines whose scores are turned into probabilities by cross-validation.
 *
 * @remarks Does what scikit-learn's `CalibratedClassifierCV(LinearSVC(), method='sigmoid', ensemble=True)` does.
 * The probabilities of one embedding always sum to 1: a stranger's are divided among the known people and can be
 * high for one of them. Reject strangers by distance, which the exported file carries for that reason.
 */
export class CalibratedClassifier {
  readonly folds: number;
  readonly svmOptions: LinearSvmOptions;
  #members: readonly CalibratedMember[] | undefined;

  constructor(options: CalibratedClassifierOptions = {}) {
    const { folds, ...svmOptions } = options;
    this.folds = folds ?? DEFAULT_CALIBRATION_FOLDS;
    this.svmOptions = new LinearSvm(svmOptions).options;
  }

  /**
   * Learns from at least two people with at least `folds` embeddings each.
   *
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` naming who has too few, `ERR_SHAPE_MISMATCH`,
   * `ERR_INVALID_ARGUMENT`
   */
  fit(embeddings: Embeddings, labels: ArrayLike<number>): this {
    const matrix = toEmbeddingMatrix(embeddings);
    const { classes, codes, counts } = encodeLabels(labels, { count: matrix.rows });
    requireSamples(classes, counts, this.folds);
    const pick = (rows: Int32Array) => Array.from(rows, (row) => classes[codes[row]!]!);
    this.#members = stratifiedKFold(labels, this.folds).map(({ train, test }) => {
      const svm = new LinearSvm(this.svmOptions).fit(selectRows(matrix, train), pick(train));
      const decisions = svm.decisionFunction(selectRows(matrix, test));
      const outputs = svm.model.intercepts.length;
      const sigmoids = Array.from({ length: outputs }, (_, m) => {
        const positive = outputs === 1 ? 1 : m;
        return fitSigmoid(
          Float64Array.from(test, (_row, i) => decisions[i * outputs + m]!),
          Uint8Array.from(test, (row) => (codes[row] === positive ? 1 : 0)),
        );
      });
      return { svm: svm.model, sigmoids };
    });
    return this;
  }

  /** Labels, ascending. @throws FaceTriggerError `ERR_NOT_TRAINED` */
  get classes(): readonly number[] {
    return this.members[0]!.svm.classes;
  }

  /** One member a fold. @throws FaceTriggerError `ERR_NOT_TRAINED` */
  get members(): readonly CalibratedMember[] {
    if (!this.#members)
      throw new FaceTriggerError('ERR_NOT_TRAINED', 'The calibrated classifier is not fitted yet');
    return this.#members;
  }

  /**
   * Probabilities of every class, the mean over the folds' members.
   *
   * @returns [n, classes] row-major; each row sums to 1
   * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  predictProba(embeddings: Embeddings): Float64Array {
    const { members, classes } = this;
    const matrix = toEmbeddingMatrix(embeddings, { dimension: members[0]!.svm.dimension });
    const mean = new Float64Array(matrix.rows * classes.length);
    for (const { svm, sigmoids } of members) {
      const decisions = decisionsOf(svm, matrix);
      const fold = normalizedProbabilities(decisions, sigmoids, { classes: classes.length });
      for (let i = 0; i < mean.length; i++) mean[i]! += fold[i]! / members.length;
    }
    return mean;
  }

  /** The label of the highest probability of each embedding; the smaller label of equal ones. */
  predict(embeddings: Embeddings): number[] {
    return mostProbable(this.predictProba(embeddings), this.classes);
  }
}

/** For each row of [n, classes] the label of its largest value, the first of equal ones. */
export function mostProbable(probabilities: ArrayLike<number>, classes: readonly number[]): number[] {
  const width = classes.length;
  const labels: number[] = [];
  for (let start = 0; start < probabilities.length; start += width) {
    let best = 0;
    for (let k = 1; k < width; k++) if (probabilities[start + k]! > probabilities[start + best]!) best = k;
    labels.push(classes[best]!);
  }
  return labels;
}

function normalizedProbabilities(
  decisions: Float64Array,
  sigmoids: readonly SigmoidCalibration[],
  { classes }: { readonly classes: number },
): Float64Array {
  const outputs = sigmoids.length;
  const rows = decisions.length / outputs;
  const result = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const probability = (m: number) => sigmoidProbability(sigmoids[m]!, decisions[row * outputs + m]!);
    if (outputs === 1) {
      result[row * 2 + 1] = probability(0);
      result[row * 2] = 1 - result[row * 2 + 1]!;
      continue;
    }
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const value = probability(k);
      result[row * classes + k] = value;
      sum += value;
    }
    for (let k = 0; k < classes; k++) {
      // scikit-learn's rule where every class underflows to 0.
      result[row * classes + k] = sum === 0 ? 1 / classes : result[row * classes + k]! / sum;
    }
  }
  return result;
}
