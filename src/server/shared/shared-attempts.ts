import { FaceTriggerError } from '../../core/errors.ts';
import { wholeIn } from '../../gallery/stores/postgres/row-values.ts';
import { AttemptCounter, type AttemptState, type Attempts } from '../attempt-counter.ts';
import type { ServerDatabase } from './server-database.ts';

/** How long an attempt counts. */
const WINDOW_MS = 60_000;
/** Most whose counts this server remembers. */
const MAX_KNOWN = 10_000;

interface Share {
  /** Number of the last attempt that this server took for somebody, of all servers' together. */
  number: number;
  /** The last number that is this server's to use. */
  last: number;
  /** By this server's own clock, which nobody can set. */
  readonly until: number;
}

/**
 * Counts attempts over all servers.
 *
 * @remarks A server takes a hundredth of the limit from the database at a time, and uses that up by itself: never more
 * are let through than the limit, and with N servers at most N hundredths fewer. Of a limit below 200, each attempt is
 * counted by the database. Whoever is over the limit costs it nothing more until the minute is over. While it cannot be
 * reached each server counts for itself.
 */
export class SharedAttempts implements Attempts {
  readonly #database: ServerDatabase;
  readonly #what: string;
  readonly #limit: number;
  readonly #shares = new Map<string, Share>();
  readonly #asking = new Map<string, Promise<unknown>>();
  readonly #alone = new AttemptCounter();
  #prunedAt = performance.now();

  constructor(database: ServerDatabase, { what, limit }: { readonly what: string; readonly limit: number }) {
    this.#database = database;
    this.#what = what;
    this.#limit = limit;
  }

  async add(who: string): Promise<AttemptState> {
    // One after the other: two that ask at once would both take a share.
    const before = this.#asking.get(who);
    const own = (before ?? Promise.resolve()).catch(() => undefined).then(() => this.#next(who));
    this.#asking.set(who, own);
    try {
      return await own;
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      return this.#alone.add(who);
    } finally {
      if (this.#asking.get(who) === own) this.#asking.delete(who);
    }
  }

  async #next(who: string): Promise<AttemptState> {
    const known = this.#shares.get(who);
    const isOpen = known !== undefined && known.until > performance.now();
    if (isOpen && (known.number < known.last || known.number > this.#limit)) {
      known.number++;
      return { count: known.number, leftMs: known.until - performance.now() };
    }
    const amount = Math.max(1, Math.floor(this.#limit / 100));
    const [row] = await this.#database.sql.query(
      `INSERT INTO attempt (what, who, until, count) VALUES ($1, $2, now() + $3 * interval '1 millisecond', $4)
       ON CONFLICT (what, who) DO UPDATE SET
         count = CASE WHEN attempt.until > now() THEN attempt.count ELSE 0 END + excluded.count,
         until = CASE WHEN attempt.until > now() THEN attempt.until ELSE excluded.until END
       RETURNING count, ceil(extract(epoch FROM until - now()) * 1000)::bigint AS left_ms`,
      [this.#what, who, WINDOW_MS, amount],
    );
    const last = wholeIn(row!, 'count');
    const leftMs = wholeIn(row!, 'left_ms');
    const share = { number: last - amount + 1, last, until: performance.now() + leftMs };
    this.#remember(who, share);
    await this.#prune();
    return { count: share.number, leftMs };
  }

  #remember(who: string, share: Share): void {
    this.#shares.delete(who);
    const [first] = this.#shares.keys();
    if (first !== undefined && this.#shares.size >= MAX_KNOWN) this.#shares.delete(first);
    this.#shares.set(who, share);
  }

  /** Keys and addresses of whoever asked more than a minute ago are not kept. */
  async #prune(): Promise<void> {
    if (performance.now() - this.#prunedAt < WINDOW_MS) return;
    this.#prunedAt = performance.now();
    await this.#database.sql.run('DELETE FROM attempt WHERE until < now()');
  }
}
