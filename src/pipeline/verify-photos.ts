import type { EmbeddingOptions } from '../core/embed/embedding-quality.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { boxArea } from '../core/geometry/box.ts';
import { metricOf } from '../core/metric/metric.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import { readImage } from '../node/image/read-image.ts';
import type { FacePipeline } from './face-pipeline.ts';

/** One side of a {@link PhotoVerification}. */
export interface VerifiedPhoto {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** The face that was compared: the largest. */
  readonly face: Face;
  /** Faces in the photo. */
  readonly count: number;
}

/** Whether two photos show the same person. */
export interface PhotoVerification {
  readonly same: boolean;
  /** Of the embeddings, in the embedder's metric. */
  readonly distance: number;
  /** At this distance or below it is the same person. */
  readonly maxDistance: number;
  readonly photos: readonly [VerifiedPhoto, VerifiedPhoto];
}

/** Options of {@link verifyPhotos}. */
export interface VerifyPhotosOptions {
  /** @defaultValue the embedder's `thresholds.verify` */
  readonly maxDistance?: number | undefined;
  /** How faces are found and embedded. */
  readonly analysis?: Pick<AnalyzeOptions, 'minFaceSize' | 'minScore' | keyof EmbeddingOptions> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares the largest faces of two photos.
 *
 * @param paths - the two files
 * @throws FaceTriggerError what `readImage` throws, and `ERR_TOO_FEW_SAMPLES` for a photo without a face
 */
export async function verifyPhotos(
  paths: readonly [string, string],
  pipeline: FacePipeline,
  options: VerifyPhotosOptions = {},
): Promise<PhotoVerification> {
  const { metric, thresholds } = pipeline.embedder.profile;
  const { maxDistance = thresholds.verify } = options;
  const first = await largestFace(paths[0], pipeline, options);
  const second = await largestFace(paths[1], pipeline, options);
  const distance = metricOf(metric).distance(first.face.embedding!, second.face.embedding!);
  return { same: distance <= maxDistance, distance, maxDistance, photos: [first, second] };
}

async function largestFace(
  path: string,
  pipeline: FacePipeline,
  { analysis, signal }: VerifyPhotosOptions,
): Promise<VerifiedPhoto> {
  const image = await readImage(path, { signal });
  const faces = await pipeline.analyze(image, { ...analysis, identities: false });
  const [face] = [...faces].sort((a, b) => boxArea(b.box) - boxArea(a.box));
  if (!face) throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', `There is no face in ${path}`);
  return { path, width: image.width, height: image.height, face, count: faces.length };
}
