import { FaceTriggerError } from '../core/errors.ts';

/** What there is to share. */
export interface PlacesOptions {
  /** Of what, for messages, such as "uploads". */
  readonly what: string;
  /** Places. */
  readonly count: number;
  /** Bytes that all places together may fill. @defaultValue without bound */
  readonly bytes?: number | undefined;
}

interface Share {
  count: number;
  bytes: number;
}

/**
 * Places that are taken before work begins and given back at its end, shared so that nobody shuts others out.
 *
 * @remarks An owner may hold half of what the others have left, so there is always room for one more owner: the first
 * gets half, the second a quarter, and so on (dynamic thresholds: Choudhury and Hahne 1998).
 */
export class Places {
  readonly #what: string;
  readonly #most: Share;
  readonly #taken: Share = { count: 0, bytes: 0 };
  readonly #owners = new Map<string, Share>();

  constructor({ what, count, bytes = Number.MAX_SAFE_INTEGER }: PlacesOptions) {
    this.#what = what;
    this.#most = { count, bytes };
  }

  /** Places that are taken. */
  get taken(): number {
    return this.#taken.count;
  }

  /**
   * Takes a place.
   *
   * @param owner - whose share it comes from
   * @param bytes - that it may fill
   * @returns gives it back; calls after the first change nothing
   * @throws FaceTriggerError `ERR_TOO_MANY_REQUESTS`
   */
  take(owner: string, bytes = 0): () => void {
    const mine = this.#owners.get(owner) ?? { count: 0, bytes: 0 };
    if (!this.#fits('count', mine, 1) || !this.#fits('bytes', mine, bytes)) {
      throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', `Too many ${this.#what} at once; try again later`);
    }
    this.#owners.set(owner, mine);
    const add = (sign: 1 | -1): void => {
      for (const share of [mine, this.#taken]) {
        share.count += sign;
        share.bytes += sign * bytes;
      }
    };
    add(1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      add(-1);
      if (mine.count === 0) this.#owners.delete(owner);
    };
  }

  #fits(unit: keyof Share, mine: Share, amount: number): boolean {
    const left = this.#most[unit] - (this.#taken[unit] - mine[unit]);
    if (mine[unit] + amount <= Math.ceil(left / 2)) return true;
    // One large thing goes in where there is room for it at all.
    return mine[unit] === 0 && amount <= left;
  }
}
