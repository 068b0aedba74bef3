import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';
import { createRandom } from '../core/random/random.ts';
import {
  clopperPearsonInterval,
  DEFAULT_CONFIDENCE,
  type RateEstimate,
  rateUpperBound,
  trialsToPromise,
} from './intervals.ts';
import { type NamedFace, openSetScores, type SearchOutcome, searchGallery } from './search-outcome.ts';

/** Options of {@link recommendThreshold}: exactly one target. */
export interface RecommendThresholdOptions {
  /** Highest share of strangers' searches that may name somebody, 0 < rate < 1. */
  readonly targetFpir?: number | undefined;
  /** Highest share of pairs of different people that may pass as one person, 0 < rate < 1. */
  readonly targetFmr?: number | undefined;
  /** Faces of people outside the gallery; they make the promise firmer. */
  readonly cohort?: readonly NamedFace[] | undefined;
  /** How embeddings are compared. @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
  /** Certainty of the promise and of the intervals, 0 < c < 1. @defaultValue 0.95 */
  readonly confidence?: number | undefined;
  /** Parts that the people are divided into for the cross-validation, integer >= 2. @defaultValue 5 */
  readonly folds?: number | undefined;
  /** Of the folds and of the pairs drawn. @defaultValue 0 */
  readonly seed?: number | undefined;
}

/** A threshold and how well it is founded. */
export interface ThresholdRecommendation {
  readonly metric: 'distance';
  /** Accept at this distance or nearer. */
  readonly maxDistance: number;
  readonly target: { readonly kind: 'fpir' | 'fmr'; readonly rate: number };
  readonly confidence: number;
  /** The rate is at most this with that certainty; <= target.rate. */
  readonly upperBound: number;
  /** What is counted: strangers' searches, or one pair for each two people. Clopper-Pearson interval. */
  readonly falseAccepts: RateEstimate;
  /** Own photos missed at this threshold (FNIR, or FNMR), each searched without itself; null if nobody has two. */
  readonly misses: RateEstimate | null;
  /** Errors with thresholds chosen on the other people's photos only; null where a part would be too small. */
  readonly crossValidated: {
    readonly falseAccepts: RateEstimate;
    readonly misses: RateEstimate | null;
  } | null;
  readonly people: number;
  readonly strangers: number;
}

/**
 * Chooses the widest threshold that can be promised to keep a target error rate.
 *
 * @param gallery - the faces that will be searched, of at least two people; those without embedding are left out
 * @returns the threshold, its promise and what it costs
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` with the number of searches (or pairs of people) that the target
 * takes, `ERR_INVALID_ARGUMENT`
 * @remarks Strangers' searches are those of the cohort and, for every photo of the gallery, a search in which its
 * own person is left out. The threshold is the largest whose Clopper-Pearson upper bound is within the target;
 * since the number of errors allowed depends on the number of trials alone, the bound holds although the threshold
 * is read off the same trials (a distribution-free tolerance limit, Wilks 1941). It assumes that trials are drawn
 * independently: many photos of few strangers promise less than they seem to. For `targetFmr` each two people give
 * one pair, drawn at random, because their other pairs repeat the same two faces.
 */
export function recommendThreshold(
  gallery: readonly NamedFace[],
  options: RecommendThresholdOptions,
): ThresholdRecommendation {
  const { confidence = DEFAULT_CONFIDENCE, folds = 5, seed = 0 } = options;
  const target = targetOf(options);
  if (!Number.isInteger(folds) || folds < 2) throw invalidArgument('an integer >= 2', 'options.folds', folds);
  const faces = gallery.filter((face) => face.embedding !== null);
  const cohort = (options.cohort ?? []).filter((face) => face.embedding !== null);
  const people = new Set(faces.map((face) => face.person));
  if (people.size < 2) {
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'A threshold takes a gallery of two or more people');
  }
  const shared = cohort.find((face) => people.has(face.person));
  if (shared) throw invalidArgument('people outside the gallery', 'options.cohort', shared.person);
  const trials =
    target.kind === 'fpir'
      ? searchTrials(faces, cohort, options.metric)
      : pairTrials([...faces, ...cohort], { people, seed, metric: options.metric });
  const choice = chooseThreshold(trials.strangers, { target: target.rate, confidence });
  if (!choice) throw tooFew(target, trials.strangers.length, confidence);
  return {
    metric: 'distance',
    maxDistance: choice.maxDistance,
    target,
    confidence,
    upperBound: rateUpperBound(choice.errors, trials.strangers.length, { confidence }),
    falseAccepts: clopperPearsonInterval(choice.errors, trials.strangers.length, { confidence }),
    misses: missesAt(trials.own, choice.maxDistance, confidence),
    crossValidated: crossValidate(trials, { folds, seed, target: target.rate, confidence }),
    people: people.size,
    strangers: new Set(cohort.map((face) => face.person)).size,
  };
}

interface Trial {
  readonly person: string;
  readonly distance: number;
}

interface Trials {
  /** Whoever passes here is falsely accepted. */
  readonly strangers: readonly Trial[];
  /** Whoever does not pass here is missed. */
  readonly own: readonly Trial[];
}

function searchTrials(
  faces: readonly NamedFace[],
  cohort: readonly NamedFace[],
  metric: MetricName | undefined,
): Trials {
  const asStrangers = searchGallery(faces, faces, { leaveOut: 'person', metric });
  const outside = cohort.length > 0 ? searchGallery(cohort, faces, { metric }) : [];
  const strangers = [...asStrangers, ...outside].map(({ person, best }) => ({
    person,
    distance: best!.distance,
  }));
  const own = searchGallery(faces, faces, { metric }).filter((outcome) => outcome.ownDistance !== null);
  return { strangers, own: own.map(ownTrial) };
}

