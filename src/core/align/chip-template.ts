import type { Point } from '../geometry/point.ts';
import type { LandmarkLayout } from '../landmark/landmarks.ts';

/** How a face is cut out for an embedder. */
export interface ChipTemplate {
  /** Side of the chip in pixels, an integer from 16 to 4096. */
  readonly size: number;
  readonly layout: LandmarkLayout;
  /** Where the points of the layout lie in the chip, in sides of it: [0, 0] upper left, [1, 1] lower right. */
  readonly points: readonly Point[];
}
