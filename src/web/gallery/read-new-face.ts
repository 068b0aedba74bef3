import { identityOf } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { boxArea } from '../../core/geometry/box.ts';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import type { NewFace } from '../../gallery/gallery-types.ts';
import { qualityFacts } from '../../gallery/review-face.ts';
import type { FacePipeline } from '../face-pipeline.ts';
import type { JudgedFace, PictureOptions } from '../judge-faces.ts';
import type { PictureSource } from '../picture.ts';

/** How {@link readNewFace} reads a picture. */
export interface ReadNewFaceOptions {
  /** How faces are looked for. */
  readonly analyze?: Omit<PictureOptions, 'embeddings' | 'judge'> | undefined;
  /** Stands beside the face in the gallery. */
  readonly source?: string | null | undefined;
}

/**
 * Reads the largest face of a picture for enrollment, with what is known of its quality: what `gallery.enroll` takes.
 *
 * @throws FaceTriggerError `ERR_UNSUITABLE_FACE` where there is no face, and what `pipeline.analyze` throws
 * @remarks A picture of several faces is not refused here: the gallery's review does that, unless it is off.
 */
export async function readNewFace(
  pipeline: Pick<FacePipeline, 'analyze' | 'profile'>,
  picture: PictureSource,
  { analyze, source = null }: ReadNewFaceOptions = {},
): Promise<NewFace> {
  const faces = await pipeline.analyze(picture, { ...analyze, embeddings: true, judge: true });
  const face = faces.reduce<JudgedFace | null>(
    (largest, next) => (largest === null || boxArea(next.box) > boxArea(largest.box) ? next : largest),
    null,
  );
  if (!face) throw new FaceTriggerError('ERR_UNSUITABLE_FACE', 'No face was found in the picture');
  const { embedding, quality, turn } = face;
  return {
    embedding: embedding!,
    embedder: identityOf(pipeline.profile),
    quality: qualityFacts(quality!, mainFaces(faces).length, turn),
    source,
    thumbnail: null,
  };
}
