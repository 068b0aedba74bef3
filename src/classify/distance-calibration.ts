import { invalidArgument } from '../core/errors.ts';
import { createRandom } from '../core/random/random.ts';
import type { EmbeddingMatrix } from './embedding-matrix.ts';
import type { EncodedLabels } from './encode-labels.ts';
import {
  nearestDistances,
  type PersonReferences,
  prepareRows,
  squaredDistance,
} from './person-references.ts';
import { fitSigmoid } from './sigmoid-calibration.ts';

/** P(same person | distance d) = 1 / (1 + exp(scale * (d - midpoint))), both answers equally likely beforehand. */
export interface DistanceCalibration {
  /** Distance at which "same" and "different" are equally probable. */
  readonly midpoint: number;
  /** How fast the probability falls, per unit of distance; > 0. */
  readonly scale: number;
  /** Where the two numbers come from. */
  readonly source: 'default' | 'gallery' | 'given';
  /** How many distances to own and to other people's references the fit saw; 0 where there was none. */
  readonly samePairs: number;
  readonly differentPairs: number;
}

/** A calibration that is known beforehand. */
export function knownCalibration(
  { midpoint, scale }: { readonly midpoint: number; readonly scale: number },
  source: 'default' | 'given',
): DistanceCalibration {
  return { midpoint, scale, source, samePairs: 0, differentPairs: 0 };
}

/** With less than this a gallery says too little about how far apart photos of one person can be. */
export const GALLERY_CALIBRATION_MINIMUM = {
  /** People with at least two photos. */
  people: 10,
  /** Photos that have another photo of the same person. */
  samePairs: 50,
} as const;

/** Bounds of the work of a fit: photos tried, pairs kept and multiplications. */
const LIMITS = { probes: 1000, pairs: 1_000_000, products: 2e9 } as const;

/**
 * Fits the calibration to a gallery, if it is large enough.
 *
 * @param references - what the distances will be measured to
 * @param samples - the gallery's embeddings and labels, from which the references were collected
 * @returns `null` where the gallery is smaller than {@link GALLERY_CALIBRATION_MINIMUM} or its distances do not
 * tell people apart
 * @remarks Leaves one photo out at a time: its distance to its own person's remaining references is a "same"
 * distance, those to each other person's are "different" ones; Platt's sigmoid with both kinds weighing the same
 * in all. A random choice of photos where there are many. Photos of one occasion make the "same" distances
 * smaller than they will be later; galleries made from one video are better served by the default.
 */
export function calibrateDistance(
  references: PersonReferences,
  samples: { readonly matrix: EmbeddingMatrix; readonly labels: EncodedLabels; readonly seed: number },
): DistanceCalibration | null {
  const { labels, seed } = samples;
  const matrix = prepareRows(samples.matrix, references.metric);
  const { classes, codes, counts } = labels;
  const candidates = Array.from(codes.keys()).filter((row) => counts[codes[row]!]! > 1);
  const people = counts.filter((count) => count > 1).length;
  if (
    candidates.length < GALLERY_CALIBRATION_MINIMUM.samePairs ||
    people < GALLERY_CALIBRATION_MINIMUM.people
  ) {
    return null;
  }
  const affordable = Math.min(
    LIMITS.probes,
    Math.floor(LIMITS.pairs / classes.length),
    Math.floor(LIMITS.products / (references.matrix.rows * matrix.columns)),
  );
  const probes = createRandom(seed)
    .shuffle(candidates)
    .slice(0, Math.max(affordable, GALLERY_CALIBRATION_MINIMUM.samePairs));

  const distances: number[] = [];
  const same: number[] = [];
  for (const row of probes) {
    const own = codes[row]!;
    const start = row * matrix.columns;
    const probe = {
      rows: 1,
      columns: matrix.columns,
      data: matrix.data.subarray(start, start + matrix.columns),
    };
    for (const [code, distance] of nearestDistances(references, probe).entries()) {
      distances.push(code === own ? distanceToOthersOfOwn(row, { references, matrix, labels }) : distance);
      same.push(code === own ? 1 : 0);
    }
  }
  const differentPairs = same.length - probes.length;
  const weights = same.map((flag) => same.length / (2 * (flag ? probes.length : differentPairs)));
  const { slope, offset } = fitSigmoid(distances, same, { weights });
  const midpoint = -offset / slope;
  if (!(slope > 0) || !(midpoint > 0) || !Number.isFinite(midpoint)) return null;
  return { midpoint, scale: slope, source: 'gallery', samePairs: probes.length, differentPairs };
}

/** Takes a calibration that the caller chose. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function givenCalibration(given: {
  readonly midpoint: number;
  readonly scale: number;
}): DistanceCalibration {
  const { midpoint, scale } = given;
  for (const [name, value] of Object.entries({ midpoint, scale })) {
    if (!(value > 0) || !Number.isFinite(value)) {
      throw invalidArgument('a finite number > 0', `options.calibration.${name}`, value);
    }
  }
  return knownCalibration({ midpoint, scale }, 'given');
}

/**
 * Posterior probability of each person against the others and against "nobody of them".
 *
 * @param distances - [n, k]
 * @returns [n, k]: odds_c / (1 + Σ odds), odds_c = exp(-scale * (d_c - midpoint)). One person alone gets
 * P(same | d); of two people who are both near, the nearer one gets the larger share.
 * @remarks Bayes' rule over k + 1 explanations (each person, or a stranger) that are equally likely beforehand.
 * The largest exponent, or the stranger's 0, is taken away first: nothing overflows.
 */
export function competingProbabilities(
  distances: Float64Array,
  people: number,
  { midpoint, scale }: Pick<DistanceCalibration, 'midpoint' | 'scale'>,
): Float64Array {
  const result = new Float64Array(distances.length);
  for (let start = 0; start < distances.length; start += people) {
    let largest = 0;
    for (let c = 0; c < people; c++) largest = Math.max(largest, -scale * (distances[start + c]! - midpoint));
    let sum = Math.exp(-largest);
    for (let c = 0; c < people; c++) {
      const odds = Math.exp(-scale * (distances[start + c]! - midpoint) - largest);
      result[start + c] = odds;
      sum += odds;
    }
    for (let c = 0; c < people; c++) result[start + c]! /= sum;
  }
  return result;
}

/** Distance of a photo to what its own person's reference is without it. */
function distanceToOthersOfOwn(
  row: number,
  context: {
    readonly references: PersonReferences;
    readonly matrix: EmbeddingMatrix;
    readonly labels: EncodedLabels;
  },
): number {
  const { references, matrix, labels } = context;
  const own = labels.codes[row]!;
  const siblings = Array.from(labels.codes.keys()).filter(
    (other) => other !== row && labels.codes[other] === own,
  );
  const { metric } = references;
  if (references.mode === 'knn') {
    let nearest = Number.POSITIVE_INFINITY;
    for (const other of siblings) {
      nearest = Math.min(nearest, squaredDistance(matrix, row, { other: matrix, otherRow: other }));
    }
    return metric.fromSquared(nearest);
  }
  const { columns, data } = matrix;
  const mean = new Float64Array(columns);
  for (const other of siblings) {
    for (let j = 0; j < columns; j++) mean[j]! += data[other * columns + j]!;
  }
  for (let j = 0; j < columns; j++) mean[j]! /= siblings.length;
  const centroid = prepareRows({ rows: 1, columns, data: mean }, metric);
  return metric.fromSquared(squaredDistance(matrix, row, { other: centroid, otherRow: 0 }));
}
