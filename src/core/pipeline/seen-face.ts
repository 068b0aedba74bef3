import { type Detection, shiftDetection } from '../detect/face-detector.ts';
import type { Size } from '../geometry/quarter-turn.ts';
import { type QuarterTurn, turnBack, turnBox, turnPoint } from '../geometry/quarter-turn.ts';
import { type Landmarks, mapLandmarks } from '../landmark/landmarks.ts';

/** A face that was found, with what says how well it fits. */
export interface SeenFace extends Detection {
  readonly landmarks: Landmarks;
  /** There is no doubt that it stands upright. */
  readonly isSteady: boolean;
  /** If it was found in a turned picture, it is a face and stands upright there. */
  readonly isClear: boolean;
  /** How much speaks for it as it was seen: a high score and landmarks that stay where they are. */
  readonly evidence: number;
  /** Degrees clockwise by which the picture has to be turned for the face to stand upright. */
  readonly turn: QuarterTurn;
}

/**
 * Carries a face that was seen in a turned picture back to the picture itself.
 *
 * @param size - of the turned picture
 * @param turn - by which it was turned
 */
export function turnedFace(face: SeenFace, size: Size, turn: QuarterTurn): SeenFace {
  const back = turnBack(turn);
  return {
    ...face,
    box: turnBox(face.box, size, back),
    landmarks: mapLandmarks(face.landmarks, (point) => turnPoint(point, size, back)),
    turn,
  };
}

/** Carries a face that was seen in a part of a picture over to the picture. @param part - the part's upper left corner */
export function shiftedFace(face: SeenFace, part: { readonly left: number; readonly top: number }): SeenFace {
  return shiftDetection(face, part) as SeenFace;
}
