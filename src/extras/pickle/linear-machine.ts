import type { LinearSvmModel } from '../../classify/linear-svm.ts';
import { attributesOf, unfit } from './estimator-attributes.ts';
import { namesOf } from './legacy-label-map.ts';
import { numberTable } from './numpy-values.ts';
import { PickleObject } from './pickle-classes.ts';
import { damaged } from './pickle-errors.ts';

/** A machine of which the decision values are linear in the (scaled) embedding. */
export interface LinearMachine {
  readonly svm: LinearSvmModel;
  readonly classes: readonly string[];
  /** Whether embeddings are brought to length 1 first. */
  readonly normalized: boolean;
}

/** Classifiers of which `decision_function` is `X @ coef_.T + intercept_`. */
const LINEAR = [
  'sklearn.svm.LinearSVC',
  'sklearn.linear_model.LogisticRegression',
  'sklearn.linear_model.LogisticRegressionCV',
  'sklearn.linear_model.SGDClassifier',
  'sklearn.linear_model.Perceptron',
  'sklearn.linear_model.PassiveAggressiveClassifier',
  'sklearn.discriminant_analysis.LinearDiscriminantAnalysis',
];
const SVC = 'sklearn.svm.SVC';
/** One step can stand in the file a million times. */
const MAX_STEPS = 100;

/**
 * Takes off what stands around an estimator and does not predict by itself.
 *
 * @returns the estimator, and the steps of pipelines that come before it
 */
export function openEstimator(value: unknown): {
  readonly value: unknown;
  readonly steps: readonly unknown[];
} {
  const steps: unknown[] = [];
  // An estimator that holds itself has no end.
  for (let depth = 0; depth < 8; depth++) {
    if (!(value instanceof PickleObject)) break;
    const { className, attributes } = value;
    if (className === 'sklearn.frozen.FrozenEstimator') value = attributes.get('estimator');
    else if (/^sklearn\.model_selection\.(GridSearchCV|RandomizedSearchCV)$/.test(className)) {
      value = attributes.get('best_estimator_');
      if (value === undefined) throw damaged(`${className} keeps no best_estimator_: fit it with refit=True`);
    } else if (className === 'sklearn.pipeline.Pipeline') {
      const named = attributes.get('steps');
      const own = Array.isArray(named)
        ? named.map((step: unknown) => (Array.isArray(step) ? step[1] : null))
        : [];
      if (own.length === 0) throw damaged('a pipeline has no steps');
      if (own.length > MAX_STEPS)
        throw damaged(`a pipeline has ${own.length} steps where ${MAX_STEPS} are the most`);
      value = own.pop();
      steps.push(...own);
    } else break;
  }
  return { value, steps };
}

/**
 * Reads the machine inside a calibration.
 *
 * @param estimator - a linear classifier, an SVC of two classes with a linear kernel, or a pipeline that ends in one
 * @param before - steps of a pipeline around the calibration
 * @throws FaceTriggerError `ERR_FILE_FORMAT` naming what is not read
 * @remarks Steps that are read: StandardScaler, MinMaxScaler (without clip), MaxAbsScaler and RobustScaler, which
 * become part of the coefficients, and before them Normalizer with norm l2.
 */
export function readLinearMachine(estimator: unknown, before: readonly unknown[]): LinearMachine {
  const { value, steps } = openEstimator(estimator);
  const machine = attributesOf(value, [...LINEAR, SVC]);
  const isSvc = value instanceof PickleObject && value.className === SVC;
  const classes = namesOf(machine.get('classes_'));
  const outputs = classes.length === 2 ? 1 : classes.length;
  const { rows, columns, data } = isSvc
    ? coefficientsOfSvc(machine, classes.length)
    : numberTable(machine.get('coef_'), 'coef_');
  if (rows !== outputs) throw damaged(`coef_ has ${rows} rows where ${outputs} are due`);
  const coefficients = Float64Array.from(data);
  const intercepts = interceptsOf(machine.get('intercept_'), outputs);
  let normalized = false;
  for (const step of [...before, ...steps].filter(isStep).reverse()) {
    if (normalized) throw unfit('a pipeline with steps before its Normalizer, which are not read');
    if (isNormalizer(step)) normalized = true;
    else foldScaler(step, { coefficients, intercepts, columns });
  }
  return {
    svm: {
      classes: classes.map((_, i) => i),
      dimension: columns,
      coefficients,
      intercepts,
      converged: true,
    },
    classes,
    normalized,
  };
}

