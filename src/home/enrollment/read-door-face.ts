import type { AlignedFace } from '../../core/align/aligned-face.ts';
import type { Image } from '../../core/image/image.ts';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import { type FaceQuality, faceQuality } from '../../core/quality/face-quality.ts';
import type { FaceAnalyzer } from '../../watch/face-analyzer.ts';

/** Smallest face that is enrolled at a door, in pixels: smaller ones have few details to keep. */
export const LEAST_DOOR_FACE = 60;

/** The one face of a frame, or why there is none that could be taken. */
export type DoorFace =
  | {
      readonly problem: null;
      readonly face: AlignedFace;
      readonly quality: FaceQuality;
      readonly embedding: Float32Array;
    }
  | { readonly problem: 'no face' | 'several faces' | 'not live' };

/**
 * Looks at a frame for the one person who stands before the camera.
 *
 * @remarks Somebody at least half as large as the largest face counts as a second person; smaller ones pass by in the
 * background.
 */
export async function readDoorFace(analyzer: FaceAnalyzer, image: Image): Promise<DoorFace> {
  const found = await analyzer.detect(image, { minFaceSize: LEAST_DOOR_FACE, near: null });
  const [detection, ...others] = mainFaces(found);
  if (detection === undefined) return { problem: 'no face' };
  if (others.length > 0) return { problem: 'several faces' };
  const liveness = await analyzer.checkLiveness?.(image, detection);
  if (liveness?.live === false) return { problem: 'not live' };
  const face = await analyzer.align(image, detection);
  const [embedding] = await analyzer.embed([face]);
  return { problem: null, face, quality: faceQuality(face), embedding: embedding! };
}
