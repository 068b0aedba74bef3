import { distancesIn } from '../../core/embed/distance-facts.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { metricOf } from '../../core/metric/metric.ts';
import type { EmbedderRecord } from '../../node/models/packaged-models.ts';
import type { EmbeddingJournal } from '../../node/sqlite/embedding-journal.ts';
import type { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { Face, NegativeExample } from '../gallery-types.ts';
import { PAGE_LIMITS } from '../page-cursor.ts';
import type { GalleryReads, GallerySettings, GalleryStore, Stored } from '../stores/gallery-store.ts';
import { embedAnew } from './embed-anew.ts';
import { FacePictures, type MissingReason } from './face-pictures.ts';
import { type EmbeddingJudgment, type JudgedFace, judgeVersions } from './judge-embeddings.ts';
import { type MissingPictures, missingOf } from './missing-pictures.ts';
import type { SourceFiles } from './source-files.ts';

/** Told how many faces and negative examples are done, of how many. */
export type MigrationProgress = (done: number, total: number) => void;

/** The models of a change: the new ones and, where they are installed, the gallery's own. */
export interface MigrationPipelines {
  readonly next: FacePipeline;
  readonly own: FacePipeline | null;
}

/** What a {@link StoreMigration} works with. */
export interface StoreMigrationParts {
  readonly store: GalleryStore;
  readonly journal: EmbeddingJournal;
  readonly sources: SourceFiles | null;
  /** What the gallery is to be made for. */
  readonly settings: GallerySettings;
  /** What the packs say of the gallery's present embedder. */
  readonly own: EmbedderRecord | undefined;
  readonly dropMissing?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: MigrationProgress | undefined;
}

/** What was embedded, or can be. */
export interface EmbeddedFaces {
  readonly embedded: number;
  readonly fromKept: number;
  readonly fromSources: number;
  readonly resumed: number;
  readonly missing: readonly MissingPictures[];
}

/** A row of a gallery that has an embedding. */
type EmbeddedRow =
  | (Stored<Face> & { readonly kind: 'face' })
  | (Stored<NegativeExample> & { readonly kind: 'negative' });

type Keyed<Row> = Row & { readonly key: string };

/** The steps of a change to other models, over any store. */
export class StoreMigration {
  readonly #parts: StoreMigrationParts;
  /** Why rows can't be embedded, by their keys. */
  readonly #missing = new Map<string, { readonly row: EmbeddedRow; readonly reason: MissingReason }>();
  #resumed: number | null = null;
  readonly #counts = { embedded: 0, fromKept: 0, fromSources: 0 };

  constructor(parts: StoreMigrationParts) {
    this.#parts = parts;
  }

  /** Says which pictures are there, without looking into them. @param goesOn - the journal is for these models */
  async plan(goesOn: boolean): Promise<EmbeddedFaces> {
    const { store, journal, sources } = this.#parts;
    const names = await namesIn(store);
    const twins = await this.#twins();
    let resumed = 0;
    for await (const row of everyEmbedding(store)) {
      if (goesOn && journal.has(row.key)) resumed++;
      else if (row.kind === 'face' && row.hasThumbnail) this.#counts.fromKept++;
      else if (sources && sources.of(row.source, names.get(row.personId) ?? '').length > 0)
        this.#counts.fromSources++;
      else if (!twins.has(row.key)) this.#missing.set(row.key, { row, reason: 'no-picture' });
      else this.#counts.embedded++;
    }
    const { fromKept, fromSources, embedded } = this.#counts;
    const missing = await missingOf(store, [...this.#missing.values()]);
    return { ...this.#counts, embedded: embedded + fromKept + fromSources, resumed, missing };
  }

  /**
   * Embeds what the journal does not have yet.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND` where pictures are gone, unless they may be left out
   */
  async embed(pipelines: MigrationPipelines): Promise<EmbeddedFaces> {
    const { store, journal, onProgress, signal } = this.#parts;
    const { faces, negatives } = await store.count();
    const keys = new Set<string>();
    for await (const { key } of everyEmbedding(store)) keys.add(key);
    // What was embedded of people who were deleted meanwhile goes with them.
    journal.keepOnly(keys);
    this.#resumed ??= journal.size;
    let done = 0;
    const embedAll = async (rows: AsyncIterable<Keyed<EmbeddedRow>>) => {
      this.#counts.embedded += await embedAnew(rows, {
        ...{ journal, signal, align: await this.#aligner(pipelines) },
        onKept: store.unfinished && ((entries) => store.unfinished!.add(entries)),
        embed: (aligned) => pipelines.next.embed(aligned),
        onItem: () => onProgress?.(++done, faces + negatives),
      });
    };
    await embedAll(everyFace(store));
    for (const [key, face] of await this.#twins()) {
      if (journal.has(key) || !journal.has(face)) continue;
      journal.add([{ key, embedding: journal.get(face) }]);
      this.#counts.embedded++;
    }
    await embedAll(everyNegative(store));
    const missing = await missingOf(
      store,
      [...this.#missing.values()].filter(({ row }) => keys.has(keyOf(row))),
    );
    if (missing.length > 0 && !this.#parts.dropMissing) refuseMissing(missing, { faces, negatives });
    return { ...this.#counts, resumed: this.#resumed, missing };
  }

  /**
   * Judges both versions by the gallery's own people.
   *
   * @throws FaceTriggerError `ERR_CONFLICT` where the new one is worse, `ERR_TOO_FEW_SAMPLES`; neither with `force`
   */
  async judge({
    force = false,
  }: {
    readonly force?: boolean | undefined;
  }): Promise<EmbeddingJudgment | null> {
    const { store, journal, settings } = this.#parts;
    const faces: JudgedFace[] = [];
    for await (const { key, personId, embedding } of everyFace(store)) {
      if (journal.has(key)) faces.push({ personId, before: embedding!, after: journal.get(key) });
    }
    const metrics = { before: store.settings.metric, after: settings.metric };
    return judgeVersions(faces, metrics, { what: 'this gallery', force });
  }

  /** Puts all new embeddings in the place of the old in one transaction, newcomers included. */
  async change(
    pipelines: MigrationPipelines,
    notes: (rows: GalleryReads) => Promise<readonly (readonly [key: string, value: string])[]>,
  ): Promise<void> {
    const { store, journal, settings } = this.#parts;
    for (;;) {
      const isWhole = await store.transaction(async (rows) => {
        const dropped: EmbeddedRow[] = [];
        for await (const row of everyEmbedding(rows, false)) {
          if (journal.has(row.key)) continue;
          if (!this.#missing.has(row.key) || !this.#parts.dropMissing) return false;
          dropped.push(row);
        }
        for (const { kind, seq, id } of dropped) {
          if (kind === 'face') await rows.deleteFace(seq);
          else await rows.deleteNegative(id);
        }
        await rows.adoptModels(settings, (row) => journal.get(keyOf(row)));
        for (const [key, value] of await notes(rows)) await rows.setNote(key, value);
        return true;
      });
      if (isWhole) return;
      await this.embed(pipelines);
    }
  }

  async #aligner({ next, own }: MigrationPipelines) {
    const { store, sources } = this.#parts;
    const names = await namesIn(store);
    const limit = this.#thresholds()?.copy ?? 0;
    const { distance } = metricOf(store.settings.metric);
    const isSamePhoto = (a: Float32Array, b: Float32Array) => distance(a, b) <= limit;
    const pictures = new FacePictures({ next, own, sources, isSamePhoto });
    return async (row: Keyed<EmbeddedRow>) => {
      const hasPicture = row.kind === 'face' && row.hasThumbnail;
      const kept = hasPicture ? await store.findThumbnail(row.id, null) : null;
      const found = await pictures.find({
        embedding: row.embedding!,
        source: row.source,
        person: names.get(row.personId) ?? '',
        thumbnail: kept?.thumbnail ?? null,
      });
      if ('missing' in found) {
        this.#missing.set(row.key, { row, reason: found.missing });
        return null;
      }
      this.#missing.delete(row.key);
      this.#counts[found.from === 'kept' ? 'fromKept' : 'fromSources']++;
      return found.face;
    };
  }

  /** For each negative example that is a photo of some face of the gallery the key of that face. */
  async #twins(): Promise<ReadonlyMap<string, string>> {
    const { store } = this.#parts;
    const limit = this.#thresholds()?.samePhoto ?? 0;
    const { distance } = metricOf(store.settings.metric);
    const negatives: Keyed<EmbeddedRow>[] = [];
    for await (const row of everyNegative(store)) negatives.push(row);
    const twins = new Map<string, string>();
    if (negatives.length === 0) return twins;
    for await (const face of everyFace(store)) {
      for (const { key, embedding } of negatives) {
        if (!twins.has(key) && distance(embedding!, face.embedding!) <= limit) twins.set(key, face.key);
      }
    }
    return twins;
  }

  /** What distances of the gallery as it is mean, in its metric; undefined where nobody knows. */
  #thresholds() {
    const { store, own } = this.#parts;
    const { distances, metric } = store.settings;
    const facts = own?.profile ?? distances;
    return facts && distancesIn(facts, metric).thresholds;
  }
}

/** @throws FaceTriggerError `ERR_FILE_NOT_FOUND` */
export function refuseMissing(
  missing: readonly MissingPictures[],
  all: { readonly faces: number; readonly negatives: number },
): never {
  const sum = (count: (one: MissingPictures) => number) => missing.reduce((n, one) => n + count(one), 0);
  const people = missing.length === 1 ? '1 person' : `${missing.length} people`;
  throw new FaceTriggerError(
    'ERR_FILE_NOT_FOUND',
    `There is no picture of ${sum(({ faces }) => faces)} of ${all.faces} faces and of ` +
      `${sum(({ negatives }) => negatives)} of ${all.negatives} negative examples, of ${people}: nothing was changed. ` +
      'Name the folder with their photos (--sources), or go on without them (--drop-missing). What is embedded is kept ' +
      'for the next time',
    { details: { missing } },
  );
}

function keyOf({ kind, id }: { readonly kind: 'face' | 'negative'; readonly id: string }): string {
  return `${kind} ${id}`;
}

async function namesIn(store: GalleryReads): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const list = (after: number) => store.listPeople({ after, limit: PAGE_LIMITS.maximum, livingAt: null });
  for await (const { id, name } of pages(list)) names.set(id, name);
  return names;
}

async function* everyEmbedding(
  rows: GalleryReads,
  withEmbeddings = true,
): AsyncGenerator<Keyed<EmbeddedRow>> {
  yield* everyFace(rows, withEmbeddings);
  yield* everyNegative(rows, withEmbeddings);
}

async function* everyFace(rows: GalleryReads, withEmbeddings = true): AsyncGenerator<Keyed<EmbeddedRow>> {
  const page = { limit: PAGE_LIMITS.maximum, livingAt: null, withEmbeddings };
  for await (const row of pages((after) => rows.listFaces({ ...page, after }))) {
    yield { ...row, kind: 'face', key: keyOf({ kind: 'face', id: row.id }) };
  }
}

async function* everyNegative(rows: GalleryReads, withEmbeddings = true): AsyncGenerator<Keyed<EmbeddedRow>> {
  const page = { limit: PAGE_LIMITS.maximum, livingAt: null, withEmbeddings };
  for await (const row of pages((after) => rows.listNegatives({ ...page, after }))) {
    yield { ...row, kind: 'negative', key: keyOf({ kind: 'negative', id: row.id }) };
  }
}

/** All rows, of people who have expired too, which the next purge deletes. */
async function* pages<Row extends Stored<object>>(
  read: (after: number) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after = 0; ; ) {
    const rows = await read(after);
    yield* rows;
    if (rows.length < PAGE_LIMITS.maximum) return;
    after = rows.at(-1)!.seq;
  }
}
