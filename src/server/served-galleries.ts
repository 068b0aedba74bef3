import { FaceTriggerError } from '../core/errors.ts';
import { describeEmbedder } from '../gallery/check-embedding.ts';
import type { GalleryShelf } from '../gallery/collection/gallery-shelf.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { ServerContext } from './server-context.ts';

/** What each gallery has of its own. */
export type OwnContext = Pick<ServerContext, 'gallery' | 'events' | 'settings' | 'jobs'> & {
  /** Frees it when the gallery is served no more, but for the gallery. */
  readonly close: () => Promise<void>;
};

/** The galleries that a server answers for: one that it was started with, and others where it has a shelf of them. */
export class ServedGalleries {
  /** What the server was started with. */
  readonly main: ServerContext;
  readonly shelf: GalleryShelf | null;
  readonly #make: (gallery: Gallery, name: string) => Promise<OwnContext>;
  readonly #others = new Map<
    Gallery,
    Promise<{ readonly context: ServerContext; readonly own: OwnContext }>
  >();

  constructor(
    main: ServerContext,
    shelf: GalleryShelf | null,
    make: (gallery: Gallery, name: string) => Promise<OwnContext>,
  ) {
    this.main = main;
    this.shelf = shelf;
    this.#make = make;
  }

  /** How many are open. */
  get size(): number {
    return 1 + this.#others.size;
  }

  /**
   * What a request works with.
   *
   * @param name - `null`: what the server was started with
   * @throws FaceTriggerError `ERR_NOT_FOUND` where there is none of the name, or it is not served here,
   * `ERR_MODEL_MISMATCH` where it is made for other models
   */
  async of(name: string | null): Promise<ServerContext> {
    if (name === null || name === this.main.name) return this.main;
    if (this.shelf === null) {
      throw new FaceTriggerError('ERR_NOT_FOUND', 'This server answers for another gallery only');
    }
    const gallery = await this.shelf.open(name);
    this.#requireSameModels(gallery);
    const known = this.#others.get(gallery);
    if (known) return (await known).context;
    this.#closeOthersOf(name);
    const made = this.#make(gallery, name).then((own) => {
      const { close: _close, ...parts } = own;
      // The home is that of the gallery that the server was started with.
      return { context: { ...this.main, ...parts, name, home: null }, own };
    });
    this.#others.set(gallery, made);
    made.catch(() => this.#others.delete(gallery));
    return (await made).context;
  }

  async purgeExpired(): Promise<void> {
    await this.main.gallery.purgeExpired();
    for (const other of this.#others.values()) {
      const { context } = await other;
      try {
        await context.gallery.purgeExpired();
      } catch (error) {
        // Deleted meanwhile, by whomever.
        const gone = ['ERR_DISPOSED', 'ERR_MODEL_MISMATCH'];
        if (!(error instanceof FaceTriggerError) || !gone.includes(error.code)) throw error;
      }
    }
  }

  async close(): Promise<void> {
    for (const other of this.#others.values()) await (await other.catch(() => null))?.own.close();
    this.#others.clear();
  }

  /** One of the name that was there before. */
  #closeOthersOf(name: string): void {
    for (const [gallery, other] of this.#others) {
      void other.then(async ({ context, own }) => {
        if (context.name !== name || context.gallery !== gallery || !this.#others.get(gallery)) return;
        if ((await this.shelf?.open(name).catch(() => null)) === gallery) return;
        this.#others.delete(gallery);
        await own.close();
      });
    }
  }

  #requireSameModels({ embedder }: Gallery): void {
    const { embedder: own } = this.main.pool;
    if (own.id === embedder.id && own.sha256 === embedder.sha256) return;
    throw new FaceTriggerError(
      'ERR_MODEL_MISMATCH',
      `The gallery is made for ${describeEmbedder(embedder)}, and this server works with ${describeEmbedder(own)}`,
    );
  }
}
