import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { createRandom } from '../core/random/random.ts';
import { bootstrap } from './bootstrap.ts';
import { clopperPearsonInterval, DEFAULT_CONFIDENCE, type RateEstimate } from './intervals.ts';
import { openSetRates, openSetScores, type SearchOutcome } from './search-outcome.ts';

/** Options of {@link evaluateIdentification}. */
export interface IdentificationOptions {
  /** Threshold for the confusions and the lists of errors; that of equal FPIR and FNIR if not given. */
  readonly maxDistance?: number | undefined;
  /** Ranks of the CMC. @defaultValue 20 */
  readonly ranks?: number | undefined;
  /** Of the intervals. @defaultValue 0.95 */
  readonly confidence?: number | undefined;
  /** Bootstrap rounds, over people. @defaultValue 500 */
  readonly rounds?: number | undefined;
  /** Of the bootstrap. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** Length of each list of errors. @defaultValue 24 */
  readonly worst?: number | undefined;
}

/** One point of the open-set curve. */
export interface OpenSetPoint {
  readonly maxDistance: number;
  /** False positive identification rate: strangers taken for somebody. */
  readonly fpir: number;
  readonly fpirLow: number;
  readonly fpirHigh: number;
  /** False negative identification rate: known people not named, or named wrongly. */
  readonly fnir: number;
  readonly fnirLow: number;
  readonly fnirHigh: number;
}

/** Result of {@link evaluateIdentification}. */
export interface IdentificationResult {
  readonly probes: { readonly enrolled: number; readonly strangers: number; readonly failures: number };
  /** Enrolled probes whose nearest person is their own; a probe without a face counts as a miss. */
  readonly rank1: RateEstimate;
  /** The same among the probes with a usable face; null if there is none. */
  readonly rank1WithFace: RateEstimate | null;
  /** cmc[r - 1] is the share of enrolled probes whose own person is among the nearest r. */
  readonly cmc: readonly number[];
  /** By rising threshold; empty without strangers. */
  readonly openSet: readonly OpenSetPoint[];
  /** The threshold that `confusions`, `falsePositives` and `misses` were counted at. */
  readonly maxDistance: number;
  /** Wrong names given at that threshold, most frequent first. */
  readonly confusions: readonly {
    readonly person: string;
    readonly takenFor: string;
    readonly count: number;
  }[];
  /** Strangers, and known people taken for others, nearest first. */
  readonly falsePositives: readonly SearchOutcome[];
  /** Known people that were not named, farthest first. */
  readonly misses: readonly SearchOutcome[];
}

/**
 * Measures searches through a gallery, with people who are in it and strangers who are not.
 *
 * @param outcomes - at least one probe of an enrolled person
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 * @remarks Terms of ISO/IEC 19795-1:2021; FNIR at rank 1. The bootstrap draws people, since one person's photos are
 * alike. At each FPIR target its points lie at the observed distances, thinned to at most 200.
 */
export function evaluateIdentification(
  outcomes: readonly SearchOutcome[],
  options: IdentificationOptions = {},
): IdentificationResult {
  const { ranks = 20, confidence = DEFAULT_CONFIDENCE, worst = 24 } = options;
  if (!Number.isInteger(ranks) || ranks < 1) throw invalidArgument('an integer >= 1', 'options.ranks', ranks);
  const enrolled = outcomes.filter((outcome) => outcome.enrolled);
  const strangers = outcomes.filter((outcome) => !outcome.enrolled);
  if (enrolled.length === 0) {
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'No probe shows a person of the gallery');
  }
  const withFace = enrolled.filter((outcome) => outcome.best !== null);
  const first = enrolled.filter((outcome) => outcome.rank === 1).length;
  const openSet = strangers.length > 0 ? openSetCurve(outcomes, { ...options, confidence }) : [];
  const maxDistance = options.maxDistance ?? balancedThreshold(openSet) ?? Number.POSITIVE_INFINITY;
  const accepted = outcomes.filter(({ best }) => best !== null && best.distance <= maxDistance);
  const wrong = accepted.filter((outcome) => !outcome.enrolled || outcome.rank !== 1);
  const missed = enrolled.filter(({ rank, best }) => !(rank === 1 && best!.distance <= maxDistance));
  return {
    probes: {
      enrolled: enrolled.length,
      strangers: strangers.length,
      failures: outcomes.filter((outcome) => outcome.best === null).length,
    },
    rank1: clopperPearsonInterval(first, enrolled.length, { confidence }),
    rank1WithFace:
      withFace.length > 0 ? clopperPearsonInterval(first, withFace.length, { confidence }) : null,
    cmc: Array.from({ length: ranks }, (_, r) => {
      return enrolled.filter(({ rank }) => rank !== null && rank <= r + 1).length / enrolled.length;
    }),
    openSet,
    maxDistance,
    confusions: countConfusions(wrong),
    falsePositives: wrong.sort((a, b) => a.best!.distance - b.best!.distance).slice(0, worst),
    misses: missed.sort((a, b) => (b.ownDistance ?? Infinity) - (a.ownDistance ?? Infinity)).slice(0, worst),
  };
}

