import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { ASSUMED_FACTS } from '../models/assumed-facts.ts';
import type { ModelSource } from '../models/model-source.ts';
import { type EmbedderRecord, recordOfEmbedder } from '../node/models/packaged-models.ts';
import { checkDistances } from './check-distances.ts';
import { describeEmbedder } from './check-embedding.ts';
import type { GalleryEmbedder } from './gallery-types.ts';
import type { GallerySettings } from './stores/gallery-store.ts';

/** Where it may be said what an embedder's distances mean. */
export interface DistanceSources {
  readonly distances?: EmbedderDistances | undefined;
  readonly embedder?: GalleryEmbedder | EmbedderProfile | undefined;
  readonly models?: string | ModelSource | undefined;
}

/**
 * What the caller says that distances mean: outright, or with the profile of the embedder.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function givenDistances({ distances, embedder }: DistanceSources): EmbedderDistances | undefined {
  if (distances !== undefined) return checkDistances(distances, 'options.distances');
  return embedder && 'thresholds' in embedder ? checkDistances(embedder, 'options.embedder') : undefined;
}

/**
 * What the models say of an embedder: those that are named, else all that have a name, the default ones first.
 *
 * @returns undefined where none has it. Where the package's models are lost, people can still be listed, exported
 * and deleted
 */
export async function packRecord(
  { sha256 }: Pick<GalleryEmbedder, 'sha256'>,
  models: string | ModelSource | undefined,
): Promise<EmbedderRecord | undefined> {
  // Whoever names other models may still open a gallery of the default ones.
  const wanted = models === undefined ? undefined : await recordOfEmbedder(sha256, models);
  if (wanted !== undefined) return wanted;
  try {
    return await recordOfEmbedder(sha256);
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_MODEL_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * What stands in for an embedder's facts where nobody knows them, asked for the first time that they are needed.
 *
 * @returns dlib's for a Euclidean gallery, with a warning: those of version 0.1 that do not say were all of its family.
 * Throws `ERR_MODEL_NOT_FOUND` for any other, as no number would be right
 */
export function unknownDistances({ embedder, metric }: GallerySettings): () => EmbedderDistances {
  const what =
    `Nothing is known of the distances of ${describeEmbedder(embedder)}, the embedder of this gallery: ` +
    'neither the gallery nor the models say what they mean';
  const remedy =
    "Open the gallery with the models that it was made with (--models, or `models`) or with the embedder's profile " +
    'as `distances`';
  return () => {
    if (metric !== ASSUMED_FACTS.metric)
      throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `${what}. ${remedy}`);
    const { identify } = ASSUMED_FACTS.thresholds;
    const message = `${what}, so the limits of dlib's embedder are used (${identify} for the same person). ${remedy}`;
    process.emitWarning(message, { code: 'FACE_TRIGGER_UNKNOWN_DISTANCES' });
    return ASSUMED_FACTS;
  };
}
