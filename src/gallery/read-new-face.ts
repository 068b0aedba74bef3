import { identityOf } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { boxArea } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import { mainFaces } from '../core/pipeline/main-faces.ts';
import { faceQuality } from '../core/quality/face-quality.ts';
import { encodeImage } from '../node/image/encode-image.ts';
import type { FacePipeline } from '../pipeline/face-pipeline.ts';
import type { NewFace } from './gallery-types.ts';
import { qualityFacts } from './review-face.ts';

/** How {@link readNewFace} reads a photo. */
export interface ReadNewFaceOptions {
  /** How faces are looked for. */
  readonly analyze?: AnalyzeOptions | undefined;
  /** Stands beside the face in the gallery. */
  readonly source?: string | null | undefined;
  /** Also makes a picture of the face. @defaultValue false */
  readonly thumbnail?: boolean | undefined;
}

/** A face read from a photo: what a gallery takes, and where it was. */
export interface ReadFace {
  readonly newFace: NewFace;
  readonly face: Face;
}

/**
 * Reads the largest face of a photo for enrollment, with what is known of its quality.
 *
 * @param pipeline - finds and embeds faces; its embedder must be the gallery's
 * @throws FaceTriggerError `ERR_UNSUITABLE_FACE` where there is no face
 * @remarks A photo of several faces is not refused here: the gallery's review does that, unless it is off.
 */
export async function readNewFace(
  pipeline: FacePipeline,
  image: Image,
  options: ReadNewFaceOptions = {},
): Promise<ReadFace> {
  const faces = await pipeline.find(image, options.analyze);
  const face = faces.reduce<Face | null>(
    (largest, next) => (largest === null || boxArea(next.box) > boxArea(largest.box) ? next : largest),
    null,
  );
  if (!face) throw new FaceTriggerError('ERR_UNSUITABLE_FACE', 'No face was found in the photo');
  const [aligned] = pipeline.align(image, [face]);
  const [embedding] = await pipeline.embed([aligned!], options.analyze);
  const newFace = {
    embedding: embedding!,
    embedder: identityOf(pipeline.embedder.profile),
    quality: qualityFacts(faceQuality(aligned!), mainFaces(faces).length, face.turn),
    source: options.source ?? null,
    thumbnail: options.thumbnail ? await encodeImage(aligned!.chip, { format: 'jpeg' }) : null,
  };
  return { newFace, face: { ...face, embedding: embedding! } };
}
