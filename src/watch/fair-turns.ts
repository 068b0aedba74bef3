/** Who asks for turns. */
interface Owner {
  /** Until when it has had its share, in the turns' own time. */
  paidUntil: number;
}

interface Waiting {
  readonly start: number;
  readonly begin: () => void;
}

/**
 * Shares out something that few may use at a time, such as the networks that several cameras have in common, by how long
 * each uses it and how much it needs.
 *
 * @remarks Start-time fair queueing (Goyal, Vin, Cheng 1997): whoever has had least for their weight is next, so nobody
 * starves; what one does not ask for, others get; and who did not ask for long has no credit from that.
 */
export class FairTurns {
  readonly #width: number;
  readonly #now: () => number;
  readonly #owners = new Map<string, Owner>();
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #time = 0;

  /** @param options.width - how many may have their turn at once, integer >= 1 */
  constructor(options: { readonly width: number; readonly now?: (() => number) | undefined }) {
    this.#width = options.width;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Works when it is the owner's turn.
   *
   * @param options.weight - share of the time among those who want more than there is, above 0. @defaultValue 1
   * @param options.goesOn - whether it goes on with what an earlier turn began: it is taken before what has not begun, so
   * that nothing half done waits, and counts as any other. @defaultValue false
   */
  async run<Result>(
    owner: string,
    work: () => Promise<Result>,
    options: { readonly weight?: number | undefined; readonly goesOn?: boolean | undefined } = {},
  ): Promise<Result> {
    const { weight = 1, goesOn = false } = options;
    const who = this.#owner(owner);
    await this.#turn(goesOn ? Number.NEGATIVE_INFINITY : Math.max(this.#time, who.paidUntil));
    const begun = this.#now();
    try {
      return await work();
    } finally {
      const tookMs = this.#now() - begun;
      who.paidUntil = Math.max(who.paidUntil, this.#time) + tookMs / weight;
      // Whoever had the turn may ask for the next one at once, and has to be among those it is given to.
      setImmediate(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  #owner(name: string): Owner {
    let owner = this.#owners.get(name);
    if (!owner) {
      owner = { paidUntil: 0 };
      this.#owners.set(name, owner);
    }
    return owner;
  }

  #turn(start: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ start, begin: resolve });
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#width && this.#waiting.length > 0) {
      let first = 0;
      for (const [i, { start }] of this.#waiting.entries())
        if (start < this.#waiting[first]!.start) first = i;
      const [next] = this.#waiting.splice(first, 1);
      this.#time = Math.max(this.#time, next!.start);
      this.#running++;
      next!.begin();
    }
  }
}
