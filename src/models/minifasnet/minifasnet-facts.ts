/**
 * What is known of MiniFASNet beside what its files say.
 *
 * @remarks Sources: github.com/minivision-ai/Silent-Face-Anti-Spoofing, test.py (class 1 is the real face, the
 * networks' probabilities are averaged), src/data_io/functional.py (values stay 0 .. 255), OpenCV's order of colors,
 * the names of the weights (the crop's scale and its side), and the authors' answers in issues 2 and 46 (the others are
 * flat fakes, on paper as on screens, and fakes with a relief; which is which is not told).
 */
export const MINIFASNET_FACTS = {
  /** Side of the crop in pixels. */
  side: 80,
  classes: 3,
  /** Which of the classes is the live face. */
  live: 1,
  /** What the others are. The published samples of a print and of a replay are both of class 2. */
  attacks: [
    { class: 0, kind: '3d' },
    { class: 2, kind: '2d' },
  ],
  /** Least score of a live face: the live class has more than all others together. */
  threshold: 0.5,
  /** How much of the picture the published networks are shown, in sides of the face's box. */
  cropScales: { v2: 2.7, v1se: 4 },
} as const;
