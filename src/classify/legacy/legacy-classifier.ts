import { FaceTriggerError } from '../../errors.ts';
import type { CalibratedMember } from '../calibrated-classifier.ts';
import type { SigmoidCalibration } from '../sigmoid-calibration.ts';
import { readJoblib } from './joblib-file.ts';
import { namesOf } from './legacy-label-map.ts';
import { arrayItems, damaged, NumpyArray, numberTable } from './numpy-values.ts';
import { PickleObject } from './pickle-classes.ts';

/** A classifier that scikit-learn made. */
export interface LegacyClassifier {
  /** The classes as scikit-learn knows them; encoded label i of the members is labels[i]. */
  readonly labels: readonly string[];
  /** Whether the classes were whole numbers, so that a separate label map names them. */
  readonly encoded: boolean;
  readonly dimension: number;
  /** The machines and sigmoids whose probabilities are averaged. */
  readonly members: readonly CalibratedMember[];
  /** Version of scikit-learn that wrote the file, where it says. */
  readonly sklearnVersion: string | null;
}

/**
 * Reads a pickled or joblib `CalibratedClassifierCV(LinearSVC(), method='sigmoid')` of scikit-learn 0.20 to 1.x.
 *
 * @param bytes - the whole file
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for damaged files and for any other class, named in the message
 * @remarks Reads data only: see `readPickle`.
 */
export function readLegacyClassifier(bytes: Uint8Array): LegacyClassifier {
  const model = readJoblib(bytes);
  const attributes = attributesOf(model, 'sklearn.calibration.CalibratedClassifierCV');
  const method = attributes.get('method');
  if (method !== 'sigmoid')
    throw unfit(`calibration method ${JSON.stringify(method)}; only "sigmoid" is read`);
  const classes = attributes.get('classes_');
  const items = classes instanceof NumpyArray ? arrayItems(classes) : null;
  if (!items || items.length < 2)
    throw damaged('the classifier knows fewer than two classes: it was never fitted');
  const calibrated = attributes.get('calibrated_classifiers_');
  if (!Array.isArray(calibrated) || calibrated.length === 0) throw damaged('the classifier was never fitted');
  const members = calibrated.map((each) => readMember(each, items));
  const { dimension } = members[0]!.svm;
  if (members.some((member) => member.svm.dimension !== dimension))
    throw damaged('its parts take different embeddings');
  const version = attributes.get('_sklearn_version');
  return {
    labels: namesOf(items),
    encoded: items.every((item) => typeof item === 'number'),
    dimension,
    members,
    sklearnVersion: typeof version === 'string' ? version : null,
  };
}

function readMember(value: unknown, classes: readonly unknown[]): CalibratedMember {
  const attributes = attributesOf(value, 'sklearn.calibration._CalibratedClassifier');
  // base_estimator became estimator in scikit-learn 1.2; calibrators_ lost its underscore in 0.24.
  const svm = attributesOf(
    attributes.get('estimator') ?? attributes.get('base_estimator'),
    'sklearn.svm.LinearSVC',
  );
  const own = namesOf(svm.get('classes_'));
  const all = namesOf(classes);
  if (own.length !== all.length || own.some((name, i) => name !== all[i])) {
    throw unfit('a fold that had not seen every class: fit it with stratified folds');
  }
  const outputs = all.length === 2 ? 1 : all.length;
  const coefficients = numberTable(svm.get('coef_'), 'coef_');
  if (coefficients.rows !== outputs)
    throw damaged(`coef_ has ${coefficients.rows} rows where ${outputs} are due`);
  const calibrators = attributes.get('calibrators') ?? attributes.get('calibrators_');
  if (!Array.isArray(calibrators) || calibrators.length !== outputs)
    throw damaged('it has no calibration for each class');
  return {
    svm: {
      classes: all.map((_, i) => i),
      dimension: coefficients.columns,
      coefficients: coefficients.data,
      intercepts: intercepts(svm.get('intercept_'), outputs),
      converged: true,
    },
    sigmoids: calibrators.map(readSigmoid),
  };
}

function readSigmoid(value: unknown): SigmoidCalibration {
  const attributes = attributesOf(value, 'sklearn.calibration._SigmoidCalibration');
  const slope = attributes.get('a_');
  const offset = attributes.get('b_');
  if (typeof slope !== 'number' || typeof offset !== 'number' || !Number.isFinite(slope + offset)) {
    throw damaged('a sigmoid has no finite a_ and b_');
  }
  return { slope, offset };
}

// LinearSVC(fit_intercept=False) keeps the number 0 instead of an array.
function intercepts(value: unknown, outputs: number): Float64Array {
  if (value === 0) return new Float64Array(outputs);
  const { data, columns } = numberTable(value, 'intercept_');
  if (columns !== outputs) throw damaged(`intercept_ has ${columns} numbers where ${outputs} are due`);
  return data;
}

function attributesOf(value: unknown, className: string): Map<string, unknown> {
  if (value instanceof PickleObject) {
    if (value.className === className) return value.attributes;
    throw unfit(`${value.className} where ${className} is due`);
  }
  throw unfit(`no ${className}`);
}

function unfit(what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The file holds ${what}`);
}
