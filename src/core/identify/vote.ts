import type { ClassifierResult } from './classifier.ts';

/** Outcome of a vote of several sightings of one face. */
export interface Vote {
  /** Column of the winner; -1 is unknown. */
  readonly column: number;
  /** Mean probability of the winner over the sightings that voted for it. */
  readonly probability: number;
  /** Sightings that voted for the winner. */
  readonly votes: number;
  /** Sightings in all. */
  readonly sightings: number;
  /** Winner's votes less the runner-up's, as a share of all sightings, 0 - 1. */
  readonly margin: number;
}

const UNKNOWN = -1;

/**
 * Lets every sighting vote for its most probable person, or for "unknown" below the threshold.
 *
 * @param threshold - least probability that names a person, 0 - 1
 * @remarks The majority wins; a tie goes to the larger sum of probabilities. A vote for unknown counts with the
 * probability that was too low, so that on a tie a known person comes before unknown.
 */
export function voteOverSightings(result: ClassifierResult, classCount: number, threshold: number): Vote {
  const tally = new Map<number, { votes: number; sum: number }>();
  for (let row = 0; row < result.count; row++) {
    const probabilities = result.probabilities.subarray(row * classCount, (row + 1) * classCount);
    let best = 0;
    for (let column = 1; column < classCount; column++) {
      if (probabilities[column]! > probabilities[best]!) best = column;
    }
    const probability = probabilities[best]!;
    const column = probability < threshold ? UNKNOWN : best;
    const entry = tally.get(column) ?? { votes: 0, sum: 0 };
    tally.set(column, { votes: entry.votes + 1, sum: entry.sum + probability });
  }
  const [winner, runnerUp] = [...tally].sort(([, a], [, b]) => b.votes - a.votes || b.sum - a.sum);
  const [column, { votes, sum }] = winner!;
  return {
    column,
    probability: sum / votes,
    votes,
    sightings: result.count,
    margin: (votes - (runnerUp?.[1].votes ?? 0)) / result.count,
  };
}
