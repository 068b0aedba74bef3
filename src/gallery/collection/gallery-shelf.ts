import { stat } from 'node:fs/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import type { Gallery } from '../gallery.ts';
import { galleryAddress } from '../gallery-address.ts';
import { type OpenGalleryOptions, openGalleryIn } from '../open-gallery.ts';
import type { PostgresAddress } from '../stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../stores/postgres/postgres-database.ts';
import { numberOfPostgresGallery } from '../stores/postgres/postgres-galleries.ts';
import {
  addressIn,
  createGallery,
  deleteGallery,
  type ListedGallery,
  listGalleries,
} from './gallery-collection.ts';
import { checkGalleryName } from './gallery-name.ts';

/** How long a gallery that was deleted by somebody else may go unnoticed. */
const LOOK_MS = 1000;

interface Opened {
  readonly gallery: Promise<Gallery>;
  /** Which of that name it is: another that is made later is another. */
  readonly identity: string;
  lookedAt: number;
  /** The same, once it is open. */
  known: Gallery | null;
}

/**
 * Several galleries of a folder or a database that one process works with, each opened when it is asked for first. Those
 * of a database share its connections, and the one that listens, however many they are.
 */
export class GalleryShelf implements AsyncDisposable {
  readonly #where: string;
  readonly #options: OpenGalleryOptions;
  readonly #opened = new Map<string, Opened>();
  #database: Promise<PostgresDatabase> | null = null;
  #isDisposed = false;

  /**
   * @param where - a folder, or `postgres://user@host/database` without `?gallery=`
   * @param options - how each is opened; a new one needs `embedder`
   */
  constructor(where: string, options: OpenGalleryOptions) {
    this.#where = where;
    this.#options = options;
  }

  list(): Promise<readonly ListedGallery[]> {
    return listGalleries(this.#where);
  }

  /** @throws FaceTriggerError as `createGallery` */
  create(name: string): Promise<void> {
    return createGallery(addressIn(this.#where, name), this.#options);
  }

  /**
   * A gallery that exists, the same object as long as it is the same gallery. The shelf disposes of it.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND` where there is none, and what `openGallery` throws
   */
  async open(name: string): Promise<Gallery> {
    const known = this.#opened.get(checkGalleryName(name));
    if (known && performance.now() - known.lookedAt < LOOK_MS) return known.gallery;
    const identity = await this.#identityOf(name);
    const current = this.#opened.get(name);
    if (current && current.identity === identity) {
      current.lookedAt = performance.now();
      return current.gallery;
    }
    if (current) this.#forget(name, current);
    if (identity === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no gallery of this name');
    const gallery = this.#open(name);
    const opened: Opened = { gallery, identity, lookedAt: performance.now(), known: null };
    this.#opened.set(name, opened);
    gallery.then(
      (one) => {
        opened.known = one;
      },
      () => this.#opened.delete(name),
    );
    return gallery;
  }

  /**
   * Disposes of a gallery that {@link open} gave, which nobody may use any more; it is opened anew when it is asked for
   * next. Does nothing where it is closed, or another of the name is open.
   */
  async close(name: string, gallery: Gallery): Promise<void> {
    const current = this.#opened.get(name);
    if (current === undefined || current.known !== gallery) return;
    // At once: whoever asks from here on gets another.
    this.#opened.delete(name);
    await gallery.dispose();
  }

  /** @throws FaceTriggerError as `deleteGallery` */
  async delete(name: string): Promise<void> {
    await deleteGallery(addressIn(this.#where, name));
    const current = this.#opened.get(name);
    if (current) this.#forget(name, current);
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    for (const { gallery } of opened) await (await gallery.catch(() => null))?.dispose();
    await (await this.#database?.catch(() => null))?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #forget(name: string, { gallery }: Opened): void {
    this.#opened.delete(name);
    // Requests that still use it are told that it is gone.
    void gallery.then((one) => one.dispose()).catch(() => undefined);
  }

  async #open(name: string): Promise<Gallery> {
    const address = galleryAddress(addressIn(this.#where, name));
    return openGalleryIn(address, {
      ...this.#options,
      ...{ create: false, embedder: undefined },
      ...(address.kind === 'postgres' && { database: await this.#connect(address) }),
    });
  }

  #connect(address: PostgresAddress): Promise<PostgresDatabase> {
    if (this.#isDisposed)
      throw new FaceTriggerError('ERR_DISPOSED', 'The galleries were used after dispose()');
    this.#database ??= PostgresDatabase.open(address).catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }

  async #identityOf(name: string): Promise<string | null> {
    const address = galleryAddress(addressIn(this.#where, name));
    if (address.kind === 'postgres') return numberOfPostgresGallery(await this.#connect(address), name);
    if (address.kind === 'memory') return null;
    const stats = await stat(await pathOnDisk(localPath(address.path)), { bigint: true }).catch(() => null);
    return stats?.isFile() ? `${stats.dev} ${stats.ino} ${stats.birthtimeNs}` : null;
  }
}
