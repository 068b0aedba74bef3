import type { PhotoFailureRow, PhotoStore, PhotoWrites } from '../../gallery/stores/photos/photo-store.ts';
import type { FoundFile } from './found-file.ts';
import type { ReadPhoto } from './read-faces.ts';

/** After so many files, or this long after the first of them, what was read is written: what a crash can cost. */
const BATCH = { files: 64, ms: 2000 } as const;

/** How a file is to be kept. */
export type FileNews =
  /** As it was. */
  | { readonly kind: 'same'; readonly file: FoundFile }
  /** Another file with a known content. */
  | { readonly kind: 'copy'; readonly file: FoundFile; readonly sha256: string }
  | { readonly kind: 'photo'; readonly file: FoundFile; readonly read: ReadPhoto }
  | { readonly kind: 'failure'; readonly row: PhotoFailureRow };

/** Writes what a scan finds, several files at once; each photo with its faces as a whole. */
export class PhotoWriter {
  readonly #store: PhotoStore;
  readonly #scan: number;
  #news: FileNews[] = [];
  #since = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(store: PhotoStore, scan: number) {
    this.#store = store;
    this.#scan = scan;
  }

  /** Keeps news; they are written with those to come. */
  async add(news: FileNews): Promise<void> {
    if (this.#news.length === 0) this.#since = performance.now();
    this.#news.push(news);
    if (this.#news.length >= BATCH.files || performance.now() - this.#since >= BATCH.ms) await this.flush();
  }

  /** Writes all that is not written yet. */
  flush(): Promise<void> {
    const news = this.#news;
    this.#news = [];
    // After a failure nothing more is written.
    this.#written = this.#written.then(() => (news.length === 0 ? undefined : this.#write(news)));
    return this.#written;
  }

  #write(news: readonly FileNews[]): Promise<void> {
    return this.#store.transaction(async (rows) => {
      const same = news.flatMap((one) => (one.kind === 'same' ? [one.file.path] : []));
      if (same.length > 0) await rows.seeFiles(same, this.#scan);
      // Copies may be of a photo that is written with them.
      for (const one of news) if (one.kind === 'photo') await this.#writePhoto(rows, one.file, one.read);
      for (const one of news) {
        if (one.kind === 'copy') await this.#writeCopy(rows, one);
        if (one.kind === 'failure') await rows.putFailure(one.row, this.#scan);
      }
    });
  }

  async #writeCopy(
    rows: PhotoWrites,
    { file, sha256 }: { readonly file: FoundFile; readonly sha256: string },
  ): Promise<void> {
    const photoId = await rows.photoIdOfContent(sha256);
    // Pruned meanwhile: the next scan finds it as a new file.
    if (photoId !== null) await rows.putFile({ ...placeOf(file), photoId }, this.#scan);
  }

  async #writePhoto(rows: PhotoWrites, file: FoundFile, { photo, faces }: ReadPhoto): Promise<void> {
    // Another scan may have come by the same content meanwhile.
    const known = await rows.photoIdOfContent(photo.sha256);
    if (known === null) {
      await rows.putPhoto(photo);
      await rows.insertFaces(faces);
    }
    await rows.putFile({ ...placeOf(file), photoId: known ?? photo.id }, this.#scan);
  }
}

function placeOf({ path, size, mtimeMs }: FoundFile) {
  return { path, size, mtimeMs };
}
