import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { clopperPearsonInterval, DEFAULT_CONFIDENCE, type RateEstimate } from './intervals.ts';

/** What a liveness check said of one picture. */
export interface LivenessSample {
  readonly image: string;
  /** Kind of the attack, such as "print" (a "presentation attack instrument species"); null for a bona fide face. */
  readonly kind: string | null;
  /** 0 - 1; null where nothing was said: no face was found, or the picture can't be read. */
  readonly score: number | null;
}

/** Errors of one kind of attack. */
export interface AttackRates {
  readonly kind: string;
  /** Attack presentation classification error rate: attacks taken for live; null where nothing was said of any. */
  readonly apcer: RateEstimate | null;
  /** Attack presentation non-response rate: attacks of which nothing was said. */
  readonly apnrr: RateEstimate;
}

/** Errors at a threshold, in the words of ISO/IEC 30107-3. Intervals are Clopper-Pearson's. */
export interface LivenessRates {
  /** Least score of a live face. */
  readonly threshold: number;
  /** In the order of the kinds' names. */
  readonly attacks: readonly AttackRates[];
  /** The kind with the largest APCER, by which a check is judged; null where nothing was said of any attack. */
  readonly worst: { readonly kind: string; readonly apcer: RateEstimate } | null;
  /** Bona fide presentation classification error rate: live faces that are taken for attacks. */
  readonly bpcer: RateEstimate | null;
  /** Mean of BPCER and the largest APCER; the standard leaves it out since 2023, papers tell it. */
  readonly acer: number | null;
}

/** Result of {@link evaluateLiveness}. */
export interface LivenessResult extends LivenessRates {
  readonly live: number;
  readonly attackPictures: number;
  /** Bona fide presentation non-response rate. */
  readonly bpnrr: RateEstimate;
  /** Share of pairs of a live face and an attack in which the live one scores higher; null without both. */
  readonly auc: number | null;
  /** The same errors at other thresholds, rising. */
  readonly sweep: readonly LivenessRates[];
}

export interface LivenessEvaluationOptions {
  /** Least score of a live face, 0 - 1. */
  readonly threshold: number;
  /** Of the sweep. @defaultValue 0.05, 0.1 ... 0.95 */
  readonly thresholds?: readonly number[] | undefined;
  /** Of the intervals. @defaultValue 0.95 */
  readonly confidence?: number | undefined;
}

const SWEEP: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/**
 * Measures how well a check tells live faces from attacks.
 *
 * @param samples - at least one live face and one attack
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 * @remarks ISO/IEC 30107-3: each kind of attack is told for itself, and the worst counts; an attack of which nothing was
 * said is a non-response and no error.
 */
export function evaluateLiveness(
  samples: readonly LivenessSample[],
  options: LivenessEvaluationOptions,
): LivenessResult {
  const { threshold, thresholds = SWEEP, confidence = DEFAULT_CONFIDENCE } = options;
  for (const value of [threshold, ...thresholds]) {
    if (!(value >= 0 && value <= 1)) throw invalidArgument('numbers from 0 to 1', 'thresholds', value);
  }
  const live = samples.filter(({ kind }) => kind === null);
  const attacks = samples.filter(({ kind }) => kind !== null);
  if (live.length === 0 || attacks.length === 0) {
    const message = `Expected pictures of live faces and of attacks but received ${live.length} and ${attacks.length}`;
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', message);
  }
  return {
    ...ratesAt(samples, threshold, confidence),
    live: live.length,
    attackPictures: attacks.length,
    bpnrr: clopperPearsonInterval(unanswered(live), live.length, { confidence }),
    auc: areaUnder(scoresOf(live), scoresOf(attacks)),
    sweep: thresholds.map((each) => ratesAt(samples, each, confidence)),
  };
}

function ratesAt(samples: readonly LivenessSample[], threshold: number, confidence: number): LivenessRates {
  const share = (scores: readonly number[], isError: (score: number) => boolean) =>
    scores.length === 0
      ? null
      : clopperPearsonInterval(scores.filter(isError).length, scores.length, { confidence });
  const kinds = [...new Set(samples.flatMap(({ kind }) => kind ?? []))].sort();
  const attacks = kinds.map((kind): AttackRates => {
    const own = samples.filter((sample) => sample.kind === kind);
    return {
      kind,
      apcer: share(scoresOf(own), (score) => score >= threshold),
      apnrr: clopperPearsonInterval(unanswered(own), own.length, { confidence }),
    };
  });
  const bpcer = share(scoresOf(samples.filter(({ kind }) => kind === null)), (score) => score < threshold);
  const worst = attacks.reduce<LivenessRates['worst']>(
    (most, { kind, apcer }) =>
      apcer !== null && apcer.rate > (most?.apcer.rate ?? -1) ? { kind, apcer } : most,
    null,
  );
  const acer = worst && bpcer && (worst.apcer.rate + bpcer.rate) / 2;
  return { threshold, attacks, worst, bpcer, acer };
}

function scoresOf(samples: readonly LivenessSample[]): number[] {
  return samples.flatMap(({ score }) => score ?? []);
}

function unanswered(samples: readonly LivenessSample[]): number {
  return samples.filter(({ score }) => score === null).length;
}

/** By ranks; equal scores count half. */
function areaUnder(live: readonly number[], attacks: readonly number[]): number | null {
  if (live.length === 0 || attacks.length === 0) return null;
  const rising = Float64Array.from(attacks).sort();
  const below = (score: number, orEqual: boolean) => {
    let [low, high] = [0, rising.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rising[middle]! < score || (orEqual && rising[middle] === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const sum = live.reduce((total, score) => total + (below(score, false) + below(score, true)) / 2, 0);
  return sum / (live.length * attacks.length);
}
