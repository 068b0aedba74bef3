import { distancesIn } from '../../core/embed/distance-facts.ts';
import { modelMark } from '../../core/embed/model-mark.ts';
import { metricOf } from '../../core/metric/metric.ts';
import { galleryAddress } from '../../gallery/gallery-address.ts';
import { embedAnew } from '../../gallery/migrate/embed-anew.ts';
import { FacePictures } from '../../gallery/migrate/face-pictures.ts';
import {
  type EmbeddingJudgment,
  type JudgedFace,
  judgeVersions,
} from '../../gallery/migrate/judge-embeddings.ts';
import type { MigrationPipelines } from '../../gallery/migrate/migrate-store.ts';
import { openPipelines } from '../../gallery/migrate/open-pipelines.ts';
import { openStore } from '../../gallery/open-gallery.ts';
import type { PhotoStore, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import { type EmbedderRecord, networksOfEmbedder } from '../../node/models/packaged-models.ts';
import type { EmbeddingJournal } from '../../node/sqlite/embedding-journal.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import { everyFace } from '../every-face.ts';
import type { MigratePhotosOptions } from './migrate-photos-options.ts';
import { PhotoPictures } from './photo-pictures.ts';

/** What a {@link FaceMigration} works with. */
export interface FaceMigrationParts {
  /** Of the library. */
  readonly address: string;
  readonly store: PhotoStore;
  readonly journal: EmbeddingJournal;
  readonly next: EmbedderRecord;
  readonly options: MigratePhotosOptions;
  /** Faces that are to be embedded, for the progress. */
  readonly total: number;
}

/** Embeds the faces of photos with other models, and judges both versions. */
export class FaceMigration implements AsyncDisposable {
  readonly #parts: FaceMigrationParts;
  readonly #model: string;
  readonly #missing = new Set<string>();
  #fromPhotos = 0;
  #fromCrops = 0;
  /** Opened for the first face that is not done. */
  #pipelines: (MigrationPipelines & AsyncDisposable) | null = null;
  #pictures: PhotoPictures | null = null;

  constructor(parts: FaceMigrationParts) {
    this.#parts = parts;
    this.#model = modelMark(parts.next.profile);
  }

  get counts() {
    return { fromPhotos: this.#fromPhotos, fromCrops: this.#fromCrops, missing: this.#missing.size };
  }

  /** Embeds what the journal does not have yet. @throws FaceTriggerError `ERR_ABORTED` */
  async embed(): Promise<void> {
    const { journal, options, total } = this.#parts;
    const { signal, onProgress } = options;
    let done = 0;
    await embedAnew(this.#keyed(), {
      ...{ journal, signal },
      align: async ({ face }) => {
        this.#pictures ??= await this.#openPictures(face);
        const found = await this.#pictures.find(face);
        if (!found) this.#missing.add(face.id);
        else if (found.from === 'photo') this.#fromPhotos++;
        else this.#fromCrops++;
        return found?.face ?? null;
      },
      embed: (faces) => this.#pipelines!.next.embed(faces),
      onItem: () => onProgress?.(Math.min(++done, total), total),
    });
  }

  /** Judges both versions by the faces that somebody named. @throws FaceTriggerError as `judgeVersions` */
  async judge(): Promise<EmbeddingJudgment | null> {
    const { address, store, journal, next, options } = this.#parts;
    const faces: JudgedFace[] = [];
    for await (const { id, personId, embedding } of everyFace(store, {
      notOfModel: this.#model,
      named: true,
    })) {
      if (journal.has(id)) faces.push({ personId: personId!, before: embedding, after: journal.get(id) });
    }
    await using gallery = await openStore(galleryAddress(address), { create: false });
    const metrics = { before: gallery.settings.metric, after: next.profile.metric };
    return judgeVersions(faces, metrics, { what: 'these photos', force: options.force });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipelines?.[Symbol.asyncDispose]();
  }

  async *#keyed(): AsyncGenerator<{ readonly key: string; readonly face: StoredPhotoFace }> {
    for await (const face of everyFace(this.#parts.store, { notOfModel: this.#model }))
      yield { key: face.id, face };
  }

  /** @param face - one of the old models */
  async #openPictures({ model }: StoredPhotoFace): Promise<PhotoPictures> {
    const { store, next, options } = this.#parts;
    const own = () => ownPipeline(model, options);
    this.#pipelines = await openPipelines(next, { ...options, own });
    const profile = this.#pipelines.own?.embedder.profile;
    const limit = profile ? distancesIn(profile, profile.metric).thresholds.copy : 0;
    const isSamePhoto = (a: Float32Array, b: Float32Array) =>
      profile !== undefined && metricOf(profile.metric).distance(a, b) <= limit;
    const crops = new FacePictures({ ...this.#pipelines, sources: null, isSamePhoto });
    return new PhotoPictures(store, this.#pipelines, crops);
  }
}

/** The models that embedded the faces, where they are installed. */
async function ownPipeline(
  model: string,
  { ownModels, threads }: MigratePhotosOptions,
): Promise<FacePipeline | undefined> {
  const sha256 = model.slice(model.lastIndexOf(' ') + 1);
  const networks = await networksOfEmbedder(sha256, ownModels).catch(() => undefined);
  return networks && FacePipeline.create({ ...networks, threads });
}
