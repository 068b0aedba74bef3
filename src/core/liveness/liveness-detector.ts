import type { Box } from '../geometry/box.ts';
import type { Image } from '../image/image.ts';

/** Whether a face stands before the camera itself, or is shown to it on paper or a screen. */
export interface Liveness {
  /** The score reaches the detector's threshold. */
  readonly live: boolean;
  /** 0 (certainly shown) .. 1 (certainly live). */
  readonly score: number;
  /** How the face is faked, by the detector's own names, such as '2d' (paper, screens) and '3d' (masks); `null` for a live one. */
  readonly attackKind: string | null;
}

/** Tells live faces from faces that are shown to the camera (presentation attacks, ISO/IEC 30107-1). */
export interface LivenessDetector extends AsyncDisposable {
  /** Names of the models. */
  readonly id: string;
  /** Least score of a live face, 0 - 1. */
  readonly threshold: number;
  /**
   * @param image - the whole picture, gray or RGB: what surrounds a face tells more than the face
   * @param box - of the face, which stands upright, in pixels of the picture
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT` for a box without area, `ERR_DISPOSED`
   */
  check(image: Image, box: Box): Promise<Liveness>;
  /** Frees the models. Calling it again does nothing. */
  dispose(): Promise<void>;
}
