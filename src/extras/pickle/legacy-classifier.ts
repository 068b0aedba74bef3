import type { CalibratedMember } from '../../classify/calibrated-classifier.ts';
import type { SigmoidCalibration } from '../../classify/sigmoid-calibration.ts';
import { attributesOf, unfit } from './estimator-attributes.ts';
import { readJoblib } from './joblib-file.ts';
import { namesOf } from './legacy-label-map.ts';
import { openEstimator, readLinearMachine } from './linear-machine.ts';
import { arrayItems, NumpyArray } from './numpy-values.ts';
import { PickleObject } from './pickle-classes.ts';
import { damaged } from './pickle-errors.ts';

/** A classifier that scikit-learn made. */
export interface LegacyClassifier {
  /** The classes as scikit-learn knows them; encoded label i of the members is labels[i]. */
  readonly labels: readonly string[];
  /** Whether the classes were whole numbers, so that a separate label map names them. */
  readonly encoded: boolean;
  readonly dimension: number;
  /** Whether each embedding is brought to length 1 before the machines see it. */
  readonly normalized: boolean;
  /** The machines and sigmoids whose probabilities are averaged. */
  readonly members: readonly CalibratedMember[];
  /** Classes of other libraries that the file holds and that play no part in predictions; nothing of them was run. */
  readonly skipped: readonly string[];
  /** Version of scikit-learn that wrote the file, where it says. */
  readonly sklearnVersion: string | null;
}

/** Most numbers of all folds together: 512 MiB of them. */
const MAX_SIZE = 2 ** 26;

/**
 * Reads a pickled or joblib `CalibratedClassifierCV(method='sigmoid')` of scikit-learn 0.20 to 1.x around a linear
 * machine.
 *
 * @param bytes - the whole file
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for damaged files and for anything that predictions need and that is not
 * read, named in the message
 * @remarks Reads data only: see `readPickle`. Around and inside the calibration may stand `Pipeline` (see
 * `readLinearMachine` for its steps), `FrozenEstimator` and `GridSearchCV`.
 */
export function readLegacyClassifier(bytes: Uint8Array): LegacyClassifier {
  const model = readJoblib(bytes);
  const { value, steps } = openEstimator(model);
  const attributes = attributesOf(value, ['sklearn.calibration.CalibratedClassifierCV']);
  const method = attributes.get('method');
  if (method !== 'sigmoid')
    throw unfit(`calibration method ${JSON.stringify(method)}; only "sigmoid" is read`);
  const classes = attributes.get('classes_');
  const items = classes instanceof NumpyArray ? arrayItems(classes) : null;
  if (!items || items.length < 2)
    throw damaged('the classifier knows fewer than two classes: it was never fitted');
  const calibrated = attributes.get('calibrated_classifiers_');
  if (!Array.isArray(calibrated) || calibrated.length === 0) throw damaged('the classifier was never fitted');
  const names = namesOf(items);
  const first = readMember(calibrated[0], { names, steps });
  const { dimension } = first.svm;
  const size = calibrated.length * names.length * (dimension + 1);
  // One fold can stand in the file a million times.
  if (size > MAX_SIZE) throw damaged(`its ${calibrated.length} folds have too many numbers`);
  const members = [first, ...calibrated.slice(1).map((each) => readMember(each, { names, steps }))];
  if (members.some((member) => member.svm.dimension !== dimension))
    throw damaged('its parts take different embeddings');
  const { normalized } = first;
  if (members.some((member) => member.normalized !== normalized))
    throw unfit('folds of which only some normalize their embeddings');
  const version = attributes.get('_sklearn_version');
  return {
    labels: names,
    encoded: items.every((item) => typeof item === 'number'),
    dimension,
    normalized,
    members,
    skipped: foreignClasses(model),
    sklearnVersion: typeof version === 'string' ? version : null,
  };
}

function readMember(
  value: unknown,
  context: { readonly names: readonly string[]; readonly steps: readonly unknown[] },
): CalibratedMember & { readonly normalized: boolean } {
  const { names } = context;
  const attributes = attributesOf(value, ['sklearn.calibration._CalibratedClassifier']);
  // base_estimator became estimator in scikit-learn 1.2; calibrators_ lost its underscore in 0.24.
  const estimator = attributes.get('estimator') ?? attributes.get('base_estimator');
  const { svm, classes: own, normalized } = readLinearMachine(estimator, context.steps);
  if (own.length !== names.length || own.some((name, i) => name !== names[i])) {
    throw unfit('a fold that had not seen every class: fit it with stratified folds');
  }
  const outputs = svm.intercepts.length;
  const calibrators = attributes.get('calibrators') ?? attributes.get('calibrators_');
  if (!Array.isArray(calibrators) || calibrators.length !== outputs)
    throw damaged('it has no calibration for each class');
  return { svm, sigmoids: calibrators.map(readSigmoid), normalized };
}

function readSigmoid(value: unknown): SigmoidCalibration {
  const attributes = attributesOf(value, ['sklearn.calibration._SigmoidCalibration']);
  const slope = attributes.get('a_');
  const offset = attributes.get('b_');
  if (typeof slope !== 'number' || typeof offset !== 'number' || !Number.isFinite(slope + offset)) {
    throw damaged('a sigmoid has no finite a_ and b_');
  }
  return { slope, offset };
}

function foreignClasses(model: unknown): string[] {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  const open = [model];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof PickleObject) {
      if (!value.className.startsWith('sklearn.')) names.add(value.className);
      for (const item of value.attributes.values()) open.push(item);
    } else if (value instanceof Map) for (const item of value.values()) open.push(item);
    else if (Array.isArray(value)) for (const item of value) open.push(item);
  }
  return [...names].sort();
}
