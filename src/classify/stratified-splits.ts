import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { withoutUndefined } from '../core/options/without-undefined.ts';
import { createRandom } from '../core/random/random.ts';
import { encodeLabels } from './encode-labels.ts';

/** Positions of the samples to learn from and of those to test on. Our own are ascending; any order is accepted. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Divides samples into folds that each hold every person in about the same share.
 *
 * @param labels - n encoded labels
 * @param folds - integer >= 2, at most the number of samples of the rarest person
 * @returns one split a fold; every sample is tested exactly once
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` naming a person who has fewer samples than there are folds
 * @remarks The allocation of scikit-learn's `StratifiedKFold` without shuffling: samples of one person go to the
 * folds in blocks, in the order in which they come.
 */
export function stratifiedKFold(labels: ArrayLike<number>, folds: number): Split[] {
  if (!Number.isInteger(folds) || folds < 2) throw invalidArgument('an integer >= 2', 'folds', folds);
  const { classes, codes, counts } = encodeLabels(labels);
  requireSamples(classes, counts, folds);

  // The persons in order of first appearance, each `count` times in a row; fold f gets items f, f + folds ...
  const firstSeen = [...new Set(codes)];
  const allocation = firstSeen.map(() => new Int32Array(folds));
  let position = 0;
  for (const [order, code] of firstSeen.entries()) {
    for (let i = 0; i < counts[code]!; i++) {
      allocation[order]![position % folds]! += 1;
      position += 1;
    }
  }
  const remaining = new Map(firstSeen.map((code, order) => [code, allocation[order]!]));
  const foldOf = Int32Array.from(codes, (code) => {
    const places = remaining.get(code)!;
    const fold = places.findIndex((count) => count > 0);
    places[fold]! -= 1;
    return fold;
  });
  return Array.from({ length: folds }, (_, fold) => ({
    train: positions(foldOf, (value) => value !== fold),
    test: positions(foldOf, (value) => value === fold),
  }));
}

/** Options of {@link stratifiedShuffleSplits}. */
export interface ShuffleSplitOptions {
  /** How many splits, integer >= 1. @defaultValue 3 */
  readonly splits?: number | undefined;
  /** Share of each person's samples to test on, in (0, 1). @defaultValue 0.25 */
  readonly testShare?: number | undefined;
  /** Samples of each person that must stay for learning, integer >= 1. @defaultValue 2 */
  readonly minTrain?: number | undefined;
  /** @defaultValue 0 */
  readonly seed?: number | undefined;
}

/** Defaults of {@link ShuffleSplitOptions}. */
export const DEFAULT_SHUFFLE_SPLIT = { splits: 3, testShare: 0.25, minTrain: 2, seed: 0 } as const;

/**
 * Draws random splits, each with the same share of every person on the test side.
 *
 * @param labels - n encoded labels
 * @returns `options.splits` splits; each tests at least one sample of every person
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` naming a person who has not more than `minTrain` samples
 */
export function stratifiedShuffleSplits(
  labels: ArrayLike<number>,
  options: ShuffleSplitOptions = {},
): Split[] {
  const { splits, testShare, minTrain, seed } = {
    ...DEFAULT_SHUFFLE_SPLIT,
    ...withoutUndefined(options),
  };
  if (!Number.isInteger(splits) || splits < 1)
    throw invalidArgument('an integer >= 1', 'options.splits', splits);
  if (!(testShare > 0 && testShare < 1)) {
    throw invalidArgument('a number in (0, 1)', 'options.testShare', testShare);
  }
  if (!Number.isInteger(minTrain) || minTrain < 1) {
    throw invalidArgument('an integer >= 1', 'options.minTrain', minTrain);
  }
  const { classes, codes, counts } = encodeLabels(labels);
  requireSamples(classes, counts, minTrain + 1);
  const members = classes.map((_, code) => positions(codes, (value) => value === code));
  const random = createRandom(seed);
  return Array.from({ length: splits }, () => {
    const tested = new Uint8Array(codes.length);
    for (const own of members) {
      const wanted = Math.max(1, Math.round(own.length * testShare));
      const count = Math.min(wanted, own.length - minTrain);
      for (const row of random.shuffle(own.slice()).subarray(0, count)) tested[row] = 1;
    }
    return {
      train: positions(tested, (value) => value === 0),
      test: positions(tested, (value) => value === 1),
    };
  });
}

/** Throws `ERR_TOO_FEW_SAMPLES` naming the first people who have fewer samples than needed. */
export function requireSamples(classes: readonly number[], counts: ArrayLike<number>, needed: number): void {
  const lacking = classes.filter((_, code) => counts[code]! < needed);
  if (classes.length > 0 && lacking.length === 0) return;
  const examples = lacking.slice(0, 5).map((label) => `label ${label} has ${counts[classes.indexOf(label)]}`);
  const more = lacking.length > 5 ? ` and ${lacking.length - 5} more` : '';
  throw new FaceTriggerError(
    'ERR_TOO_FEW_SAMPLES',
    expectation(
      `at least ${needed} samples of every person`,
      'labels',
      `${examples.join(', ') || 'none'}${more}`,
    ),
  );
}

function positions(values: ArrayLike<number>, wanted: (value: number) => boolean): Int32Array {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (wanted(values[i]!)) found.push(i);
  return Int32Array.from(found);
}
