import type { Detection } from '../detect/face-detector.ts';
import type { Size } from '../geometry/quarter-turn.ts';
import { type QuarterTurn, turnBack, turnBox, turnPoint } from '../geometry/quarter-turn.ts';
import type { Landmarks } from '../landmark/mean-face.ts';

/** A face that was found, with what says how well it fits. */
export interface SeenFace extends Detection {
  readonly landmarks: Landmarks;
  /** Of the landmarks, see LocatedLandmarks. */
  readonly drift: number;
  /** Degrees clockwise by which the picture has to be turned for the face to stand upright. */
  readonly turn: QuarterTurn;
}

/**
 * Landmarks that move farther than this share of the box are in doubt: 98 of 100 faces on their side, 4 of 100 upright
 * ones (bench/accuracy/turned-faces.mjs).
 */
export const MAX_DRIFT = 0.015;
/** Drift of a face that could not fit better; smaller ones say nothing more. */
const LEAST_DRIFT = 0.002;
/** A detection in a turned picture that scores less may be anything. */
const LEAST_CLEAR_SCORE = 0.4;
/** A score below this counts as little as this. */
const LEAST_SCORE = 0.01;

/** dlib's detector scores 0.97 and more for 95 of 100 upright faces, less for 93 of 100 of those on their side. */
const UPRIGHT_SCORE = 0.97;
/** What scores less is steady only where its landmarks hardly move; below the least score it never is. */
const MAX_DRIFT_OF_LESS = 0.005;
const LEAST_STEADY_SCORE = 0.7;

/** Whether there is no doubt that a face stands upright. */
export function isSteady({ drift, score }: SeenFace): boolean {
  return score >= LEAST_STEADY_SCORE && drift <= (score >= UPRIGHT_SCORE ? MAX_DRIFT : MAX_DRIFT_OF_LESS);
}

/** Whether a face that was found in a turned picture is one, and stands upright there. */
export function isClear({ drift, score }: SeenFace): boolean {
  return drift <= MAX_DRIFT && score >= LEAST_CLEAR_SCORE;
}

/** How much speaks for a face as it was seen: a high score and landmarks that stay where they are. */
export function evidence({ score, drift }: SeenFace): number {
  return Math.max(score, LEAST_SCORE) / Math.max(drift, LEAST_DRIFT);
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
    landmarks: face.landmarks.map((point) => turnPoint(point, size, back)),
    turn,
  };
}

/** Carries a face that was seen in a part of a picture over to the picture. @param part - the part's upper left corner */
export function shiftedFace(
  face: SeenFace,
  { left, top }: { readonly left: number; readonly top: number },
): SeenFace {
  return {
    ...face,
    box: { ...face.box, left: face.box.left + left, top: face.box.top + top },
    landmarks: face.landmarks.map(([x, y]) => [x + left, y + top] as const),
  };
}
