import type { PeopleIndex } from '../../../index/face-index.ts';
import type { NearMatch } from '../../../near-match.ts';
import type { ChangeCursor } from '../../gallery-store.ts';
import { currentPlace, newsAfter } from '../change-log.ts';
import type { GalleryScope } from '../person-rows.ts';
import { wholeIn } from '../row-values.ts';
import { type SearchedVectors, searchVectors } from './search-vectors.ts';

/** How often people are counted anew: their number moves probabilities by little. */
const COUNT_MS = 30_000;

/** How a {@link PgvectorIndex} asks. */
export interface PgvectorSource extends Omit<SearchedVectors, 'scope'> {
  /** @throws FaceTriggerError `ERR_DISPOSED`, and `ERR_MODEL_MISMATCH` where the gallery was given other models */
  readonly ask: <Result>(work: (scope: GalleryScope) => Promise<Result>) => Promise<Result>;
}

/** The index of a gallery that its database has: nothing of the faces is in this process. */
export class PgvectorIndex implements PeopleIndex {
  readonly mode = 'pgvector';
  readonly #source: PgvectorSource;
  #cursor: ChangeCursor;
  #revision = 0;
  #people = 0;
  #countedAt = 0;
  #counting: Promise<void> | null = null;

  private constructor(source: PgvectorSource, cursor: ChangeCursor) {
    this.#source = source;
    this.#cursor = cursor;
  }

  static async create(source: PgvectorSource): Promise<PgvectorIndex> {
    const index = new PgvectorIndex(source, await source.ask(currentPlace));
    await index.#count();
    return index;
  }

  get builtAt(): Date | undefined {
    return this.#source.table.builtAt;
  }

  get people(): number {
    return this.#people;
  }

  async refresh(): Promise<number> {
    const { cursor, hasNews } = await this.#source.ask((scope) => newsAfter(scope, this.#cursor));
    this.#cursor = cursor;
    if (hasNews) this.#revision++;
    return this.#revision;
  }

  async nearestPeople(
    probe: Float32Array,
    options: { readonly limit: number; readonly livingAt: number },
  ): Promise<readonly NearMatch[]> {
    const { ask, ...searched } = this.#source;
    if (Date.now() - this.#countedAt > COUNT_MS) {
      // A failure is told by the search itself.
      this.#counting ??= this.#count()
        .catch(() => undefined)
        .finally(() => {
          this.#counting = null;
        });
    }
    return ask((scope) => searchVectors({ ...searched, scope }, probe, options));
  }

  async settled(): Promise<void> {}

  async dispose(): Promise<void> {
    await this.#counting;
  }

  async #count(): Promise<void> {
    const [row] = await this.#source.ask(({ session, gallery }) =>
      session.query('SELECT count(*) AS people FROM person WHERE gallery_seq = $1', [gallery]),
    );
    this.#people = wholeIn(row!, 'people');
    this.#countedAt = Date.now();
  }
}
