import { expectation, FaceTriggerError } from '../core/errors.ts';

/**
 * Distances of a verification test.
 *
 * @remarks Distances fall as faces agree: a pair is accepted when its distance is <= `maxDistance`.
 */
export interface PairScores {
  /** Distances of the pairs that show one person. */
  readonly genuine: Float64Array;
  /** Distances of the pairs that show two people. */
  readonly impostor: Float64Array;
}

/**
 * Checks and sorts the distances, which every metric here works on.
 *
 * @returns copies in rising order
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` if one side is empty, `ERR_INVALID_ARGUMENT` if a distance is NaN
 */
export function sortScores(scores: PairScores): PairScores {
  return { genuine: sorted(scores.genuine, 'genuine'), impostor: sorted(scores.impostor, 'impostor') };
}

/** How many of the rising distances are <= the limit, found by halving. */
export function countUpTo(rising: Float64Array, limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sorted(distances: Float64Array, name: string): Float64Array {
  if (distances.length === 0) {
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', expectation('at least one distance', name, 'none'));
  }
  for (const distance of distances) {
    if (Number.isNaN(distance)) {
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', expectation('numbers', name, Number.NaN));
    }
  }
  return distances.slice().sort();
}
