import { extractFaceChip } from '../core/align/face-chip.ts';
import { detectNear } from '../core/detect/detect-near.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Point } from '../core/geometry/point.ts';
import type { IdentifyOptions } from '../core/identify/identification.ts';
import { cropImage } from '../core/image/crop-image.ts';
import type { Image } from '../core/image/image.ts';
import type { Landmarks } from '../core/landmark/mean-face.ts';
import type { FacePipeline } from '../pipeline/face-pipeline.ts';
import type { AlignedFace, FaceAnalyzer } from './face-analyzer.ts';

/** Options of {@link createFaceAnalyzer}; limits not given are the pipeline's. */
export interface FaceAnalyzerOptions extends IdentifyOptions {
  /** Detections must score above this. */
  readonly minScore?: number | undefined;
  /** Largest distance at which two unknown faces are the same stranger. @defaultValue maxDistance */
  readonly strangerDistance?: number | undefined;
}

/**
 * Lets a watch recognise faces with a pipeline.
 *
 * @param pipeline - stays the caller's, who disposes it after the watch. Without trained people everyone is a stranger
 */
export function createFaceAnalyzer(pipeline: FacePipeline, options: FaceAnalyzerOptions = {}): FaceAnalyzer {
  const { thresholds } = pipeline;
  const {
    maxDistance = thresholds.maxDistance,
    minProbability = thresholds.minProbability,
    minScore,
  } = options;
  const { finder, detector, recognizer } = pipeline;
  return {
    minProbability,
    maxDistance,
    strangerDistance: options.strangerDistance ?? maxDistance,
    detect: (image, { minFaceSize, near }) =>
      near === null
        ? detector.detect(image, { minFaceSize, minScore })
        : detectNear(detector, image, { boxes: near, minFaceSize, minScore }),
    align(image, box) {
      const landmarks = finder.addLandmarks(image, [{ box, score: 0 }])[0]!.landmarks;
      const size = recognizer.embedder.chipSize;
      return {
        landmarks,
        chip: extractFaceChip(image, landmarks, { size }),
        part: cutPart(image, box, landmarks),
      };
    },
    embed: (faces) =>
      recognizer.embed(
        faces.map(({ part }) => part.image),
        faces.map(({ part }) => part.landmarks),
        pipeline.embedding,
      ),
    async identify(embeddings) {
      if (recognizer.isTrained)
        return recognizer.identify(embeddings, { ...pipeline.embedding, maxDistance, minProbability });
      return embeddings.map(() => ({ label: null, probability: null, distance: null, candidates: [] }));
    },
  };
}

// A chip reaches at most about one box beside the face's box, turned ones included.
const MARGIN = 1;

// With whole pixels cut off, the chip cut from the part is the chip cut from the frame.
function cutPart(image: Image, box: Box, landmarks: Landmarks): AlignedFace['part'] {
  const left = Math.max(0, Math.floor(box.left - box.width * MARGIN));
  const top = Math.max(0, Math.floor(box.top - box.height * MARGIN));
  const right = Math.min(image.width, Math.ceil(box.left + box.width * (1 + MARGIN)));
  const bottom = Math.min(image.height, Math.ceil(box.top + box.height * (1 + MARGIN)));
  if (right <= left || bottom <= top) return { image, landmarks };
  return {
    image: cropImage(image, { left, top, width: right - left, height: bottom - top }),
    landmarks: landmarks.map(([x, y]): Point => [x - left, y - top]),
  };
}
