import { invalidArgument } from '../core/errors.ts';
import type { FaceQuality } from '../core/quality/face-quality.ts';

/**
 * What is known of a photo of a face, in the units of {@link FaceQuality}. Facts that are missing are not judged.
 *
 * @remarks Plain numbers, so that any source can give them and a gallery can keep them.
 */
export interface FaceQualityFacts {
  /** Faces in the photo. */
  readonly faceCount?: number | undefined;
  /** Pixels of the photo between the eyes' centers. */
  readonly eyeDistance?: number | undefined;
  /** Variance of the chip's Laplacian, gray levels². */
  readonly sharpness?: number | undefined;
  /** Mean gray level of the chip's middle, 0 .. 255. */
  readonly brightness?: number | undefined;
  /** Standard deviation of the gray levels there. */
  readonly contrast?: number | undefined;
  /** Head turned to a side, in eye distances. */
  readonly yaw?: number | undefined;
  /** Head up or down, in eye distances. */
  readonly pitch?: number | undefined;
  /** Head tilted to a shoulder, degrees; alignment undoes it, so it is judged only when extreme. */
  readonly roll?: number | undefined;
  /** All of the above in one number, 0 .. 1; kept, not judged. */
  readonly score?: number | undefined;
}

/**
 * The facts of a {@link FaceQuality} and of the photo that it comes from.
 *
 * @param turn - degrees clockwise by which the photo has to be turned for the face to stand upright: what is left of
 * the roll is the head's own. @defaultValue 0
 */
export function qualityFacts(quality: FaceQuality, faceCount: number, turn = 0): FaceQualityFacts {
  const { score, sharpness, brightness, contrast, eyeDistance, pose } = quality;
  const { yaw, pitch } = pose;
  const roll = ((((pose.roll + turn + 180) % 360) + 360) % 360) - 180;
  return { faceCount, eyeDistance, sharpness, brightness, contrast, yaw, pitch, roll, score };
}

/** 'off' takes everything; 'standard' refuses what is useless and flags what is poor; 'strict' refuses both. */
export type ReviewLevel = 'off' | 'standard' | 'strict';

/** One thing that is wrong with a photo. */
export interface ReviewReason {
  readonly code: 'several-faces' | 'tiny' | 'blurred' | 'dark' | 'overexposed' | 'pose';
  /** For a person to read. */
  readonly message: string;
}

/** What a review says. */
export interface ReviewResult {
  readonly accepted: boolean;
  /** Why the photo is refused, or what is poor about it. */
  readonly reasons: readonly ReviewReason[];
}

/**
 * Bounds of the review: beyond `poor` a photo is flagged, beyond `useless` it is refused.
 *
 * @remarks Eye distance: 32 pixels are those of a face of 80, the smallest that is looked for by default; at 16 the
 * chip, where the eyes are 53 apart, is mostly invented. Sharpness: below the blur of FaceQuality, so that
 * an ordinary photo passes. Yaw and pitch: beyond 0.35 eye
 * distances one eye is half hidden. Brightness: the ends of 0 .. 255, where detail is cut off.
 */
export const REVIEW_LIMITS = {
  eyeDistance: { poor: 32, useless: 16 },
  sharpness: { poor: 20, useless: 8 },
  brightness: { poor: [45, 210], useless: [20, 240] },
  yaw: { poor: 0.25, useless: 0.4 },
  pitch: { poor: 0.25, useless: 0.4 },
  roll: { poor: 45, useless: 90 },
} as const;

/**
 * Judges whether a photo is fit to enroll somebody with.
 *
 * @param facts - what is known; missing facts are not judged
 * @param level - how strictly
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for another level or a fact that is not a finite number
 */
export function reviewFace(facts: FaceQualityFacts, level: ReviewLevel = 'standard'): ReviewResult {
  if (level !== 'off' && level !== 'standard' && level !== 'strict') {
    throw invalidArgument("'off', 'standard' or 'strict'", 'options.review', level);
  }
  checkFacts(facts);
  if (level === 'off') return { accepted: true, reasons: [] };
  const found = judge(facts);
  const accepted = level === 'strict' ? found.length === 0 : found.every((finding) => !finding.useless);
  return { accepted, reasons: found.map(({ code, message }) => ({ code, message })) };
}

interface Finding extends ReviewReason {
  readonly useless: boolean;
}

function judge(facts: FaceQualityFacts): readonly Finding[] {
  const { faceCount, eyeDistance, sharpness, brightness } = facts;
  const limits = REVIEW_LIMITS;
  const found: Finding[] = [];
  const report = (code: ReviewReason['code'], useless: boolean, message: string): void => {
    found.push({ code, useless, message });
  };
  if (faceCount !== undefined && faceCount > 1) {
    report('several-faces', true, `the photo shows ${faceCount} faces`);
  }
  if (eyeDistance !== undefined && eyeDistance < limits.eyeDistance.poor) {
    const text = `the eyes are ${Math.round(eyeDistance)} pixels apart; ${limits.eyeDistance.poor} are good`;
    report('tiny', eyeDistance < limits.eyeDistance.useless, text);
  }
  if (sharpness !== undefined && sharpness < limits.sharpness.poor) {
    const text = `the face is blurred: sharpness ${Math.round(sharpness)}; ${limits.sharpness.poor} is good`;
    report('blurred', sharpness < limits.sharpness.useless, text);
  }
  if (brightness !== undefined && brightness < limits.brightness.poor[0]) {
    const text = `the face is dark: brightness ${Math.round(brightness)} of 255`;
    report('dark', brightness < limits.brightness.useless[0], text);
  }
  if (brightness !== undefined && brightness > limits.brightness.poor[1]) {
    const text = `the face is overexposed: brightness ${Math.round(brightness)} of 255`;
    report('overexposed', brightness > limits.brightness.useless[1], text);
  }
  for (const angle of ['yaw', 'pitch', 'roll'] as const) {
    const turn = Math.abs(facts[angle] ?? 0);
    if (turn <= limits[angle].poor) continue;
    report('pose', turn > limits[angle].useless, `the head is turned: ${angle} ${Number(turn.toFixed(2))}`);
  }
  return found;
}

function checkFacts(facts: FaceQualityFacts): void {
  if (facts === null || typeof facts !== 'object' || Array.isArray(facts)) {
    throw invalidArgument('an object of facts', 'face.quality', facts);
  }
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) continue;
    throw invalidArgument('a finite number', `face.quality.${name}`, value);
  }
}
