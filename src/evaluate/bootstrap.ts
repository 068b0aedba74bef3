import { invalidArgument } from '../core/errors.ts';
import type { Random } from '../core/random/random.ts';
import { DEFAULT_CONFIDENCE } from './intervals.ts';

/** Options of {@link bootstrap}. */
export interface BootstrapOptions {
  readonly random: Random;
  /** @defaultValue 1000 */
  readonly rounds?: number | undefined;
  /** Of the interval. @defaultValue 0.95 */
  readonly confidence?: number | undefined;
}

/**
 * Puts an interval around any statistic of a sample by drawing the sample again and again with replacement.
 *
 * @param size - how many independent units the sample has (people, not photos, where photos of a person agree)
 * @param statistic - receives how often each unit was drawn, [size], and answers one number or several
 * @returns the interval of each number, percentile method
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 * @remarks Efron 1979, "Bootstrap methods: another look at the jackknife". NaN answers are left out.
 */
export function bootstrap(
  size: number,
  statistic: (weights: Int32Array) => readonly number[],
  options: BootstrapOptions,
): { low: number; high: number }[] {
  if (!Number.isInteger(size) || size < 1) throw invalidArgument('an integer >= 1', 'size', size);
  const { random, rounds = 1000, confidence = DEFAULT_CONFIDENCE } = options;
  const weights = new Int32Array(size);
  const answers: Float64Array[] = [];
  for (let round = 0; round < rounds; round++) {
    weights.fill(0);
    for (let i = 0; i < size; i++) weights[random.int(size)]!++;
    for (const [index, value] of statistic(weights).entries()) {
      answers[index] ??= new Float64Array(rounds).fill(Number.NaN);
      answers[index][round] = value;
    }
  }
  return answers.map((values) => percentileInterval(values, confidence));
}

/** The middle `confidence` of the values, by linear interpolation between them; NaN values are left out. */
export function percentileInterval(values: Float64Array, confidence: number): { low: number; high: number } {
  const rising = values.filter((value) => !Number.isNaN(value)).sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(rising, tail), high: quantile(rising, 1 - tail) };
}

function quantile(rising: Float64Array, share: number): number {
  if (rising.length === 0) return Number.NaN;
  const position = share * (rising.length - 1);
  const below = Math.floor(position);
  const low = rising[below]!;
  const high = rising[Math.min(below + 1, rising.length - 1)]!;
  // Infinite scores stand for "never": multiplying them by a share of 0 would give NaN.
  return position === below || low === high ? low : low + (position - below) * (high - low);
}
