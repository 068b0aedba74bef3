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

/** Time for all of it: four turns take a person some ten seconds. */
export const CHALLENGE_MS = 30_000;
/** A recording of turns fits one challenge in sixteen. */
const TURNS = 4;
/** Of one owner, and of all. */
const MOST = { own: 20, all: 1000 } as const;

/** Challenges that are open: each has a random order, ends with its result or its time, and is its owner's alone. */
export class TurnChallenges {
  readonly #open = new Map<string, TurnChallenge>();
  readonly #now: () => number;

  /** @param now - the clock, milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws FaceTriggerError `ERR_TOO_MANY_REQUESTS` */
  create(owner: string): TurnChallenge {
    this.#forgetExpired();
    const own = [...this.#open.values()].filter((challenge) => challenge.owner === owner).length;
    if (own >= MOST.own || this.#open.size >= MOST.all) {
      const message = `There are too many open challenges: use those, or wait ${CHALLENGE_MS / 1000} seconds`;
      throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', message);
    }
    const directions = Array.from({ length: TURNS }, () => (randomInt(2) === 0 ? 'left' : 'right'));
    const challenge: TurnChallenge = {
      nonce: randomBytes(24).toString('base64url'),
      owner,
      directions,
      expiresAt: this.#now() + CHALLENGE_MS,
      check: new TurnCheck(directions),
      embedding: null,
      strangers: 0,
    };
    this.#open.set(challenge.nonce, challenge);
    return challenge;
  }

  /** @throws FaceTriggerError `ERR_NOT_FOUND` for one that has ended, or is somebody else's, or never was */
  get(nonce: string, owner: string): TurnChallenge {
    this.#forgetExpired();
    const challenge = this.#open.get(nonce);
    if (challenge !== undefined && challenge.owner === owner) return challenge;
    const message =
      'There is no open challenge with this nonce: it has ended or expired, or another key asked for it';
    throw new FaceTriggerError('ERR_NOT_FOUND', message);
  }

  /** A nonce that has its result is worth nothing more. */
  end(challenge: TurnChallenge): void {
    this.#open.delete(challenge.nonce);
  }

  #forgetExpired(): void {
    for (const { nonce, expiresAt } of this.#open.values())
      if (expiresAt <= this.#now()) this.#open.delete(nonce);
  }
}
