import type { LandmarkLayout } from './landmarks.ts';

/** The six points that MediaPipe's face detectors give. The subject's right eye, at the left of a picture, is the first. */
export const MEDIAPIPE_SIX_POINTS: LandmarkLayout = {
  name: 'mediapipe-6',
  points: [
    'right eye, center',
    'left eye, center',
    'nose tip',
    'center of the mouth',
    'right ear',
    'left ear',
  ],
  leftEye: [1],
  rightEye: [0],
  nose: 2,
  mouth: [3],
  // Of the places in ArcFace's chip, as in its five points: the same eyes and nose.
  noseDrop: 0.571,
};
