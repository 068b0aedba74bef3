import { normalizeRows, type Rows, squaredGap } from './triplet-loss.ts';

/** Distances between all pairs of rows, at length 1. */
export interface PairDistances {
  /** Pairs of one person, with the person. */
  readonly same: Float64Array;
  readonly samePerson: Int32Array;
  /** Pairs of two people. */
  readonly different: Float64Array;
}

/** @param people - the person of each row */
export function pairDistances(rows: Rows, people: ArrayLike<number>): PairDistances {
  const { columns } = rows;
  const { unit, lengths } = normalizeRows(rows);
  const same: number[] = [];
  const samePerson: number[] = [];
  const different: number[] = [];
  for (let i = 0; i < lengths.length; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squaredGap(unit, i * columns, j * columns, columns));
      if (people[i] === people[j]) {
        same.push(distance);
        samePerson.push(people[i]!);
      } else different.push(distance);
    }
  }
  return {
    same: Float64Array.from(same),
    samePerson: Int32Array.from(samePerson),
    different: Float64Array.from(different),
  };
}

/**
 * How far apart the distances within and between people lie, in standard deviations.
 *
 * @returns 0 upwards; larger is better. Unlike an error rate it still tells heads apart that make no error.
 * @remarks d' of J. Daugman, "Biometric decision landscapes", University of Cambridge 2000.
 */
export function decidability({ same, different }: Pick<PairDistances, 'same' | 'different'>): number {
  const a = moments(same);
  const b = moments(different);
  return (b.mean - a.mean) / Math.sqrt(Math.max((a.variance + b.variance) / 2, Number.MIN_VALUE));
}

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}