function ownTrial(outcome: SearchOutcome): Trial {
  return { person: outcome.person, distance: openSetScores([outcome]).hits[0]! };
}

function pairTrials(
  faces: readonly NamedFace[],
  options: { people: ReadonlySet<string>; seed: number; metric: MetricName | undefined },
): Trials {
  const random = createRandom(options.seed);
  const all = [...groupByPerson(faces).values()];
  const distance = (a: NamedFace, b: NamedFace) =>
    searchGallery([a], [b], { metric: options.metric })[0]!.best!.distance;
  const strangers: Trial[] = [];
  const own: Trial[] = [];
  for (const [i, mine] of all.entries()) {
    const person = mine[0]!.person;
    for (const theirs of all.slice(i + 1)) {
      const pair = [mine[random.int(mine.length)]!, theirs[random.int(theirs.length)]!] as const;
      strangers.push({ person, distance: distance(...pair) });
    }
    if (!options.people.has(person)) continue;
    for (const [j, face] of mine.entries()) {
      for (const other of mine.slice(j + 1)) own.push({ person, distance: distance(face, other) });
    }
  }
  return { strangers, own };
}

function groupByPerson(faces: readonly NamedFace[]): Map<string, NamedFace[]> {
  const groups = new Map<string, NamedFace[]>();
  for (const face of faces) {
    const own = groups.get(face.person);
    if (own) own.push(face);
    else groups.set(face.person, [face]);
  }
  return groups;
}

function chooseThreshold(
  strangers: readonly Trial[],
  options: { target: number; confidence: number },
): { maxDistance: number; errors: number } | null {
  const { target, confidence } = options;
  const n = strangers.length;
  if (n === 0 || rateUpperBound(0, n, { confidence }) > target) return null;
  let allowed = 0;
  while (allowed + 1 < n && rateUpperBound(allowed + 1, n, { confidence }) <= target) allowed++;
  const rising = Float64Array.from(strangers, (trial) => trial.distance).sort();
  const limit = rising[allowed]!;
  // Halfway to the first stranger who may not pass; with ties no stranger at that distance passes.
  const errors = rising.findIndex((distance) => distance >= limit);
  const below = errors > 0 ? rising[errors - 1]! : null;
  const maxDistance = below === null ? limit * (1 - Number.EPSILON) : below + (limit - below) / 2;
  return { maxDistance: maxDistance < limit ? maxDistance : (below ?? 0), errors };
}

function crossValidate(
  trials: Trials,
  options: { folds: number; seed: number; target: number; confidence: number },
): ThresholdRecommendation['crossValidated'] {
  const { folds, seed, target, confidence } = options;
  const people = [...new Set([...trials.strangers, ...trials.own].map((trial) => trial.person))];
  if (people.length < folds) return null;
  const order = createRandom(seed).shuffle(people);
  const foldOf = new Map(order.map((person, i) => [person, i % folds]));
  let [accepts, strangers, misses, own] = [0, 0, 0, 0];
  for (let fold = 0; fold < folds; fold++) {
    const elsewhere = trials.strangers.filter((trial) => foldOf.get(trial.person) !== fold);
    const choice = chooseThreshold(elsewhere, { target, confidence });
    if (!choice) return null;
    for (const trial of trials.strangers) {
      if (foldOf.get(trial.person) !== fold) continue;
      strangers++;
      if (trial.distance <= choice.maxDistance) accepts++;
    }
    for (const trial of trials.own) {
      if (foldOf.get(trial.person) !== fold) continue;
      own++;
      if (trial.distance > choice.maxDistance) misses++;
    }
  }
  return {
    falseAccepts: clopperPearsonInterval(accepts, strangers, { confidence }),
    misses: own > 0 ? clopperPearsonInterval(misses, own, { confidence }) : null,
  };
}

function missesAt(own: readonly Trial[], maxDistance: number, confidence: number): RateEstimate | null {
  if (own.length === 0) return null;
  const missed = own.filter((trial) => trial.distance > maxDistance).length;
  return clopperPearsonInterval(missed, own.length, { confidence });
}

function targetOf(options: RecommendThresholdOptions): ThresholdRecommendation['target'] {
  const { targetFpir, targetFmr } = options;
  if ((targetFpir === undefined) === (targetFmr === undefined)) {
    throw invalidArgument('one of targetFpir and targetFmr', 'options', { targetFpir, targetFmr });
  }
  const rate = targetFpir ?? targetFmr!;
  if (!(rate > 0 && rate < 1)) throw invalidArgument('a number between 0 and 1', 'options.target', rate);
  return { kind: targetFpir === undefined ? 'fmr' : 'fpir', rate };
}

function tooFew(
  target: ThresholdRecommendation['target'],
  have: number,
  confidence: number,
): FaceTriggerError {
  const needed = trialsToPromise(target.rate, { confidence });
  const unit =
    target.kind === 'fpir'
      ? "strangers' searches (one for each photo, of the gallery or of a cohort of strangers)"
      : 'pairs of different people (n people give n (n - 1) / 2)';
  return new FaceTriggerError(
    'ERR_TOO_FEW_SAMPLES',
    `A ${target.kind.toUpperCase()} of ${target.rate} can be guaranteed with ${confidence * 100} % confidence from ${needed} ` +
      `${unit} on, but there are ${have}: add photos of strangers or choose a target of ` +
      `${achievable(have, confidence)} or more`,
  );
}

function achievable(trials: number, confidence: number): number {
  if (trials < 1) return 1;
  // Rounded up, so that the number in the message is one that will be accepted.
  return Math.ceil(rateUpperBound(0, trials, { confidence }) * 1e4) / 1e4;
}
