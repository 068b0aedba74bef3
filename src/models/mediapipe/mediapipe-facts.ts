/**
 * What scores and sizes of the family mean.
 *
 * @remarks Measured by `node bench/accuracy/detector-recall.mjs --facts` on Labeled Faces in the Wild, View 2, folds 1
 * and 2: 95 of 100 upright faces score `uprightScore`, 98 `clearScore`; 95 of 100 faces of `smallestFace` are found.
 */
export const MEDIAPIPE_FACTS = {
  minScore: 0.5,
  uprightScore: 0.66,
  steadyScore: 0.66,
  clearScore: 0.58,
  // Points come with the box.
  roughBelow: 0,
  smallestFace: 15,
  largestFace: 192,
  // Median against RetinaFace's boxes, on 114 faces of the goldens: its own boxes are squares.
  wholeFace: { across: 0.85, down: 1.17 },
} as const;
