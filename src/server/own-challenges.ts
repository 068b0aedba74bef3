import {
  MOST_CHALLENGES,
  newChallenge,
  noSuchChallenge,
  type TurnChallenge,
  type TurnChallenges,
  tooManyChallenges,
} from './turn-challenges.ts';

/** Challenges of one server, in its memory. */
export class OwnChallenges implements TurnChallenges {
  readonly #open = new Map<string, TurnChallenge>();
  readonly #now: () => number;

  /** @param now - the clock, milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async create(owner: string): Promise<TurnChallenge> {
    await this.forgetExpired();
    const own = [...this.#open.values()].filter((challenge) => challenge.owner === owner).length;
    if (own >= MOST_CHALLENGES.own || this.#open.size >= MOST_CHALLENGES.all) throw tooManyChallenges();
    const challenge = newChallenge(owner, this.#now());
    this.#open.set(challenge.nonce, challenge);
    return challenge;
  }

  async require(nonce: string, owner: string): Promise<void> {
    this.#get(nonce, owner);
  }

  async step<Result extends { readonly state: 'going' | 'passed' | 'failed' }>(
    nonce: string,
    owner: string,
    take: (challenge: TurnChallenge) => Result,
  ): Promise<Result> {
    const result = take(this.#get(nonce, owner));
    if (result.state !== 'going') this.#open.delete(nonce);
    return result;
  }

  async forgetExpired(): Promise<void> {
    for (const { nonce, expiresAt } of this.#open.values())
      if (expiresAt <= this.#now()) this.#open.delete(nonce);
  }

  #get(nonce: string, owner: string): TurnChallenge {
    const challenge = this.#open.get(nonce);
    if (challenge !== undefined && challenge.owner === owner && challenge.expiresAt > this.#now())
      return challenge;
    throw noSuchChallenge();
  }
}
