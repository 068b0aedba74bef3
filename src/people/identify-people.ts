import type { OnnxClassifier } from '../classify/onnx-classifier.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { EmbeddingQuality } from '../core/embed/embedding-quality.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import {
  type Identification,
  type IdentifyOptions,
  toIdentifications,
} from '../core/identify/identification.ts';
import { voteOverSightings } from '../core/identify/vote.ts';
import { classifierDistances } from './classifier-distances.ts';
import type { KnownPeople } from './known-people.ts';
import { DEFAULT_INFER_THRESHOLD, type InferOptions, type InferResult } from './recognizer-options.ts';

/**
 * Says of every embedding who it is: the work of `FaceRecognizer.identify`.
 *
 * @param embedder - that made the embeddings, and in which quality
 * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_MODEL_MISMATCH`
 */
export async function identifyPeople(
  embeddings: readonly Float32Array[],
  people: KnownPeople,
  embedder: { readonly profile: EmbedderProfile; readonly quality: EmbeddingQuality },
  options: IdentifyOptions,
): Promise<Identification[]> {
  const { profile, quality } = embedder;
  const classifier: OnnxClassifier = people.requireClassifier();
  const { kind, facts } = classifier;
  const { thresholds, toOwn } = classifierDistances(profile, facts);
  const known = {
    kind,
    labels: people.labels,
    references: facts.references ?? undefined,
    // Distances of a file that another program made may be anything.
    evidence: kind === 'foreign' ? undefined : profile.evidence[quality],
    maxDistance: thresholds.identify,
    toOwn,
  };
  return toIdentifications(await classifier.predict(embeddings), known, options);
}

/**
 * Names one face that was seen n times: the work of `FaceRecognizer.inferDetailed`.
 *
 * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
 */
export async function inferPerson(
  embeddings: readonly Float32Array[],
  people: KnownPeople,
  { threshold = DEFAULT_INFER_THRESHOLD }: InferOptions,
): Promise<InferResult> {
  if (!(threshold >= 0 && threshold <= 1)) {
    throw invalidArgument('a number from 0 to 1', 'options.threshold', threshold);
  }
  const classifier = people.requireClassifier();
  if (!Array.isArray(embeddings) || embeddings.length === 0) {
    const message = expectation('at least one embedding', 'embeddings', embeddings);
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
  }
  const result = await classifier.predict(embeddings);
  const { column, ...vote } = voteOverSightings(result, classifier.classes.length, threshold);
  return { label: column < 0 ? null : people.labelOf(classifier.classes[column]!), ...vote };
}
