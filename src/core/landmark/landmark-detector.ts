import type { Box } from '../geometry/box.ts';
import type { Image } from '../image/image.ts';
import type { Landmarks } from './mean-face.ts';

export interface LandmarkOptions {
  /** Keep fractions of a pixel instead of rounding as dlib does. @defaultValue false */
  readonly subPixel?: boolean | undefined;
  /**
   * How often the points are looked for, 1 - 4: each time after the first from where the points themselves say that
   * the face is, which makes up for a box that lies badly. @defaultValue 1; 2 for boxes of the fast detector
   */
  readonly passes?: number | undefined;
}

/** Landmarks, and whether they can be believed. */
export interface LocatedLandmarks {
  readonly landmarks: Landmarks;
  /**
   * How far the points move when they are looked for once more from where they say that the face is: root mean square
   * in sides of the box. About 0.003 for an upright face, about 0.1 for one that lies on its side, where the points
   * find nothing to hold on to.
   */
  readonly drift: number;
}

/** Finds the five landmarks inside a face box. */
export interface LandmarkDetector {
  /**
   * @param image - gray or RGB
   * @param box - where the face is, in image pixels; may reach over the border
   * @returns 5 points in image pixels, in the order of FIVE_POINT_ORDER
   */
  detect(image: Image, box: Box, options?: LandmarkOptions): Landmarks;
  /** As {@link detect}, with the drift; costs one more pass where only one is asked for. */
  locate(image: Image, box: Box, options?: LandmarkOptions): LocatedLandmarks;
}
