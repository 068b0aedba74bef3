import { FaceTriggerError } from '../core/errors.ts';
import { describeEmbedder } from '../gallery/check-embedding.ts';
import type { GalleryShelf } from '../gallery/collection/gallery-shelf.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { ServerContext } from './server-context.ts';

/** What each gallery has of its own. */
export type OwnContext = Pick<ServerContext, 'gallery' | 'events' | 'settings' | 'jobs'> & {
  /** Whether nothing is lost where it is freed and made anew. */
  readonly isKept: boolean;
  /** Frees it when the gallery is served no more, but for the gallery. */
  readonly close: () => Promise<void>;
};

/** A gallery while something works with it. */
export interface HeldGallery {
  readonly context: ServerContext;
  /** To be called when it is not needed any more; more calls do nothing. */
  readonly release: () => void;
}

/** When galleries beside the first are closed: each takes memory for its index, and asks its database for changes. */
export interface IdleLimits {
  /** How long nobody has used it. */
  readonly idleMs: number;
  /** So many stay open all the same. */
  readonly keepOpen: number;
}

/** Opening a gallery of 100,000 faces takes some seconds: those of a small server stay, as do those in use. */
const IDLE_LIMITS: IdleLimits = { idleMs: 300_000, keepOpen: 8 };

interface Other {
  readonly name: string;
  readonly made: Promise<{ readonly context: ServerContext; readonly own: OwnContext }>;
  users: number;
  usedAt: number;
}

/** The galleries that a server answers for: one that it was started with, and others where it has a shelf of them. */
export class ServedGalleries {
  /** What the server was started with. */
  readonly main: ServerContext;
  readonly shelf: GalleryShelf | null;
  readonly #make: (gallery: Gallery, name: string) => Promise<OwnContext>;
  readonly #others = new Map<Gallery, Other>();
  /** Those that are given away no more. */
  readonly #closing = new WeakSet<Gallery>();

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
   * What a request works with, and keeps open until it is released.
   *
   * @param name - `null`: what the server was started with
   * @throws FaceTriggerError `ERR_NOT_FOUND` where there is none of the name, or it is not served here,
   * `ERR_MODEL_MISMATCH` where it is made for other models
   */
  async hold(name: string | null): Promise<HeldGallery> {
    if (name === null || name === this.main.name) return { context: this.main, release: () => undefined };
    const { shelf } = this;
    if (shelf === null) {
      throw new FaceTriggerError('ERR_NOT_FOUND', 'This server answers for another gallery only');
    }
    let gallery = await shelf.open(name);
    while (this.#closing.has(gallery)) gallery = await shelf.open(name);
    this.#requireSameModels(gallery);
    const other = this.#others.get(gallery) ?? this.#add(gallery, name);
    other.users++;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      other.users--;
      other.usedAt = performance.now();
    };
    try {
      return { context: (await other.made).context, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Closes galleries that nobody has used for long, the longest unused first, where many are open. */
  async closeIdle({ idleMs, keepOpen }: IdleLimits = IDLE_LIMITS): Promise<void> {
    const now = performance.now();
    const idle = [...this.#others].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [gallery, other] of idle) {
      if (this.#others.size <= keepOpen) return;
      const own = (await other.made.catch(() => null))?.own;
      // Asked after the waiting: nothing comes between this and the deletion.
      if (!own?.isKept || other.users > 0 || now - other.usedAt < idleMs) continue;
      if (!this.#others.delete(gallery)) continue;
      this.#closing.add(gallery);
      // The shelf gives it to nobody from here on, so that whoever asks meanwhile gets another at once.
      const disposed = this.shelf?.close(other.name, gallery);
      await own.close();
      await disposed;
    }
  }

  async purgeExpired(): Promise<void> {
    await this.main.gallery.purgeExpired();
    for (const { made } of this.#others.values()) {
      const { context } = await made;
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
    for (const { made } of this.#others.values()) await (await made.catch(() => null))?.own.close();
    this.#others.clear();
  }

  #add(gallery: Gallery, name: string): Other {
    this.#closeOthersOf(name);
    const made = this.#make(gallery, name).then((own) => {
      const { close: _close, isKept: _isKept, ...parts } = own;
      // The home and the photos are those of the gallery that the server was started with.
      return { context: { ...this.main, ...parts, name, home: null, photos: null }, own };
    });
    const other: Other = { name, made, users: 0, usedAt: performance.now() };
    this.#others.set(gallery, other);
    made.catch(() => this.#others.delete(gallery));
    return other;
  }

  /** One of the name that was there before. */
  #closeOthersOf(name: string): void {
    for (const [gallery, other] of this.#others) {
      if (other.name !== name) continue;
      void other.made.then(async ({ own }) => {
        if (!this.#others.get(gallery)) return;
        if ((await this.shelf?.open(name).catch(() => null)) === gallery) return;
        if (this.#others.delete(gallery)) await own.close();
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
