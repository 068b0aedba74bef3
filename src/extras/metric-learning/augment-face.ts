import { cutFaceChip, locateFaceChip } from '../../core/align/face-chip.ts';
import type { Point } from '../../core/geometry/point.ts';
import { flipHorizontal } from '../../core/image/flip-image.ts';
import type { Image } from '../../core/image/image.ts';
import type { Landmarks } from '../../core/landmark/mean-face.ts';
import type { Random } from '../../core/random/random.ts';

/**
 * How far an augmented chip may differ. Landmarks move by 2 % of the distance between the outer eye corners, about
 * what they move by when the detector's box is shifted a little; the rest covers another exposure and a soft lens.
 */
const AUGMENTATION = {
  landmarkNoise: 0.02,
  mirrorShare: 0.5,
  gain: [0.75, 1.25],
  offset: [-16, 16],
  blurShare: 0.3,
} as const;

/**
 * Cuts chips as other photos of the same face might give them.
 *
 * @param image - gray or RGB
 * @param landmarks - 5 points in image pixels
 * @param options.count - how many
 * @returns chips of `options.size` with landmarks a little off, mirrored, brighter or darker, or blurred
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function augmentFace(
  image: Image,
  landmarks: Landmarks,
  { count, size, random }: { readonly count: number; readonly size: number; readonly random: Random },
): Image[] {
  return Array.from({ length: count }, () => {
    const place = locateFaceChip(moveLandmarks(landmarks, random), { size });
    let chip = cutFaceChip(image, place, size);
    if (random.next() < AUGMENTATION.mirrorShare) chip = flipHorizontal(chip);
    if (random.next() < AUGMENTATION.blurShare) chip = blur(chip);
    return expose(chip, between(AUGMENTATION.gain, random), between(AUGMENTATION.offset, random));
  });
}

function moveLandmarks(landmarks: Landmarks, random: Random): Point[] {
  const [left, , right] = landmarks as [Point, Point, Point];
  const noise = AUGMENTATION.landmarkNoise * Math.hypot(left[0] - right[0], left[1] - right[1]);
  return landmarks.map(([x, y]): Point => [x + noise * random.normal(), y + noise * random.normal()]);
}

/** 3 x 3 binomial filter; the border stays as it is. */
function blur(image: Image): Image {
  const { data, width, height, channels } = image;
  const out = data.slice();
  const stride = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * stride + channels; i < (y + 1) * stride - channels; i++) {
      const column = (at: number) => data[at - stride]! + 2 * data[at]! + data[at + stride]!;
      out[i] = (column(i - channels) + 2 * column(i) + column(i + channels) + 8) >> 4;
    }
  }
  return { ...image, data: out };
}

function expose(image: Image, gain: number, offset: number): Image {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => value * gain + offset);
  return { ...image, data: image.data.map((value) => table[value]!) };
}

function between([low, high]: readonly [number, number], random: Random): number {
  return low + (high - low) * random.next();
}
