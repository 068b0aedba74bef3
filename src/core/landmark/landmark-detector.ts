import type { Box } from '../geometry/box.ts';
import type { Image } from '../image/image.ts';
import type { LandmarkLayout, Landmarks } from './landmarks.ts';

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

/** What is known of a landmark model's answers. */
export interface LandmarkProfile {
  /** Name of the model. */
  readonly id: string;
  readonly layout: LandmarkLayout;
  /** Landmarks of upright faces drift less, but for a few; those of faces on their side more. */
  readonly steadyDrift: number;
  /** Those of a face whose score leaves doubt must drift less than this. */
  readonly stillDrift: number;
  /** The drift of a face that could not fit better; smaller ones say nothing more. */
  readonly leastDrift: number;
}

/** Finds the landmarks inside a face box. */
export interface LandmarkDetector {
  readonly profile: LandmarkProfile;
  /**
   * @param image - gray or RGB
   * @param box - where the face is, in image pixels; may reach over the border
   * @returns points in image pixels
   */
  detect(image: Image, box: Box, options?: LandmarkOptions): Landmarks;
  /** As {@link detect}, with the drift; costs one more pass where only one is asked for. */
  locate(image: Image, box: Box, options?: LandmarkOptions): LocatedLandmarks;
}
