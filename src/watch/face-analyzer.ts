import type { AlignedFace } from '../core/align/aligned-face.ts';
import type { Detection } from '../core/detect/face-detector.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Candidate } from '../core/identify/identification.ts';
import type { Image } from '../core/image/image.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';
import type { MetricName } from '../core/metric/metric.ts';

/** What a recognizer says of one embedding. */
export interface FaceIdentity {
  /** null: nobody known. */
  readonly label: string | null;
  /** The person's id in a gallery; absent where people have only names, and for nobody known. */
  readonly personId?: string | undefined;
  readonly probability: number | null;
  readonly distance: number | null;
  /** Best first, at least three where there are so many people. */
  readonly candidates: readonly Candidate<number | null>[];
}

/** Where faces are to be looked for; as the arguments of {@link FaceAnalyzer.detect}. */
export interface DetectionWish {
  readonly image: Image;
  readonly minFaceSize: number;
  readonly near: readonly Box[] | null;
}

/** The steps of recognition that a watch uses, so that its logic can be run with recorded answers. */
export interface FaceAnalyzer {
  /**
   * Finds faces, best first. Pixels of the image are read until the promise settles and not after.
   *
   * @param options.near - boxes about which faces are wanted, where the rest of the frame need not be looked at; null
   * for the whole frame
   */
  detect(
    image: Image,
    options: {
      readonly minFaceSize: number;
      readonly near: readonly Box[] | null;
      /** It belongs to a frame that is looked at already, and goes before what has not begun. @defaultValue false */
      readonly goesOn?: boolean | undefined;
    },
  ): Promise<readonly Detection[]>;
  /**
   * Finds faces in a live source where others use the same networks: waits for the turn first, and asks then what to
   * look at, so that no picture ages while it waits. Absent: nobody else uses them.
   *
   * @param take - gives the newest picture; null: there is none any more, and nothing is looked at
   */
  detectNewest?(take: () => DetectionWish | null): Promise<readonly Detection[]>;
  /** Finds landmarks and cuts the chip; the result does not share memory with the image. */
  align(image: Image, detection: Detection): AlignedFace | Promise<AlignedFace>;
  /** One embedding a face. */
  embed(faces: readonly AlignedFace[]): Promise<readonly Float32Array[]>;
  /** One identity an embedding; only called with at least one. */
  identify(embeddings: readonly Float32Array[]): Promise<readonly FaceIdentity[]>;
  /**
   * Whether the answer for an embedding may become another one while it watches, as when somebody is enrolled in a
   * gallery: then faces that are in view are identified again and again. @defaultValue false
   */
  readonly isOpen?: boolean | undefined;
  /** Says whether a face is live; absent: not checked. Pixels of the image are read until the promise settles. */
  checkLiveness?(image: Image, detection: Detection): Promise<Liveness>;
  /** Least score of a live face, where that is checked. */
  readonly livenessThreshold?: number | undefined;
  /** Reported in events; null when there is no such limit. May be another one at each time. */
  readonly minProbability: number | null;
  readonly maxDistance: number | null;
  /** Largest distance at which two faces are the same stranger. */
  readonly strangerDistance: number;
  /** How embeddings are compared. @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
}
