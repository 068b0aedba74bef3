import type { CarriedError } from '../core/carried-error.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Point } from '../core/geometry/point.ts';
import type { HeadView } from '../core/liveness/head-view.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';
import type { FaceQualityFacts } from '../gallery/review-face.ts';

/** A picture for a worker to look at. */
export interface AnalysisJob {
  /** The picture's file, or with `jsonField` a JSON document. */
  readonly bytes: Uint8Array;
  /** Property of the document that holds the file as base64. */
  readonly jsonField?: string | undefined;
  readonly maxBytes: number;
  readonly maxPixels: number;
  readonly minFaceSize?: number | undefined;
  readonly minScore?: number | undefined;
  /** At most this many faces, the largest. */
  readonly maxFaces?: number | undefined;
  readonly embeddings: boolean;
  /** Also judge the faces. */
  readonly quality?: boolean | undefined;
  /** Also make a picture of each face. */
  readonly thumbnails?: boolean | undefined;
}

/** Points of a face, in pixels of the picture; left and right are the subject's. */
export interface FaceFeatures {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly nose: Point;
}

/** A face that a worker found. */
export interface AnalyzedFace {
  readonly box: Box;
  readonly score: number;
  /** In pixels of the picture. */
  readonly landmarks: readonly Point[];
  readonly features: FaceFeatures;
  /** How the head is seen; absent where landmarks of this layout do not tell, null where those of this face do not. */
  readonly head?: HeadView | null | undefined;
  /** Degrees clockwise by which the picture has to be turned for the face to stand upright; absent where it does. */
  readonly turn?: number | undefined;
  /** Absent where the server does not check it. */
  readonly liveness?: Liveness | undefined;
  readonly embedding?: Float32Array | undefined;
  readonly quality?: FaceQualityFacts | undefined;
  /** JPEG. */
  readonly thumbnail?: Uint8Array | undefined;
}

/** What a worker found. */
export interface Analysis {
  readonly width: number;
  readonly height: number;
  /** Side in pixels of the smallest face that was looked for. */
  readonly minFaceSize: number;
  /** Largest first. */
  readonly faces: readonly AnalyzedFace[];
  readonly detectMs: number;
  readonly embedMs: number;
}

/** Messages from a worker. */
export type WorkerMessage =
  | {
      readonly type: 'ready';
      readonly embedder: EmbedderProfile;
    }
  | { readonly type: 'result'; readonly analysis: Analysis }
  | { readonly type: 'failure'; readonly error: CarriedError };
