import type { Candidate } from '../identify/identification.ts';

/** @deprecated the same as `Candidate` of a recognizer that may give no probability */
export type TrackCandidate = Candidate<number | null>;

/** One face in one frame, recognized on its own. */
export interface Sighting {
  /** null: nobody known. */
  readonly label: string | null;
  /** The person's id in a gallery; absent where people have only names, and for nobody known. */
  readonly personId?: string | undefined;
  readonly probability: number | null;
  readonly distance: number | null;
  /** Best first. */
  readonly candidates: readonly Candidate<number | null>[];
  /** Weight of the vote, 0 .. 1: the face's quality. */
  readonly quality: number;
}

/** Whom a track was decided to be. */
export interface TrackDecision {
  /** null: nobody known. */
  readonly label: string | null;
  /** The person's id in a gallery; absent where people have only names, and for nobody known. */
  readonly personId?: string | undefined;
  /** Mean over the sightings that voted for it, weighted by quality. */
  readonly probability: number | null;
  readonly distance: number | null;
  /** Part of the votes' weight, 0 .. 1. */
  readonly share: number;
  /** Sightings that voted for it. */
  readonly votes: number;
  /** Sightings that voted. */
  readonly sightings: number;
  /** The three best over all these sightings. */
  readonly candidates: readonly Candidate<number | null>[];
}

/** Options of {@link TrackIdentity}. */
export interface TrackIdentityOptions {
  /** Consecutive sightings that vote, integer >= 1. @defaultValue `DEFAULT_BATCH_SIZE` */
  readonly batchSize?: number | undefined;
  /** Part of the weight that a first decision needs, 0.5 .. 1. @defaultValue {@link DEFAULT_MIN_SHARE} */
  readonly minShare?: number | undefined;
  /** Part of the weight that takes the place of a decision. @defaultValue {@link DEFAULT_CHANGE_SHARE} */
  readonly changeShare?: number | undefined;
}

/** Default of {@link TrackIdentityOptions.batchSize}. */
export const DEFAULT_BATCH_SIZE = 5;
/** Default of {@link TrackIdentityOptions.minShare}: three of five equal votes. */
export const DEFAULT_MIN_SHARE = 0.6;
/** Default of {@link TrackIdentityOptions.changeShare}: four of five equal votes. */
export const DEFAULT_CHANGE_SHARE = 0.8;

// Shares are sums of floating-point weights: three fifths may come out a hair below 0.6.
const ROUNDING = 1e-9;

/**
 * Decides who a track is by the vote of its last sightings, weighted by quality.
 *
 * @remarks Until a whole batch has voted nobody is named, and a decision stands until another one has a clear majority
 * of a whole batch: one bad frame never names anyone.
 */
export class TrackIdentity {
  readonly #batchSize: number;
  readonly #minShare: number;
  readonly #changeShare: number;
  #window: Sighting[] = [];
  #decision: TrackDecision | null = null;

  constructor(options: TrackIdentityOptions = {}) {
    this.#batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
    this.#minShare = options.minShare ?? DEFAULT_MIN_SHARE;
    this.#changeShare = options.changeShare ?? DEFAULT_CHANGE_SHARE;
  }

  /** null until the first decision. */
  get decision(): TrackDecision | null {
    return this.#decision;
  }

