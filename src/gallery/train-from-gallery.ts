import { DEFAULT_QUALITY, embeddingRecipe } from '../core/embed/embedding-quality.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { defaultMinProbability } from '../core/identify/identification.ts';
import type { MetricName } from '../core/metric/metric.ts';
import type { FaceRecognizer } from '../people/face-recognizer.ts';
import type { RecognizerTrainingReport, TrainOptions } from '../people/learn-people.ts';
import { assertReplaceable, type ModelDescription, writeModelFolder } from '../people/model-folder.ts';
import { checkEmbedding } from './check-embedding.ts';
import type { Gallery } from './gallery.ts';
import { findSharedFaces, type SharedFace } from './shared-faces.ts';

/** Options of {@link trainFromGallery}. */
export interface TrainFromGalleryOptions {
  /** Folder that the model goes to; only an older model there is replaced. */
  readonly out: string;
  /** Version of face-trigger, for `model.json`. */
  readonly createdBy: string;
  /** How the classifier is trained; a metric needs photos, which a gallery does not keep. */
  readonly training?: Pick<TrainOptions, 'kind' | 'signal'> | undefined;
  /** Limits that recognition uses unless told otherwise, in the gallery's metric. @defaultValue the embedder's and what fits the classifier */
  readonly maxDistance?: number | undefined;
  readonly minProbability?: number | undefined;
}

/** What {@link trainFromGallery} did. */
export interface TrainFromGalleryResult {
  /** In the order of the model's labels, and how many faces each was learned from. */
  readonly people: readonly { readonly label: string; readonly photos: number }[];
  /** How the classifier measures distances: as the gallery does. */
  readonly metric: MetricName;
  /** Limits that recognition uses unless told otherwise, in that metric. */
  readonly thresholds: { readonly maxDistance: number; readonly minProbability: number };
  /** People who have nearly the same face: neither of them can be told surely. */
  readonly sharedFaces: readonly SharedFace[];
  readonly report: RecognizerTrainingReport;
}

/**
 * Trains a recognizer's classifier on the people of a gallery, in the gallery's metric, and writes a model folder.
 *
 * @param recognizer - of the gallery's embedder; it knows the people afterwards
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for another embedder, `ERR_TOO_FEW_SAMPLES`, `ERR_FILE_WRITE`
 * @remarks The model folder holds what was learned of everybody who is in the gallery now: whoever is deleted later
 * stays in it until it is trained again.
 */
export async function trainFromGallery(
  gallery: Gallery,
  recognizer: FaceRecognizer,
  options: TrainFromGalleryOptions,
): Promise<TrainFromGalleryResult> {
  const { out, training = {} } = options;
  await assertReplaceable(out);
  const { id, sha256, dimension, metric, lengthRule } = recognizer.embedder.profile;
  const { embeddings, labels } = await gallery.trainingSet();
  const [first] = embeddings;
  if (!first) throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'There is no face in the gallery');
  checkEmbedding(first, { expected: gallery.embedder, given: { id, sha256 }, name: 'embedding' });
  const recipe = embeddingRecipe({ quality: DEFAULT_QUALITY, evenLength: gallery.evenLength });
  const report = await recognizer.train(
    { embeddings, labels },
    {
      ...{ ...training, ...recipe },
      distanceMetric: gallery.metric,
    },
  );
  const { thresholds } = recognizer.distances;
  const photos = new Map<string, number>();
  for (const label of labels) photos.set(label, (photos.get(label) ?? 0) + 1);
  const { ledger } = await gallery.stats();
  const description: ModelDescription = {
    format: 'face-trigger-model',
    version: 1,
    createdBy: options.createdBy,
    embedder: { id, sha256, dimension, metric, lengthRule },
    classifier: { kind: report.kind, C: report.C, metric: gallery.metric },
    people: recognizer.labels.map((label) => ({ label, photos: photos.get(label) ?? 0 })),
    detection: { minFaceSize: null, minScore: null },
    averaging: recipe,
    head: false,
    ...(ledger && { ledger }),
    thresholds: {
      maxDistance: options.maxDistance ?? thresholds.identify,
      minProbability: options.minProbability ?? defaultMinProbability(report.kind),
    },
  };
  await writeModelFolder(out, { recognizer, description });
  const sharedFaces = await findSharedFaces(gallery, { embeddings, labels }, { id, sha256 });
  const { people, thresholds: limits } = description;
  return { people, metric: gallery.metric, thresholds: limits, sharedFaces, report };
}
