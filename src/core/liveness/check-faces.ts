import type { DetectorProfile } from '../detect/face-detector.ts';
import type { Box } from '../geometry/box.ts';
import { type QuarterTurn, turnBox } from '../geometry/quarter-turn.ts';
import type { Image } from '../image/image.ts';
import { turnImage } from '../image/turn-image.ts';
import type { Liveness, LivenessDetector } from './liveness-detector.ts';

/**
 * Checks the faces of a picture, also those that lie on their side or stand on their head.
 *
 * @param faces - in pixels of the picture; `turn` as of a `Face`
 * @param wholeFace - of the profile of the detector that found them
 * @returns the same faces, each with what the detector says of it
 */
export async function checkFaces<
  Found extends { readonly box: Box; readonly turn?: QuarterTurn | undefined },
>(
  detector: LivenessDetector,
  image: Image,
  faces: readonly Found[],
  wholeFace: DetectorProfile['wholeFace'] = { across: 1, down: 1 },
): Promise<(Found & { readonly liveness: Liveness })[]> {
  const upright = new Map<QuarterTurn, Image>();
  const checked: (Found & { readonly liveness: Liveness })[] = [];
  for (const face of faces) {
    const { box, turn = 0 } = face;
    const picture = upright.get(turn) ?? turnImage(image, turn);
    upright.set(turn, picture);
    const seen = stretchBox(turnBox(box, image, turn), wholeFace);
    checked.push({ ...face, liveness: await detector.check(picture, seen) });
  }
  return checked;
}

/** About its middle. */
function stretchBox(
  { left, top, width, height }: Box,
  { across, down }: { readonly across: number; readonly down: number },
): Box {
  return {
    left: left + (width * (1 - across)) / 2,
    top: top + (height * (1 - down)) / 2,
    width: width * across,
    height: height * down,
  };
}
