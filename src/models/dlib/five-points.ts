import type { Point } from '../../core/geometry/point.ts';
import type { LandmarkLayout } from '../../core/landmark/landmarks.ts';

/** The five landmarks that dlib's 5-point model gives. */
export const DLIB_FIVE_POINTS: LandmarkLayout = {
  name: 'dlib-5',
  points: [
    'left eye, outer corner',
    'left eye, inner corner',
    'right eye, outer corner',
    'right eye, inner corner',
    'nose base',
  ],
  leftEye: [0, 1],
  rightEye: [2, 3],
  nose: 4,
  // Of MEAN_FACE: (nose y - eyes' y) / distance of the eyes' centers.
  noseDrop: 0.773,
};

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
