import type { Detection } from '../detect/face-detector.ts';
import type { QuarterTurn } from '../geometry/quarter-turn.ts';
import type { Identification } from '../identify/identification.ts';
import type { Landmarks } from '../landmark/landmarks.ts';
import type { Liveness } from '../liveness/liveness-detector.ts';

/** A face with all that is known of it. */
export interface Face extends Detection {
  readonly landmarks: Landmarks;
  /**
   * Degrees clockwise by which the picture has to be turned for this face to stand upright; absent where it does. Box
   * and landmarks are in pixels of the picture as it was given all the same.
   */
  readonly turn?: Exclude<QuarterTurn, 0> | undefined;
  /** Whether the face is before the camera itself; absent where nothing was opened that can tell. */
  readonly liveness?: Liveness | undefined;
  /** Absent when embeddings were not asked for. */
  readonly embedding?: Float32Array | undefined;
  /** Absent when the pipeline knows no people, or identities were not asked for. */
  readonly identity?: Identification | undefined;
}
