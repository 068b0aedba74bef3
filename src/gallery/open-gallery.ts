import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import type { ModelSource } from '../models/model-source.ts';
import { checkDistances } from './check-distances.ts';
import { checkEmbedder, checkMetric } from './check-embedding.ts';
import { Gallery } from './gallery.ts';
import { type GalleryAddress, galleryAddress } from './gallery-address.ts';
import { givenDistances, packRecord, unknownDistances } from './gallery-distances.ts';
import { type GalleryPack, galleryPackOf } from './gallery-pack.ts';
import type { GalleryParts } from './gallery-parts.ts';
import type { GalleryEmbedder } from './gallery-types.ts';
import { MemoryIndex } from './index/memory-index.ts';
import { loadUsearch } from './index/usearch-engine.ts';
import type { GalleryStore } from './stores/gallery-store.ts';
import { MemoryStore } from './stores/memory/memory-store.ts';
import { openRows } from './stores/open-rows.ts';
import type { PostgresDatabase } from './stores/postgres/postgres-database.ts';
import type { NewGalleryFacts } from './stores/wanted-gallery.ts';

/** How a gallery is opened. */
export interface OpenGalleryOptions extends Pick<GalleryParts, 'thumbnails' | 'calibration'> {
  /** Whether a gallery that does not exist is made. @defaultValue true */
  readonly create?: boolean | undefined;
  /**
   * Whose embeddings the gallery holds; needed for a new one, compared with an existing one. A whole profile also says
   * what distances mean.
   */
  readonly embedder?: GalleryEmbedder | EmbedderProfile | undefined;
  /** The models that the embedder is of: a pack's name, the path of its folder, or what gives it. @defaultValue `dlib` */
  readonly models?: string | ModelSource | undefined;
  /**
   * What distances between the embedder's embeddings mean: its profile. A new gallery remembers it. @defaultValue what
   * `embedder` says, what the gallery remembers, or that of the embedder in `models`. Where nobody knows, a Euclidean
   * gallery takes dlib's limits and says so in a warning, `FACE_TRIGGER_UNKNOWN_DISTANCES`; searches in any other throw
   * `ERR_MODEL_NOT_FOUND`
   */
  readonly distances?: EmbedderDistances | undefined;
  /**
   * What is known of the licenses of the models: a new gallery remembers it. @defaultValue what `models` say of
   * `embedder`
   */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** The models that faces are found and embedded with: a new gallery remembers it. @defaultValue what `models` say */
  readonly pack?: GalleryPack | undefined;
  /** @defaultValue what the gallery was made with; of a new one that of `distances`, or of the packaged embedder */
  readonly metric?: MetricName | undefined;
  /** Up to this many faces every search is exact. @defaultValue `EXACT_LIMIT` */
  readonly exactLimit?: number | undefined;
}

/**
 * Opens a gallery or makes a new one, and deletes whoever has expired.
 *
 * @param url - the path of a file, such as "gallery.db", which may be written "sqlite:gallery.db";
 * "postgres://user@host/database?gallery=name" for one of the galleries of a PostgreSQL database, which many servers may
 * use at once; or "memory:" for a gallery that is gone when it is closed
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a gallery of another embedder or metric, `ERR_FILE_FORMAT` for a
 * file that is no gallery, `ERR_FILE_NOT_FOUND` where the folder does not exist, or the file and `create` is false,
 * `ERR_UNAVAILABLE` where a database cannot be reached, is too old or its driver is not installed,
 * `ERR_INVALID_ARGUMENT`
 * @remarks Reads every face: 100,000 of 128 numbers take under a second. Memory: about 4 bytes x dimension a face,
 * and above {@link OpenGalleryOptions.exactLimit} about as much again for the graph.
 */
export async function openGallery(url: string, options: OpenGalleryOptions = {}): Promise<Gallery> {
  return openGalleryIn(galleryAddress(url), options);
}

/**
 * Opens a gallery as {@link openGallery} does, over connections that it shares with others.
 *
 * @param options.database - the database that it is in. @defaultValue connections of its own
 */
export async function openGalleryIn(
  address: GalleryAddress,
  options: OpenGalleryOptions & { readonly database?: PostgresDatabase | undefined },
): Promise<Gallery> {
  const { thumbnails, calibration, exactLimit } = options;
  const store = await openStore(address, options);
  const onClockDoubt = (message: string): void => {
    process.emitWarning(message, { code: 'FACE_TRIGGER_CLOCK' });
  };
  const onMixedLengths = (message: string): void => {
    process.emitWarning(message, { code: 'FACE_TRIGGER_MIXED_LENGTHS' });
  };
  let parts: GalleryParts;
  try {
    const { settings } = store;
    const distances =
      givenDistances(options) ??
      settings.distances ??
      (await distancesOfPack(settings.embedder, options.models)) ??
      unknownDistances(settings);
    const index =
      (await store.ownIndex?.()) ??
      (await MemoryIndex.create(store, { engine: await loadUsearch(), exactLimit }));
    parts = { store, index, distances, thumbnails, calibration, onClockDoubt, onMixedLengths };
  } catch (error) {
    await store.dispose();
    throw error;
  }
  return Gallery.open(parts);
}

/**
 * Opens what a gallery is kept in, or makes a new one.
 *
 * @param options.mustBeNew - whether one that exists in a database is refused
 * @throws FaceTriggerError as {@link openGallery}
 */
export async function openStore(
  address: GalleryAddress,
  options: OpenGalleryOptions & {
    readonly mustBeNew?: boolean | undefined;
    readonly database?: PostgresDatabase | undefined;
  },
): Promise<GalleryStore> {
  const { create = true, mustBeNew, database, embedder, metric } = options;
  if (address.kind === 'memory') {
    if (!create) {
      const message = 'A gallery in memory (memory:) is always a new one, and an existing one was asked for';
      throw new FaceTriggerError('ERR_FILE_NOT_FOUND', message);
    }
    if (!embedder) throw invalidArgument('the identity of an embedder', 'options.embedder', embedder);
    const facts = await describeNew(embedder, options);
    return new MemoryStore({
      ...facts,
      embedder: checkEmbedder(embedder),
      metric: checkMetric(metric) ?? facts.metric ?? 'euclidean',
    });
  }
  // What is wrong with the distances that were given is told of an existing gallery too.
  givenDistances(options);
  const describe = embedder && (() => describeNew(embedder, options));
  return openRows(address, { create, mustBeNew, database, embedder, metric, describe });
}

/** What a new gallery remembers of its models: their description is read once, and only where something is missing. */
async function describeNew(
  embedder: Pick<GalleryEmbedder, 'sha256'>,
  options: OpenGalleryOptions,
): Promise<NewGalleryFacts> {
  const given = givenDistances(options);
  const { ledger, pack } = options;
  const isWhole = given && ledger && pack;
  const found = isWhole ? undefined : await packRecord(embedder, options.models);
  const distances = given ?? (found && checkDistances(found.profile));
  return {
    metric: distances?.metric,
    distances,
    ledger: ledger ?? found?.ledger,
    pack: pack ?? (found && galleryPackOf(found.pack, embedder.sha256)),
  };
}

async function distancesOfPack(
  embedder: GalleryEmbedder,
  models: string | ModelSource | undefined,
): Promise<EmbedderDistances | undefined> {
  const found = await packRecord(embedder, models);
  return found && checkDistances(found.profile);
}
