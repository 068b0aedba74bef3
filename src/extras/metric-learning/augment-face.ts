import type { ChipTemplate } from '../../core/align/chip-template.ts';
import { cutFaceChip, locateFaceChip } from '../../core/align/face-chip.ts';
import { flipHorizontal } from '../../core/image/flip-image.ts';
import type { Image } from '../../core/image/image.ts';
import { eyeSpan, type Landmarks, mapLandmarks } from '../../core/landmark/landmarks.ts';
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

interface AugmentOptions {
  readonly count: number;
  readonly template: ChipTemplate;
  readonly random: Random;
}

/**
 * Cuts chips as other photos of the same face might give them.
 *
 * @param image - gray or RGB
 * @param landmarks - in image pixels
 * @param options.count - how many
 * @returns chips with landmarks a little off, mirrored, brighter or darker, or blurred
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function augmentFace(
  image: Image,
  landmarks: Landmarks,
  { count, template, random }: AugmentOptions,
): Image[] {
  return Array.from({ length: count }, () => {
    const place = locateFaceChip(moveLandmarks(landmarks, random), template);
    let chip = cutFaceChip(image, place, template.size);
    if (random.next() < AUGMENTATION.mirrorShare) chip = flipHorizontal(chip);
    if (random.next() < AUGMENTATION.blurShare) chip = blur(chip);
    return expose(chip, between(AUGMENTATION.gain, random), between(AUGMENTATION.offset, random));
  });
}

function moveLandmarks(landmarks: Landmarks, random: Random): Landmarks {
  const noise = AUGMENTATION.landmarkNoise * eyeSpan(landmarks);
  return mapLandmarks(landmarks, ([x, y]) => [x + noise * random.normal(), y + noise * random.normal()]);
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
