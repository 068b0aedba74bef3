import { invalidArgument } from '../errors.ts';
import { type Box, boxArea } from '../geometry/box.ts';
import type { Image } from '../image/image.ts';

/** A face in an image. */
export interface Detection {
  /** Where, in image pixels; may reach over the border. */
  readonly box: Box;
  /** How sure the detector is; the scale is the detector's own (dlib's: above 0, about 1 for a clear face). */
  readonly score: number;
}

export interface DetectOptions {
  /** Smallest face wanted: side of its box in pixels. Larger values are faster. */
  readonly minFaceSize?: number | undefined;
  /** Detections must score above this. @defaultValue 0 */
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
