import type { Point } from '../geometry/point.ts';

/**
 * Order of the five landmarks, as dlib's 5-point model gives them. Left and right are the SUBJECT's, so the left
 * eye is on the right side of the picture.
 */
export const FIVE_POINT_ORDER = [
  'left eye, outer corner',
  'left eye, inner corner',
  'right eye, outer corner',
  'right eye, inner corner',
  'nose base',
] as const;

/** Five points in image pixels, in the order of {@link FIVE_POINT_ORDER}. */
export type Landmarks = readonly Point[];

/**
 * Where the five points lie on average in an upright face, in the unit square.
 *
 * @remarks Source: dlib 19.24, `get_face_chip_details` in dlib/image_transforms/interpolation.h.
 */
export const MEAN_FACE: readonly Point[] = [
  [0.8595674595992, 0.2134981538014],
  [0.6460604764104, 0.2289674387677],
  [0.1205750620789, 0.2137274526848],
  [0.3340850613712, 0.2290642403242],
  [0.4901123135679, 0.6277975316475],
];
