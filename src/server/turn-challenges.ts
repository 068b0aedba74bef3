import { randomBytes, randomInt } from 'node:crypto';
import { FaceTriggerError } from '../core/errors.ts';
import { TurnCheck, type TurnDirection } from '../core/liveness/turn-check.ts';

/** What somebody is asked to do, once, to show that they are no picture. */
export interface TurnChallenge {
  readonly nonce: string;
  /** Who asked for it: a key, or an address where there are no keys. */
  readonly owner: string;
  readonly directions: readonly TurnDirection[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly check: TurnCheck;
  /** Whose face the first frame that counted shows; the others must show it too. */
  embedding: Float32Array | null;
  /** Frames that showed somebody else. */
  strangers: number;
}

/** Challenges that are open: each has a random order, ends with its result or its time, and is its owner's alone. */
export interface TurnChallenges {
  /** @throws FaceTriggerError `ERR_TOO_MANY_REQUESTS` */
  create(owner: string): Promise<TurnChallenge>;
  /** @throws FaceTriggerError `ERR_NOT_FOUND` for one that has ended, or is somebody else's, or never was */
  require(nonce: string, owner: string): Promise<void>;
  /**
   * Brings one on, which nobody else does meanwhile. What has its result is worth nothing more.
   *
   * @param take - changes the challenge, and says how it stands
   * @throws FaceTriggerError `ERR_NOT_FOUND` as {@link TurnChallenges.require}
   */
  step<Result extends { readonly state: 'going' | 'passed' | 'failed' }>(
    nonce: string,
    owner: string,
    take: (challenge: TurnChallenge) => Result,
  ): Promise<Result>;
  /** Forgets those whose time is over, with the faces that they showed. */
  forgetExpired(): Promise<void>;
}

/** Time for all of it: four turns take a person some ten seconds. */
export const CHALLENGE_MS = 30_000;
/** A recording of turns fits one challenge in sixteen. */
const TURNS = 4;
/** Of one owner, and of all. */
export const MOST_CHALLENGES = { own: 20, all: 1000 } as const;

/** A new one. @param now - milliseconds since 1970 */
export function newChallenge(owner: string, now: number): TurnChallenge {
  const directions = Array.from({ length: TURNS }, () => (randomInt(2) === 0 ? 'left' : 'right'));
  return {
    ...{ nonce: randomBytes(24).toString('base64url'), owner, directions, expiresAt: now + CHALLENGE_MS },
    ...{ check: new TurnCheck(directions), embedding: null, strangers: 0 },
  };
}

export function noSuchChallenge(): FaceTriggerError {
  const message =
    'There is no open challenge with this nonce: it has ended or expired, or another key asked for it';
  return new FaceTriggerError('ERR_NOT_FOUND', message);
}

export function tooManyChallenges(): FaceTriggerError {
  const message = `There are too many open challenges: use those, or wait ${CHALLENGE_MS / 1000} seconds`;
  return new FaceTriggerError('ERR_TOO_MANY_REQUESTS', message);
}
