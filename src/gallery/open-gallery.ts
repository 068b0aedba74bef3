import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';
import { DLIB_FACTS } from '../models/dlib/dlib-facts.ts';
import type { ModelSource } from '../models/model-source.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { profileOfEmbedder } from '../node/models/packaged-models.ts';
import { checkEmbedder, checkMetric } from './check-embedding.ts';
import { Gallery, type GalleryParts } from './gallery.ts';
import { type GalleryAddress, galleryAddress } from './gallery-address.ts';
import type { GalleryEmbedder } from './gallery-types.ts';
import { MemoryIndex } from './index/memory-index.ts';
import { loadUsearch } from './index/usearch-engine.ts';
import { requireGalleryFile } from './require-gallery-file.ts';
import type { GalleryStore } from './stores/gallery-store.ts';
import { MemoryStore } from './stores/memory/memory-store.ts';
import { SqliteStore } from './stores/sqlite/sqlite-store.ts';

/** How a gallery is opened. */
export interface OpenGalleryOptions extends Pick<GalleryParts, 'thumbnails' | 'calibration'> {
  /** Whether a gallery that does not exist is made. @defaultValue true */
  readonly create?: boolean | undefined;
  /** Whose embeddings the gallery holds; needed for a new one, compared with an existing one. */
  readonly embedder?: GalleryEmbedder | undefined;
  /** The models that the embedder is of: a pack's name, the path of its folder, or what gives it. @defaultValue `dlib` */
  readonly models?: string | ModelSource | undefined;
  /**
   * What distances between the embedder's embeddings mean: its profile. @defaultValue that of the embedder in
   * `models`, else dlib's
   */
  readonly distances?: EmbedderDistances | undefined;
  /** @defaultValue what the gallery was made with; of a new one that of `distances`, or of the packaged embedder */
  readonly metric?: MetricName | undefined;
  /** Up to this many faces every search is exact. @defaultValue `EXACT_LIMIT` */
  readonly exactLimit?: number | undefined;
}

/**
 * Opens a gallery or makes a new one, and deletes whoever has expired.
 *
 * @param url - the path of a file, such as "gallery.db", which may be written "sqlite:gallery.db"; or "memory:" for a
 * gallery that is gone when it is closed
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a gallery of another embedder or metric, `ERR_FILE_FORMAT` for a
 * file that is no gallery, `ERR_FILE_NOT_FOUND` where the folder does not exist, or the file and `create` is false,
 * `ERR_NOT_IMPLEMENTED` for databases that galleries can't live in yet, `ERR_INVALID_ARGUMENT`
 * @remarks Reads every face: 100,000 of 128 numbers take under a second. Memory: about 4 bytes x dimension a face,
 * and above {@link OpenGalleryOptions.exactLimit} about as much again for the graph.
 */
export async function openGallery(url: string, options: OpenGalleryOptions = {}): Promise<Gallery> {
  const { thumbnails, calibration, exactLimit } = options;
  const store = await openStore(galleryAddress(url), options);
  const onClockDoubt = (message: string): void => {
    process.emitWarning(message, { code: 'FACE_TRIGGER_CLOCK' });
  };
  let parts: GalleryParts;
  try {
    const distances =
      options.distances ?? (await factsOf(store.settings.embedder, options.models)) ?? DLIB_FACTS;
    const index = await MemoryIndex.create(store, { engine: await loadUsearch(), exactLimit });
    parts = { store, index, distances, thumbnails, calibration, onClockDoubt };
  } catch (error) {
    await store.dispose();
    throw error;
  }
  return Gallery.open(parts);
}

async function openStore(address: GalleryAddress, options: OpenGalleryOptions): Promise<GalleryStore> {
  const { create = true, embedder, metric } = options;
  const facts = options.distances ?? (embedder && (await factsOf(embedder, options.models)));
  const newMetric = facts?.metric;
  if (address.kind === 'memory') {
    if (!create) {
      const message = 'A gallery in memory (memory:) is always a new one, and an existing one was asked for';
      throw new FaceTriggerError('ERR_FILE_NOT_FOUND', message);
    }
    if (!embedder) throw invalidArgument('the identity of an embedder', 'options.embedder', embedder);
    return new MemoryStore({
      embedder: checkEmbedder(embedder),
      metric: checkMetric(metric) ?? newMetric ?? 'euclidean',
    });
  }
  const path = await pathOnDisk(localPath(address.path));
  await requireGalleryFile(path, { create });
  return SqliteStore.open(path, { create, embedder, metric, newMetric });
}

/** What is known of an embedder. Where the package's models are lost, people can still be listed, exported and deleted. */
async function factsOf(
  { sha256 }: GalleryEmbedder,
  models: string | ModelSource | undefined,
): Promise<EmbedderDistances | undefined> {
  // Whoever names other models may still open a gallery of the default ones.
  const named = models === undefined ? undefined : await profileOfEmbedder(sha256, models);
  if (named !== undefined) return named;
  try {
    return await profileOfEmbedder(sha256);
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_MODEL_NOT_FOUND') return undefined;
    throw error;
  }
}