function isStep(step: unknown): boolean {
  return step !== null && step !== 'passthrough';
}

function isNormalizer(step: unknown): boolean {
  if (!(step instanceof PickleObject) || step.className !== 'sklearn.preprocessing.Normalizer') return false;
  const norm = step.attributes.get('norm');
  if (norm !== 'l2') throw unfit(`a Normalizer with norm ${JSON.stringify(norm)}; only "l2" is read`);
  return true;
}

// Two classes only: of more, an SVC's decision values are votes and not linear.
function coefficientsOfSvc(machine: ReadonlyMap<string, unknown>, classes: number) {
  const kernel = machine.get('kernel');
  if (kernel !== 'linear') throw unfit(`an SVC with kernel ${JSON.stringify(kernel)}; only "linear" is read`);
  if (classes !== 2)
    throw unfit('an SVC of more than two classes, whose scores are votes: train a LinearSVC instead');
  const dual = numberTable(machine.get('dual_coef_'), 'dual_coef_');
  const vectors = numberTable(machine.get('support_vectors_'), 'support_vectors_');
  if (dual.rows !== 1 || dual.columns !== vectors.rows)
    throw damaged('dual_coef_ does not fit support_vectors_');
  const data = new Float64Array(vectors.columns);
  for (let i = 0; i < vectors.rows; i++) {
    for (let j = 0; j < vectors.columns; j++)
      data[j]! += dual.data[i]! * vectors.data[i * vectors.columns + j]!;
  }
  return { rows: 1, columns: vectors.columns, data };
}

/** Puts x -> x * factor + shift, which comes before the machine, into the machine. */
function foldScaler(
  step: unknown,
  machine: {
    readonly coefficients: Float64Array;
    readonly intercepts: Float64Array;
    readonly columns: number;
  },
): void {
  const { coefficients, intercepts, columns } = machine;
  const { factors, shifts } = scalerOf(step, columns);
  for (let m = 0; m < intercepts.length; m++) {
    for (let j = 0; j < columns; j++) {
      const at = m * columns + j;
      intercepts[m]! += coefficients[at]! * shifts[j]!;
      coefficients[at]! *= factors[j]!;
    }
  }
}

function scalerOf(step: unknown, columns: number): { factors: Float64Array; shifts: Float64Array } {
  const names = ['StandardScaler', 'MinMaxScaler', 'MaxAbsScaler', 'RobustScaler', 'Normalizer'];
  const scaler = attributesOf(
    step,
    names.map((name) => `sklearn.preprocessing.${name}`),
  );
  const row = (name: string, usual: number): Float64Array => {
    const value = scaler.get(name);
    if (value === null || value === undefined) return new Float64Array(columns).fill(usual);
    const table = numberTable(value, name);
    if (table.rows !== 1 || table.columns !== columns)
      throw damaged(`${name} has ${table.columns} numbers where ${columns} are due`);
    return table.data;
  };
  if (scaler.has('min_')) {
    // MinMaxScaler: x * scale_ + min_
    if (scaler.get('clip') === true) throw unfit('a MinMaxScaler that clips, which is not linear');
    return { factors: row('scale_', 1), shifts: row('min_', 0) };
  }
  // The others: (x - center) / scale, where either may be absent.
  const isStandard = scaler.has('with_mean');
  const center = isStandard ? (scaler.get('with_mean') === false ? 'none' : 'mean_') : 'center_';
  const scale = row('scale_', 1);
  const middle = center === 'none' ? new Float64Array(columns) : row(center, 0);
  return {
    factors: scale.map((each) => 1 / each),
    shifts: middle.map((each, j) => -each / scale[j]!),
  };
}

// fit_intercept=False keeps the number 0 instead of an array.
function interceptsOf(value: unknown, outputs: number): Float64Array {
  if (value === 0) return new Float64Array(outputs);
  const { data, columns } = numberTable(value, 'intercept_');
  if (columns !== outputs) throw damaged(`intercept_ has ${columns} numbers where ${outputs} are due`);
  return Float64Array.from(data);
}
