import type { LandmarkLayout } from './landmarks.ts';

/**
 * The five points that most face detectors give. Their order goes from left to right in the picture, so the subject's
 * right eye is the first.
 */
export const ARCFACE_FIVE_POINTS: LandmarkLayout = {
  name: 'arcface-5',
  points: [
    'right eye, center',
    'left eye, center',
    'nose tip',
    'right corner of the mouth',
    'left corner of the mouth',
  ],
  leftEye: [1],
  rightEye: [0],
  nose: 2,
  mouth: [3, 4],
  // Of the places in ArcFace's chip: (nose y - eyes' y) / distance of the eyes' centers.
  noseDrop: 0.571,
};
