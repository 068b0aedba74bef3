import { distancesIn } from '../core/embed/distance-facts.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { type MetricName, metricOf } from '../core/metric/metric.ts';
import { type WithoutUndefined, withoutUndefined } from '../core/options/without-undefined.ts';
import { ASSUMED_FACTS } from '../models/assumed-facts.ts';
import { mostProbable } from './calibrated-classifier.ts';
import {
  calibrateDistance,
  competingProbabilities,
  type DistanceCalibration,
  givenCalibration,
  knownCalibration,
} from './distance-calibration.ts';
import { type Embeddings, toEmbeddingMatrix } from './embedding-matrix.ts';
import { encodeLabels } from './encode-labels.ts';
import {
  collectReferences,
  nearestDistances,
  type PersonReferences,
  type ReferenceMode,
} from './person-references.ts';

/** Options of {@link NearestClassifier}. */
export interface NearestClassifierOptions {
  /** What a person's distance is measured to. @defaultValue 'knn', a person's nearest photo */
  readonly mode?: ReferenceMode | undefined;
  /**
   * 'auto' fits the gallery where it is large enough and takes the default otherwise.
   *
   * @defaultValue 'auto'
   */
  readonly calibration?:
    | 'auto'
    | 'default'
    | { readonly midpoint: number; readonly scale: number }
    | undefined;
  /** Seed of the choice of photos for the fit. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** How distances are measured. @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
  /** What 'default' stands for, and 'auto' where there are few people. @defaultValue that of dlib's embedder, in `metric`; embeddings of any other need their own: `profile.calibration` */
  readonly defaultCalibration?: { readonly midpoint: number; readonly scale: number } | undefined;
}

/**
 * Names the nearest person, with a probability that falls with the distance.
 *
 * @remarks Works from one photo a person and for any number of people, one person included. The probabilities of
 * one embedding sum to at most 1; the rest is "nobody of them" (see {@link competingProbabilities}).
 */
export class NearestClassifier {
  readonly options: Required<WithoutUndefined<NearestClassifierOptions>>;
  #fitted: { readonly references: PersonReferences; readonly calibration: DistanceCalibration } | undefined;

  constructor(options: NearestClassifierOptions = {}) {
    const { metric = 'euclidean' } = options;
    this.options = {
      mode: 'knn',
      calibration: 'auto',
      seed: 0,
      metric,
      defaultCalibration: distancesIn(ASSUMED_FACTS, metricOf(metric).name).calibration,
      ...withoutUndefined(options),
    };
    if (typeof this.options.calibration === 'object') givenCalibration(this.options.calibration);
  }

  /**
   * Remembers the people.
   *
   * @param embeddings - n >= 1 embeddings
   * @param labels - n encoded labels
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` for none, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  fit(embeddings: Embeddings, labels: ArrayLike<number>): this {
    const matrix = toEmbeddingMatrix(embeddings);
    const encoded = encodeLabels(labels, { count: matrix.rows });
    if (matrix.rows === 0)
      throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'There is no embedding to learn from');
    const { mode, calibration, seed, metric, defaultCalibration } = this.options;
    const references = collectReferences(matrix, encoded, { mode, metric: metricOf(metric) });
    const choose = (): DistanceCalibration => {
      if (typeof calibration === 'object') return givenCalibration(calibration);
      const fitted =
        calibration === 'auto' ? calibrateDistance(references, { matrix, labels: encoded, seed }) : null;
      return fitted ?? knownCalibration(defaultCalibration, 'default');
    };
    this.#fitted = { references, calibration: choose() };
    return this;
  }

  /** Labels, ascending. @throws FaceTriggerError `ERR_NOT_TRAINED` */
  get classes(): readonly number[] {
    return this.references.classes;
  }

  /** What the distances are measured to. @throws FaceTriggerError `ERR_NOT_TRAINED` */
  get references(): PersonReferences {
    return this.#open().references;
  }

  /** The calibration in use and where it comes from. @throws FaceTriggerError `ERR_NOT_TRAINED` */
  get calibration(): DistanceCalibration {
    return this.#open().calibration;
  }

  /** Distances [n, k]. @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH` */
  distances(embeddings: Embeddings): Float64Array {
    const { references } = this;
    return nearestDistances(
      references,
      toEmbeddingMatrix(embeddings, { dimension: references.matrix.columns }),
    );
  }

  /** Probabilities [n, k]; a row sums to at most 1. @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH` */
  predictProba(embeddings: Embeddings): Float64Array {
    return competingProbabilities(this.distances(embeddings), this.classes.length, this.calibration);
  }

  /** The label of the nearest person of each embedding; the smaller label of equally near ones. */
  predict(embeddings: Embeddings): number[] {
    const nearness = this.distances(embeddings).map((distance) => -distance);
    return mostProbable(nearness, this.classes);
  }

  #open() {
    if (!this.#fitted)
      throw new FaceTriggerError('ERR_NOT_TRAINED', 'The nearest classifier is not fitted yet');
    return this.#fitted;
  }
}
