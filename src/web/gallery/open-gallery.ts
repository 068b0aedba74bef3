import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { checkDistances } from '../../gallery/check-distances.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { checkRecord } from '../../gallery/gallery-record.ts';
import { MemoryStore } from '../../gallery/stores/memory/memory-store.ts';
import { type RecordSource, readRecords } from './read-records.ts';

/** How a gallery is opened in a page. */
export interface OpenGalleryOptions {
  /** Whose embeddings it holds: `pipeline.profile`. */
  readonly embedder: EmbedderProfile;
  /**
   * People to begin with: the address of an exported gallery (`face-trigger gallery export`, or `/api/v1/export` of a
   * server), or its records, such as those of `keptRecords`. @defaultValue nobody
   */
  readonly from?: RecordSource | null | undefined;
  /** Key of the server that `from` is of. */
  readonly key?: string | undefined;
}

/**
 * Opens a gallery in the memory of the page: the gallery of the library, with its search, its review of new faces and
 * its thresholds.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for people of another embedder or precision, `ERR_FILE_FORMAT`, and what
 * fetching them throws: `ERR_UNAUTHENTICATED`, `ERR_FORBIDDEN`, `ERR_NOT_FOUND`, `ERR_UNAVAILABLE`
 */
export async function openGallery({ embedder, from, key }: OpenGalleryOptions): Promise<Gallery> {
  const { id, sha256, dimension } = embedder;
  const records = readRecords(from ?? [], { key });
  const first = await records.next();
  // What the gallery was made with counts, as its distances may have been learned of its own people.
  const header = first.done ? null : checkRecord(first.value, null);
  const {
    metric = embedder.metric,
    distances = checkDistances(embedder),
    ledger,
    pack,
  } = header?.type === 'gallery' ? header : {};
  const store = new MemoryStore({ embedder: { id, sha256, dimension }, metric, distances, ledger, pack });
  const gallery = await Gallery.open({ store, distances });
  if (!first.done) await gallery.import(withFirst(first.value, records));
  return gallery;
}

async function* withFirst(first: unknown, rest: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield first;
  yield* rest;
}
