import type { AlignedFace } from '../core/align/aligned-face.ts';
import type { Detection } from '../core/detect/face-detector.ts';
import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';

/** A step of recognition that a thread with networks is asked for. */
export type AnalyzerCall =
  | {
      readonly step: 'detect';
      readonly image: Image;
      readonly options: { readonly minFaceSize: number; readonly near: readonly Box[] | null };
    }
  | { readonly step: 'align' | 'liveness'; readonly image: Image; readonly detection: Detection }
  | { readonly step: 'embed'; readonly faces: readonly AlignedFace[] };

/** What each step gives. */
export type AnalyzerAnswer = readonly Detection[] | AlignedFace | Liveness | null | readonly Float32Array[];

/** What a thread says of its networks. */
export interface NetworkFacts {
  readonly embedder: EmbedderIdentity;
  /** Least score of a live face; null where liveness is not checked. */
  readonly livenessThreshold: number | null;
}
