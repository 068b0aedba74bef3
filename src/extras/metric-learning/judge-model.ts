import { createRandom, type Random } from '../../core/random/random.ts';
import { type PairDistances, pairDistances } from './decidability.ts';
import { embedPhotos, type FitOptions, fitModel, type MetricSamples } from './fit-model.ts';
import type { MetricModel } from './metric-model.ts';

/** False match rate at which models are compared; few people give too few pairs of strangers for a smaller one. */
export const JUDGED_FMR = 0.01;
/** A model is only used if it takes away at least this share of the errors ... */
export const MIN_IMPROVEMENT = 0.1;
/** ... and chance alone would do so in at most this share of cases. */
export const MAX_P_VALUE = 0.05;
/** Groups of people that are held out in turn. */
export const JUDGE_FOLDS = 5;

const SIGN_FLIPS = 10_000;

/** How a learned model does on people it never saw, against the network as it is. */
export interface MetricJudgment {
  readonly people: number;
  readonly photos: number;
  /** {@link JUDGED_FMR} */
  readonly fmr: number;
  /** Mean share of a person's pairs that are rejected at that rate, 0 - 1, both at length 1. */
  readonly plainFnmr: number;
  readonly learnedFnmr: number;
  /** Chance of such a gain where there is none: paired sign-flip test over the people, one-sided. */
  readonly pValue: number;
  readonly adopted: boolean;
  /** Median of the epochs after which the models were best on other held-out people. */
  readonly epochs: number;
  /** Length of the learned embeddings at which the network's own threshold is the distance of equal error rates. */
  readonly scale: number;
}

/**
 * Decides whether a learned model is worth using.
 *
 * @param start - the network as it is
 * @param samples - photos of at least {@link JUDGE_FOLDS} * 2 people
 * @returns figures over all people, each measured by a model that learned from others and was stopped on yet others
 * @throws FaceTriggerError `ERR_ABORTED`
 */
export async function judgeModel<Inputs, M extends MetricModel<Inputs, M>>(
  start: M,
  samples: MetricSamples<Inputs>,
  options: {
    readonly fit: FitOptions;
    readonly seed: number;
    /** Distance below which the network means one person. */
    readonly threshold: number;
    /** Chance of a gain that is none up to which the model is used. @defaultValue {@link MAX_P_VALUE} */
    readonly maxPValue?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number) => void) | undefined;
  },
): Promise<MetricJudgment> {
  const { fit, seed, threshold, maxPValue = MAX_P_VALUE, signal, onProgress } = options;
  const { inputs, photos } = samples;
  const random = createRandom(seed);
  const people = random.shuffle([...new Set(photos.map(({ person }) => person))]);
  const groupOf = new Map(people.map((person, i) => [person, i % JUDGE_FOLDS]));
  const inGroup = (group: number) =>
    photos.filter(({ person }) => groupOf.get(person) === group % JUDGE_FOLDS);
  const plain = new Map<number, number>();
  const learned = new Map<number, number>();
  const epochs: number[] = [];
  const thresholds: number[] = [];
  for (let group = 0; group < JUDGE_FOLDS; group++) {
    const judged = inGroup(group);
    const stopOn = inGroup(group + 1);
    const learnedFrom = photos.filter((photo) => !judged.includes(photo) && !stopOn.includes(photo));
    const fitted = await fitModel<Inputs, M>(
      start,
      { inputs, photos: learnedFrom },
      {
        ...{ ...fit, stopOn, random, signal },
        onProgress: (done) => onProgress?.((group + done) / JUDGE_FOLDS),
      },
    );
    epochs.push(fitted.epochs);
    const measure = (model: M) =>
      pairDistances(
        embedPhotos(model, inputs, judged),
        judged.map(({ person }) => person),
      );
    const after = measure(fitted.model);
    thresholds.push(equalErrorDistance(after));
    for (const [person, share] of rejectedShares(measure(start))) plain.set(person, share);
    for (const [person, share] of rejectedShares(after)) learned.set(person, share);
    onProgress?.((group + 1) / JUDGE_FOLDS);
  }
  const gains = [...plain].map(([person, share]) => share - learned.get(person)!);
  const plainFnmr = mean([...plain.values()]);
  const learnedFnmr = mean([...learned.values()]);
  const pValue = signFlipTest(gains, random);
  const middle = [...epochs].sort((a, b) => a - b)[Math.floor(epochs.length / 2)]!;
  const helps = plainFnmr - learnedFnmr >= MIN_IMPROVEMENT * plainFnmr && plainFnmr > learnedFnmr;
  return {
    people: plain.size,
    photos: photos.length,
    fmr: JUDGED_FMR,
    plainFnmr,
    learnedFnmr,
    pValue,
    adopted: helps && pValue <= maxPValue && middle > 0,
    epochs: middle,
    scale: threshold / mean(thresholds),
  };
}

/**
 * Chance that differences at least as large come up when each is as likely to be negative.
 *
 * @returns one-sided p-value, above 0
 * @remarks Fisher's randomization test with random signs; the observed ones count as one draw.
 */
export function signFlipTest(differences: readonly number[], random: Random): number {
  const observed = differences.reduce((sum, value) => sum + value, 0);
  let atLeast = 1;
  for (let draw = 0; draw < SIGN_FLIPS; draw++) {
    const sum = differences.reduce((total, value) => total + (random.next() < 0.5 ? value : -value), 0);
    // Sums of equal terms in another order differ in the last bits.
    if (sum >= observed - 1e-12) atLeast += 1;
  }
  return atLeast / (SIGN_FLIPS + 1);
}

/** Share of each person's pairs that are rejected where strangers pass at {@link JUDGED_FMR}. */
function rejectedShares({ same, samePerson, different }: PairDistances): Map<number, number> {
  const limit = different.slice().sort()[Math.floor(different.length * JUDGED_FMR)]!;
  const counts = new Map<number, { rejected: number; all: number }>();
  for (const [i, distance] of same.entries()) {
    const count = counts.get(samePerson[i]!) ?? { rejected: 0, all: 0 };
    counts.set(samePerson[i]!, {
      rejected: count.rejected + (distance < limit ? 0 : 1),
      all: count.all + 1,
    });
  }
  return new Map([...counts].map(([person, { rejected, all }]) => [person, rejected / all]));
}

/** Distance at which as large a share of strangers passes as of pairs of one person is rejected. */
function equalErrorDistance({ same, different }: PairDistances): number {
  const genuine = same.slice().sort();
  const strangers = different.slice().sort();
  let low = 0;
  let rejected = genuine.length;
  for (const [passed, distance] of strangers.entries()) {
    while (low < genuine.length && genuine[low]! <= distance) low += 1;
    rejected = genuine.length - low;
    if (rejected / genuine.length <= (passed + 1) / strangers.length) {
      // Where nobody overlaps, the middle of the gap.
      const nearest = genuine[Math.min(low, genuine.length) - 1] ?? distance;
      return passed === 0 ? (nearest + distance) / 2 : distance;
    }
  }
  return strangers.at(-1)!;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
