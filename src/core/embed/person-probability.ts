import { invalidArgument } from '../errors.ts';

/**
 * What a distance says: ln(likelihood of it where the person is the same / where not) =
 * scale * (midpoint - distance) - perReference * ln(references).
 */
export interface DistanceEvidence {
  /** Distance to a single reference that speaks for neither. */
  readonly midpoint: number;
  /** Per unit of distance, above 0. */
  readonly scale: number;
  /** A stranger comes nearer to the nearest of many references than to one. At least 0. */
  readonly perReference: number;
}

/**
 * How often somebody comes whom nobody enrolled, for every number that people see: every second time. Each of the
 * people enrolled is equally likely to be one of the others.
 */
export const STRANGER_SHARE = 0.5;

/** A person who may be the one. */
export interface NearPerson {
  /** To the nearest of the person's references. */
  readonly distance: number;
  /** How many references the person has, at least 1. */
  readonly references: number;
}

/**
 * The probability that a face is each of some people, strangers being in the count.
 *
 * @param people - whose distances are known: everybody enrolled, or the nearest of them
 * @param options.enrolled - how many people are enrolled in all. @defaultValue the number of `people`
 * @returns for each of the people 0 .. 1; the rest to 1 is "nobody of them". The same evidence gives the same number in
 * galleries, model folders and for every kind of classifier
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 * @remarks Bayes' rule over everybody enrolled and "a stranger", who has {@link STRANGER_SHARE} of the prior. How well
 * the numbers come true is measured by bench/accuracy/probability-reliability.mjs (docs/accuracy.md).
 */
export function personProbabilities(
  people: readonly NearPerson[],
  evidence: DistanceEvidence,
  options: { readonly enrolled?: number | undefined } = {},
): Float64Array {
  const { enrolled = people.length } = options;
  if (!(enrolled >= people.length)) throw invalidArgument('at least the people given', 'enrolled', enrolled);
  // Odds against a stranger, as logarithms: prior of one person less the stranger's, and what the distance says.
  const prior = Math.log((1 - STRANGER_SHARE) / STRANGER_SHARE / Math.max(1, enrolled));
  const logOdds = Float64Array.from(people, (person) => prior + logLikelihoodRatio(person, evidence));
  // The largest is taken away first, so that nothing overflows; a stranger's is 0.
  const largest = logOdds.reduce((a, b) => Math.max(a, b), 0);
  const odds = logOdds.map((value) => Math.exp(value - largest));
  const sum = odds.reduce((a, b) => a + b, Math.exp(-largest));
  return odds.map((value) => value / sum);
}

/** The probability that two faces at a distance are one person, where they are so as often as not. */
export function sameProbability(distance: number, evidence: DistanceEvidence): number {
  return 1 / (1 + Math.exp(-logLikelihoodRatio({ distance, references: 1 }, evidence)));
}

function logLikelihoodRatio({ distance, references }: NearPerson, evidence: DistanceEvidence): number {
  const { midpoint, scale, perReference } = evidence;
  return scale * (midpoint - distance) - perReference * Math.log(Math.max(1, references));
}