  /**
   * Takes a vote.
   *
   * @returns whether the track is now somebody else than before (or somebody at all)
   */
  add(sighting: Sighting): boolean {
    this.#window.push(sighting);
    if (this.#window.length > this.#batchSize) this.#window.shift();
    return this.#count();
  }

  /**
   * Takes other votes of the same sightings, as after somebody was enrolled.
   *
   * @param identities - one for each sighting that votes, oldest first
   * @returns as {@link TrackIdentity.add}
   */
  reconsider(identities: readonly Omit<Sighting, 'quality'>[]): boolean {
    this.#window = this.#window.map(({ quality }, i) => ({ ...identities[i]!, quality }));
    return this.#count();
  }

  #count(): boolean {
    if (this.#window.length < this.#batchSize) return false;
    const winner = countVotes(this.#window);
    const before = this.#decision;
    const isSame = before !== null && isSamePerson(before, winner);
    const needed = before === null ? this.#minShare : isSame ? 0 : this.#changeShare;
    if (winner.share < needed - ROUNDING) return false;
    this.#decision = winner;
    return !isSame;
  }
}

/** Somebody who was given another name stays who they are. */
function isSamePerson(a: TrackDecision, b: TrackDecision): boolean {
  return a.personId !== undefined && b.personId !== undefined
    ? a.personId === b.personId
    : a.label === b.label;
}

/**
 * Counts the votes of several sightings of one face.
 *
 * @param sightings - at least one
 * @returns the label with the largest weight; ties go to the larger sum of probabilities, then to the earlier vote
 */
export function countVotes(sightings: readonly Sighting[]): TrackDecision {
  const ballots = new Map<string | null, Sighting[]>();
  for (const sighting of sightings) {
    const ballot = ballots.get(sighting.label);
    if (ballot) ballot.push(sighting);
    else ballots.set(sighting.label, [sighting]);
  }
  const total = weightOf(sightings);
  const ranked = [...ballots].map(([label, votes]) => ({
    label,
    votes,
    weight: weightOf(votes),
    probability: votes.reduce((sum, vote) => sum + (vote.probability ?? 0), 0),
  }));
  ranked.sort((a, b) => b.weight - a.weight || b.probability - a.probability);
  const { label, votes, weight } = ranked[0]!;
  const { personId } = votes.at(-1)!;
  return {
    label,
    ...(personId !== undefined && { personId }),
    probability: weightedMean(votes, (vote) => vote.probability),
    distance: weightedMean(votes, (vote) => vote.distance),
    share: total > 0 ? weight / total : 0,
    votes: votes.length,
    sightings: sightings.length,
    candidates: mergeCandidates(sightings),
  };
}

function weightOf(sightings: readonly Sighting[]): number {
  return sightings.reduce((sum, sighting) => sum + sighting.quality, 0);
}

function weightedMean(sightings: readonly Sighting[], value: (s: Sighting) => number | null): number | null {
  let sum = 0;
  let weight = 0;
  for (const sighting of sightings) {
    const v = value(sighting);
    if (v === null) continue;
    sum += v * sighting.quality;
    weight += sighting.quality;
  }
  return weight > 0 ? sum / weight : null;
}

// A person whom a sighting did not list counts there with probability 0; the distance is the mean where it is known.
function mergeCandidates(sightings: readonly Sighting[]): Candidate<number | null>[] {
  const total = weightOf(sightings);
  const sums = new Map<
    string,
    {
      probability: number;
      known: boolean;
      distance: number;
      weight: number;
      readonly personId: string | undefined;
    }
  >();
  for (const { candidates, quality } of sightings) {
    for (const { label, probability, distance, personId } of candidates) {
      const sum = sums.get(label) ?? { probability: 0, known: false, distance: 0, weight: 0, personId };
      if (probability !== null) {
        sum.probability += probability * quality;
        sum.known = true;
      }
      if (distance !== null) {
        sum.distance += distance * quality;
        sum.weight += quality;
      }
      sums.set(label, sum);
    }
  }
  const merged = [...sums].map(([label, sum]) => ({
    label,
    probability: sum.known && total > 0 ? sum.probability / total : null,
    distance: sum.weight > 0 ? sum.distance / sum.weight : null,
    ...(sum.personId !== undefined && { personId: sum.personId }),
  }));
  merged.sort(
    (a, b) =>
      (b.probability ?? -1) - (a.probability ?? -1) || (a.distance ?? Infinity) - (b.distance ?? Infinity),
  );
  return merged.slice(0, 3);
}
