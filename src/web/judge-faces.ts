import { alignFace } from '../core/align/aligned-face.ts';
import type { ChipTemplate } from '../core/align/chip-template.ts';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import { type FaceQuality, faceQuality } from '../core/quality/face-quality.ts';

/** What a call may be told. */
export interface PictureOptions extends AnalyzeOptions {
  /** Also judge how well each face can be recognized from this picture. @defaultValue false */
  readonly judge?: boolean | undefined;
}

/** A face, and how well it can be recognized. */
export interface JudgedFace extends Face {
  /** Absent unless it was asked for (`judge`). */
  readonly quality?: FaceQuality | undefined;
}

/** Adds to faces how well each can be recognized. */
export function judgeFaces(image: Image, faces: readonly Face[], chip: ChipTemplate): JudgedFace[] {
  return faces.map((face) => ({ ...face, quality: faceQuality(alignFace(image, face.landmarks, chip)) }));
}
