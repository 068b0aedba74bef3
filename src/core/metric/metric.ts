import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';

/** How the distance of two embeddings is measured. */
export type MetricName = 'euclidean' | 'cosine';

/** A measure of how far apart two embeddings are: 0 for the same, larger as faces agree less. */
export interface Metric {
  readonly name: MetricName;
  /** No two embeddings are farther apart; infinite where the metric has no end. */
  readonly largest: number;
  /** @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the lengths differ */
  distance(a: ArrayLike<number>, b: ArrayLike<number>): number;
  /** Whether two embeddings are at most a distance apart; may be faster than measuring it. */
  isWithin(a: Float32Array, b: Float32Array, maxDistance: number): boolean;
  /** The vector for which squared Euclidean distances stand in the order of this metric: what an index keeps. */
  prepare(embedding: Float32Array): Float32Array;
  /** The distance of two embeddings whose prepared vectors have this squared Euclidean distance. */
  fromSquared(squared: number): number;
}

/** The length of the straight line between two embeddings. */
export const EUCLIDEAN: Metric = {
  name: 'euclidean',
  largest: Number.POSITIVE_INFINITY,
  distance: (a, b) => Math.sqrt(squaredDistance(a, b)),
  isWithin(a, b, maxDistance) {
    const limit = maxDistance ** 2;
    let sum = 0;
    for (let i = 0; i < a.length && sum <= limit; i++) sum += (a[i]! - b[i]!) ** 2;
    return sum <= limit;
  },
  prepare: (embedding) => embedding,
  fromSquared: Math.sqrt,
};

/** 1 - the cosine of the angle between two embeddings: 0 .. 2, whatever their lengths. */
export const COSINE: Metric = {
  name: 'cosine',
  largest: 2,
  distance: (a, b) => 1 - cosineSimilarity(a, b),
  isWithin: (a, b, maxDistance) => 1 - cosineSimilarity(a, b) <= maxDistance,
  prepare: (embedding) => normalizeEmbedding(embedding),
  // Of unit vectors: |a - b|² = 2 - 2 cos.
  fromSquared: (squared) => squared / 2,
};

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a name that is none */
export function metricOf(name: MetricName): Metric {
  if (name === 'euclidean') return EUCLIDEAN;
  if (name === 'cosine') return COSINE;
  throw invalidArgument("'euclidean' or 'cosine'", 'metric', name);
}

/**
 * Euclidean distance between two embeddings.
 *
 * @returns 0 (the same) upwards
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the lengths differ
 */
export function euclideanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return EUCLIDEAN.distance(a, b);
}

/**
 * Cosine of the angle between two embeddings.
 *
 * @returns -1 .. 1; 0 when either is all zero
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the lengths differ
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertSameLength(a, b);
  let dot = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squareA += a[i]! * a[i]!;
    squareB += b[i]! * b[i]!;
  }
  const norm = Math.sqrt(squareA * squareB);
  return norm > 0 ? dot / norm : 0;
}

/**
 * A new embedding in the same direction; all zeros stay zeros.
 *
 * @param length - of the result. @defaultValue 1
 */
export function normalizeEmbedding(embedding: Float32Array, length = 1): Float32Array {
  let square = 0;
  for (const value of embedding) square += value * value;
  const norm = Math.sqrt(square);
  return norm > 0 ? embedding.map((value) => (value / norm) * length) : embedding.slice();
}

/** The component-wise mean of at least one embedding. */
export function meanEmbedding(embeddings: readonly Float32Array[]): Float32Array {
  const first = embeddings[0];
  if (first === undefined) {
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation('at least one embedding', 'embeddings', []));
  }
  const sum = new Float64Array(first.length);
  for (const embedding of embeddings) {
    assertSameLength(first, embedding);
    for (let i = 0; i < sum.length; i++) sum[i]! += embedding[i]!;
  }
  return Float32Array.from(sum, (value) => value / embeddings.length);
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertSameLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}

function assertSameLength(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length === b.length) return;
  const message = expectation(`an embedding of ${a.length} numbers`, 'the second embedding', b.length);
  throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
}
