import { invalidArgument } from '../errors.ts';

/**
 * What is known of a photo of a face. Facts that are missing are not judged.
 *
 * @remarks Plain numbers, so that any source can give them.
 */
export interface FaceQualityFacts {
  /** Faces in the photo. */
  readonly faceCount?: number;
  /** Shorter side of the face's box in pixels of the photo. */
  readonly faceSize?: number;
  /** 0 (blurred) .. 1 (sharp). */
  readonly sharpness?: number;
  /** Mean gray value of the face, 0 (black) .. 1 (white). */
  readonly brightness?: number;
  /** Head turned to a side, degrees from frontal. */
  readonly yaw?: number;
  /** Head up or down, degrees from frontal. */
  readonly pitch?: number;
  /** Head tilted to a shoulder, degrees; corrected by the alignment, so only judged when extreme. */
  readonly roll?: number;
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
 * @remarks Size: dlib's chip is 150 pixels wide and a face fills about half of it: at 80 the face is about as
 * large as in the chip, at 40 every second pixel is invented. Pose: beyond 25 degrees the far eye's corner nears
 * the outline, beyond 45 it is hidden and five landmarks are a guess. Sharpness and brightness are shares of
 * their range.
 */
export const REVIEW_LIMITS = {
  faceSize: { poor: 80, useless: 40 },
  sharpness: { poor: 0.35, useless: 0.15 },
  brightness: { poor: [0.2, 0.85], useless: [0.08, 0.95] },
  yaw: { poor: 25, useless: 45 },
  pitch: { poor: 25, useless: 45 },
  roll: { poor: 45, useless: 90 },
} as const;

/**
 * Judges whether a photo is fit to enrol somebody with.
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
  const { faceCount, faceSize, sharpness, brightness } = facts;
  const limits = REVIEW_LIMITS;
  const found: Finding[] = [];
  const report = (code: ReviewReason['code'], useless: boolean, message: string): void => {
    found.push({ code, useless, message });
  };
  if (faceCount !== undefined && faceCount > 1) {
    report('several-faces', true, `the photo shows ${faceCount} faces`);
  }
  if (faceSize !== undefined && faceSize < limits.faceSize.poor) {
    const text = `the face is ${Math.round(faceSize)} pixels wide; ${limits.faceSize.poor} are good`;
    report('tiny', faceSize < limits.faceSize.useless, text);
  }
  if (sharpness !== undefined && sharpness < limits.sharpness.poor) {
    const text = `the face is blurred: sharpness ${sharpness.toFixed(2)}; ${limits.sharpness.poor} is good`;
    report('blurred', sharpness < limits.sharpness.useless, text);
  }
  if (brightness !== undefined && brightness < limits.brightness.poor[0]) {
    const text = `the face is dark: brightness ${brightness.toFixed(2)}`;
    report('dark', brightness < limits.brightness.useless[0], text);
  }
  if (brightness !== undefined && brightness > limits.brightness.poor[1]) {
    const text = `the face is overexposed: brightness ${brightness.toFixed(2)}`;
    report('overexposed', brightness > limits.brightness.useless[1], text);
  }
  for (const angle of ['yaw', 'pitch', 'roll'] as const) {
    const degrees = Math.abs(facts[angle] ?? 0);
    if (degrees <= limits[angle].poor) continue;
    report(
      'pose',
      degrees > limits[angle].useless,
      `the head is turned: ${angle} ${Math.round(degrees)} degrees`,
    );
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