function openSetCurve(
  outcomes: readonly SearchOutcome[],
  options: IdentificationOptions & { confidence: number },
): OpenSetPoint[] {
  const { rounds = 500, seed = 0, confidence } = options;
  const scores = openSetScores(outcomes);
  const thresholds = thin([...new Set([...scores.hits, ...scores.strangers])].filter(Number.isFinite));
  const people = [...new Set(outcomes.map((outcome) => outcome.person))];
  const byPerson = people.map((person) => outcomes.filter((outcome) => outcome.person === person));
  const tallies = byPerson.map((own) => tally(own, thresholds));
  const intervals =
    rounds > 0
      ? bootstrap(people.length, (weights) => weightedRates(tallies, weights), {
          random: createRandom(seed),
          rounds,
          confidence,
        })
      : [];
  return thresholds.map((maxDistance, i) => {
    const { fpir, fnir } = openSetRates(scores, maxDistance);
    const [forFpir, forFnir] = [intervals[i], intervals[thresholds.length + i]];
    return {
      maxDistance,
      fpir,
      fpirLow: forFpir?.low ?? Number.NaN,
      fpirHigh: forFpir?.high ?? Number.NaN,
      fnir,
      fnirLow: forFnir?.low ?? Number.NaN,
      fnirHigh: forFnir?.high ?? Number.NaN,
    };
  });
}

interface Tally {
  readonly hits: number;
  readonly strangers: number;
  /** For each threshold: probes identified, strangers accepted. */
  readonly identified: Int32Array;
  readonly accepted: Int32Array;
}

function tally(own: readonly SearchOutcome[], thresholds: readonly number[]): Tally {
  const scores = openSetScores(own);
  const count = (distances: Float64Array) =>
    Int32Array.from(thresholds, (limit) => distances.filter((distance) => distance <= limit).length);
  return {
    hits: scores.hits.length,
    strangers: scores.strangers.length,
    identified: count(scores.hits),
    accepted: count(scores.strangers),
  };
}

function weightedRates(tallies: readonly Tally[], weights: Int32Array): number[] {
  const size = tallies[0]!.identified.length;
  const identified = new Float64Array(size);
  const accepted = new Float64Array(size);
  let hits = 0;
  let strangers = 0;
  for (const [person, own] of tallies.entries()) {
    const weight = weights[person]!;
    if (weight === 0) continue;
    hits += weight * own.hits;
    strangers += weight * own.strangers;
    for (let i = 0; i < size; i++) {
      identified[i]! += weight * own.identified[i]!;
      accepted[i]! += weight * own.accepted[i]!;
    }
  }
  return [
    ...Array.from(accepted, (count) => count / strangers),
    ...Array.from(identified, (count) => 1 - count / hits),
  ];
}

// 200 points draw a smooth curve; the bootstrap's cost grows with them.
function thin(thresholds: number[]): number[] {
  thresholds.sort((a, b) => a - b);
  const most = 200;
  if (thresholds.length <= most) return thresholds;
  return Array.from(
    { length: most },
    (_, i) => thresholds[Math.round((i * (thresholds.length - 1)) / (most - 1))]!,
  );
}

function balancedThreshold(curve: readonly OpenSetPoint[]): number | undefined {
  let best: OpenSetPoint | undefined;
  for (const point of curve) {
    if (!best || Math.abs(point.fpir - point.fnir) < Math.abs(best.fpir - best.fnir)) best = point;
  }
  return best?.maxDistance;
}

function countConfusions(wrong: readonly SearchOutcome[]): IdentificationResult['confusions'] {
  const counts = new Map<string, { person: string; takenFor: string; count: number }>();
  for (const { person, best } of wrong) {
    const key = JSON.stringify([person, best!.person]);
    const entry = counts.get(key) ?? { person, takenFor: best!.person, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.person < b.person ? -1 : 1));
}
