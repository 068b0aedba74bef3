import type { AlignedFace } from '../align/aligned-face.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';
import { assertImage, type Image } from '../image/image.ts';
import { assertLandmarks, eyeCenters, type Landmarks, nosePoint } from '../landmark/landmarks.ts';

/** How well a face can be recognized from one picture. */
export interface FaceQuality {
  /** 0 (useless) .. 1 (sharp, large, evenly lit, facing the camera): the geometric mean of the parts' scores. */
  readonly score: number;
  /** Variance of the Laplacian of the chip, in gray levels²; blurred faces are below about 30. */
  readonly sharpness: number;
  /** Mean gray level of the chip's middle, 0 .. 255. */
  readonly brightness: number;
  /** Standard deviation of the gray levels there, 0 .. 127. */
  readonly contrast: number;
  /** Distance of the eyes' centers in the picture the face was found in, in pixels. */
  readonly eyeDistance: number;
  readonly pose: FacePose;
}

/** Where a face looks, from its landmarks: rough measures, not angles of a 3D model. */
export interface FacePose {
  /** Degrees that the line of the eyes is turned clockwise, -180 .. 180; alignment undoes it. */
  readonly roll: number;
  /**
   * How far the nose point lies beside the middle of the eyes, in eye distances, along the line of the eyes. About 0 for
   * a face towards the camera, above 0 when it is turned to the subject's left; beyond 0.35 one eye is half hidden.
   */
  readonly yaw: number;
  /** How much lower than in the average face the nose point lies, in eye distances; below 0: the face looks up. */
  readonly pitch: number;
}

/** Where the parts' scores are one half, and where they reach 1 or 0. */
export const QUALITY_SCALE = {
  /** Gray levels²; score = s / (s + this). */
  sharpness: 30,
  /** Pixels between the eyes; score = d² / (d² + this²). 24 is what NIST's FRVT reports call low resolution. */
  eyeDistance: 24,
  /** Eye distances; score falls from 1 to 0 linearly. */
  yaw: 0.6,
  pitch: 0.6,
  /** Gray levels of standard deviation; score = min(1, c / this). */
  contrast: 30,
} as const;

/**
 * Judges one face.
 *
 * @param face - its chip, gray or RGB, square, at least 16 x 16 pixels, and its landmarks in the pixels of the picture
 * it was found in (not of the chip)
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 * @remarks Cost: two passes over the chip. Sharpness after Pech-Pacheco et al. 2000.
 */
export function faceQuality({ chip, landmarks }: Pick<AlignedFace, 'chip' | 'landmarks'>): FaceQuality {
  const pose = facePose(landmarks);
  const gray = chipGray(chip);
  const sharpness = laplacianVariance(gray, chip.width, chip.height);
  const { mean: brightness, deviation: contrast } = middleStatistics(gray, chip.width, chip.height);
  const { left, right } = eyeCenters(landmarks);
  const eyeDistance = Math.hypot(left[0] - right[0], left[1] - right[1]);
  const parts = [
    sharpness / (sharpness + QUALITY_SCALE.sharpness),
    eyeDistance ** 2 / (eyeDistance ** 2 + QUALITY_SCALE.eyeDistance ** 2),
    Math.max(0, 1 - Math.abs(pose.yaw) / QUALITY_SCALE.yaw),
    Math.max(0, 1 - Math.abs(pose.pitch) / QUALITY_SCALE.pitch),
    exposureScore(brightness),
    Math.min(1, contrast / QUALITY_SCALE.contrast),
  ];
  const score = parts.reduce((product, part) => product * part, 1) ** (1 / parts.length);
  return { score, sharpness, brightness, contrast, eyeDistance, pose };
}

/** Pose from landmarks of any layout. @throws FaceTriggerError `ERR_SHAPE_MISMATCH` unless they are whole */
export function facePose(landmarks: Landmarks): FacePose {
  assertLandmarks(landmarks, landmarks.layout);
  const { left, right } = eyeCenters(landmarks);
  // The subject's right eye is on the picture's left side, so an upright face has this vector point to +x.
  const x = left[0] - right[0];
  const y = left[1] - right[1];
  const distance = Math.hypot(x, y);
  if (distance === 0) return { roll: 0, yaw: 0, pitch: 0 };
  const nose = nosePoint(landmarks);
  const noseX = nose[0] - (left[0] + right[0]) / 2;
  const noseY = nose[1] - (left[1] + right[1]) / 2;
  return {
    roll: (Math.atan2(y, x) * 180) / Math.PI,
    yaw: (noseX * x + noseY * y) / distance ** 2,
    pitch: (noseY * x - noseX * y) / distance ** 2 - landmarks.layout.noseDrop,
  };
}

/**
 * Variance of the Laplacian: how much fine detail a gray picture has.
 *
 * @param gray - row-major, width * height values
 * @returns gray levels²
 * @remarks Kernel 0 1 0 / 1 -4 1 / 0 1 0, the border of one pixel left out.
 */
export function laplacianVariance(gray: Uint8Array, width: number, height: number): number {
  if (!(width >= 3 && height >= 3) || gray.length !== width * height) {
    throw invalidArgument('width * height gray values, at least 3 x 3', 'gray', gray);
  }
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    const row = y * width;
    for (let x = 1; x < width - 1; x++) {
      const i = row + x;
      const value = gray[i - width]! + gray[i + width]! + gray[i - 1]! + gray[i + 1]! - 4 * gray[i]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}

// Full marks between 60 and 190, falling to a tenth at black and white: dark skin in fair light is around 70.
function exposureScore(brightness: number): number {
  if (brightness < 60) return 0.1 + (0.9 * brightness) / 60;
  if (brightness > 190) return 0.1 + (0.9 * (255 - brightness)) / 65;
  return 1;
}

function chipGray(chip: Image): Uint8Array {
  assertImage(chip, 'chip');
  if (chip.width !== chip.height || chip.width < 16) {
    const received = `${chip.width} x ${chip.height}`;
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation('a square of at least 16 pixels', 'chip', received),
    );
  }
  if (chip.channels === 1) return chip.data;
  const { data } = chip;
  const gray = new Uint8Array(chip.width * chip.height);
  // ITU-R BT.601 luma in 8-bit fixed point.
  for (let i = 0, p = 0; i < gray.length; i++, p += 3) {
    gray[i] = (77 * data[p]! + 150 * data[p + 1]! + 29 * data[p + 2]! + 128) >> 8;
  }
  return gray;
}

// The middle half of the chip is skin whatever the hair and the background are.
function middleStatistics(
  gray: Uint8Array,
  width: number,
  height: number,
): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = height >> 2; y < height - (height >> 2); y++) {
    for (let x = width >> 2; x < width - (width >> 2); x++) {
      const value = gray[y * width + x]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}
