import { invalidArgument } from '../errors.ts';
import { type Box, boxArea } from '../geometry/box.ts';
import type { Image } from '../image/image.ts';
import { type Landmarks, mapLandmarks } from '../landmark/landmarks.ts';

/** A face in an image. */
export interface Detection {
  /** Where, in image pixels; may reach over the border. */
  readonly box: Box;
  /** How sure the detector is; the scale is the detector's own (dlib's: above 0, about 1 for a clear face). */
  readonly score: number;
  /** Where a detector finds them with the face; others are found by a LandmarkDetector. */
  readonly landmarks?: Landmarks | undefined;
}

/** What is known of a detector's answers. */
export interface DetectorProfile {
  /** Name of the model and its precision. */
  readonly id: string;
  /** Upright faces score at least this, but for a few; those on their side less. */
  readonly uprightScore: number;
  /** Who scores less may lie on its side, however still its landmarks are. */
  readonly steadyScore: number;
  /** What scores less in a turned picture may be anything. */
  readonly clearScore: number;
  /** Narrower boxes, in pixels of the picture, lie less exactly: landmarks are looked for twice. */
  readonly roughBelow: number;
  /** What scores are: distances from a decision, or probabilities, 0 - 1. @defaultValue 'margins', as dlib's */
  readonly scores?: 'margins' | 'probabilities' | undefined;
  /** Detections must score above this unless a call says otherwise. @defaultValue 0, dlib's */
  readonly minScore?: number | undefined;
  /** Side of the smallest face that is found reliably, in pixels of what the network is shown. @defaultValue not known */
  readonly smallestFace?: number | undefined;
  /** Side of the largest one. @defaultValue not known */
  readonly largestFace?: number | undefined;
  /**
   * By how much the sides of a box are to be multiplied for it to hold a face from the hairline to the chin, as the boxes
   * of most detectors do. Not `width` and `height`: a fraction under these names slows the loops over pictures, see
   * shrinkBilinear. @defaultValue 1 and 1
   */
  readonly wholeFace?: { readonly across: number; readonly down: number } | undefined;
}

export interface DetectOptions {
  /** Smallest face wanted: side of its box in pixels. Larger values are faster. */
  readonly minFaceSize?: number | undefined;
  /** Detections must score above this. @defaultValue the detector's own threshold, dlib's is 0 */
  readonly minScore?: number | undefined;
  /** At most this many, the best. @defaultValue no limit */
  readonly maxFaces?: number | undefined;
}

export interface DetectLargestOptions extends DetectOptions {
  /** The face must cover at least this share of the frame, 0 - 1. @defaultValue 0 */
  readonly minAreaRatio?: number | undefined;
}

/** Finds faces in images. */
export interface FaceDetector extends AsyncDisposable {
  readonly profile: DetectorProfile;
  /**
   * @param image - gray or RGB
   * @returns all faces, best first
   */
  detect(image: Image, options?: DetectOptions): Promise<Detection[]>;
  /**
   * @param image - gray or RGB
   * @returns the face with the largest area, or `null` when none is large enough
   */
  detectLargest(image: Image, options?: DetectLargestOptions): Promise<Detection | null>;
  dispose(): Promise<void>;
}

/**
 * Chooses the face that covers most of a frame.
 *
 * @param detections - of one frame
 * @param frame - the frame's size in pixels
 * @param minAreaRatio - least share of the frame, 0 - 1
 */
export function largestDetection(
  detections: readonly Detection[],
  frame: { readonly width: number; readonly height: number },
  minAreaRatio = 0,
): Detection | null {
  if (!(minAreaRatio >= 0 && minAreaRatio <= 1)) {
    throw invalidArgument('a number from 0 to 1', 'options.minAreaRatio', minAreaRatio);
  }
  let largest: Detection | null = null;
  for (const detection of detections) {
    if (largest === null || boxArea(detection.box) > boxArea(largest.box)) largest = detection;
  }
  if (largest === null) return null;
  return boxArea(largest.box) >= minAreaRatio * frame.width * frame.height ? largest : null;
}

/** The same detection in pixels of a picture that the searched one is a part of. @param by - the part's upper left corner */
export function shiftDetection<T extends Detection>(
  detection: T,
  by: { readonly left: number; readonly top: number },
): T {
  const { box, landmarks } = detection;
  return {
    ...detection,
    box: { ...box, left: box.left + by.left, top: box.top + by.top },
    ...(landmarks && { landmarks: mapLandmarks(landmarks, ([x, y]) => [x + by.left, y + by.top]) }),
  };
}
