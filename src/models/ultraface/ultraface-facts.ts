/**
 * What scores and sizes of the family mean.
 *
 * @remarks Measured by `node bench/accuracy/detector-recall.mjs --facts` on Labeled Faces in the Wild, View 2, folds 1
 * and 2: 95 of 100 upright faces score `uprightScore`, 98 `clearScore`; 95 of 100 faces of `smallestFace` are found.
 */
export const ULTRAFACE_FACTS = {
  minScore: 0.7,
  uprightScore: 0.999,
  steadyScore: 0.99,
  clearScore: 0.99,
  // dlib's landmark model, which finds the points, is told to look twice.
  roughBelow: Number.POSITIVE_INFINITY,
  smallestFace: 16,
  largestFace: 240,
} as const;
