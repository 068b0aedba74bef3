import type { AlignedFace } from '../../core/align/aligned-face.ts';
import type { Detection } from '../../core/detect/face-detector.ts';
import { boxArea } from '../../core/geometry/box.ts';
import type { Image } from '../../core/image/image.ts';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import { type FaceQuality, faceQuality } from '../../core/quality/face-quality.ts';
import type { FaceAnalyzer } from '../../watch/face-analyzer.ts';
import { findInLarge } from '../../watch/find-in-large.ts';
import type { FrameView } from '../../watch/watch-engine.ts';

/** Smallest face that is enrolled at a door, in pixels: smaller ones have few details to keep. */
export const LEAST_DOOR_FACE = 60;
/** Smallest face that is looked for in a small stream, where the large one has it larger. */
const LEAST_SMALL_FACE = 24;

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
 * Looks at a frame for the one person who stands before the camera, and takes the face from the larger stream where there
 * is one.
 *
 * @remarks Somebody at least half as large as the largest face counts as a second person; smaller ones pass by in the
 * background.
 */
export async function readDoorFace(
  analyzer: FaceAnalyzer,
  { image: small, large }: Pick<FrameView, 'image' | 'large'>,
): Promise<DoorFace> {
  const scale = large
    ? Math.max(1, Math.sqrt((large.width * large.height) / (small.width * small.height)))
    : 1;
  const minFaceSize = Math.max(LEAST_SMALL_FACE, Math.floor(LEAST_DOOR_FACE / scale));
  const found = await analyzer.detect(small, { minFaceSize, near: null });
  const [seen, ...others] = mainFaces(found);
  if (seen === undefined) return { problem: 'no face' };
  if (others.length > 0) return { problem: 'several faces' };
  const best = await bestPicture(analyzer, seen, { small, large });
  if (best === null) return { problem: 'no face' };
  const { image, detection } = best;
  const liveness = await analyzer.checkLiveness?.(image, detection);
  if (liveness?.live === false) return { problem: 'not live' };
  const face = await analyzer.align(image, detection);
  const [embedding] = await analyzer.embed([face]);
  return { problem: null, face, quality: faceQuality(face), embedding: embedding! };
}

/** Where the face is cut from; `null` where it is too small in both. */
async function bestPicture(
  analyzer: FaceAnalyzer,
  seen: Detection,
  { small, large }: { readonly small: Image; readonly large: Image | undefined },
): Promise<{ readonly image: Image; readonly detection: Detection } | null> {
  const there = large && (await findInLarge(analyzer, { box: seen.box, small, large }));
  if (there && faceSide(there) >= LEAST_DOOR_FACE) return { image: large, detection: there };
  return faceSide(seen) >= LEAST_DOOR_FACE ? { image: small, detection: seen } : null;
}

function faceSide({ box }: Detection): number {
  return Math.sqrt(boxArea(box));
}
