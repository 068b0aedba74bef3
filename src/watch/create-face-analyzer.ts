import { detachFace } from '../core/align/aligned-face.ts';
import { detectNear } from '../core/detect/detect-near.ts';
import type { Detection } from '../core/detect/face-detector.ts';
import type { IdentifyOptions } from '../core/identify/identification.ts';
import type { Image } from '../core/image/image.ts';
import { checkFaces } from '../core/liveness/check-faces.ts';
import type { FacePipeline } from '../pipeline/face-pipeline.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';

/** Options of {@link createFaceAnalyzer}; limits not given are the pipeline's. */
export interface FaceAnalyzerOptions extends IdentifyOptions {
  /** Detections must score above this. */
  readonly minScore?: number | undefined;
  /** Largest distance at which two unknown faces are the same stranger. @defaultValue maxDistance */
  readonly strangerDistance?: number | undefined;
}

/**
 * Lets a watch recognize faces with a pipeline.
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
  const { liveness } = finder;
  return {
    minProbability,
    maxDistance,
    strangerDistance: options.strangerDistance ?? maxDistance,
    // What the limits are measured in.
    metric: recognizer.distances.metric,
    detect: (image, { minFaceSize, near }) =>
      near === null
        ? detector.detect(image, { minFaceSize, minScore })
        : detectNear(detector, image, { boxes: near, minFaceSize, minScore }),
    align(image, detection) {
      const [face] = finder.addLandmarks(image, [detection]);
      return detachFace(pipeline.align(image, [face!])[0]!, detection.box);
    },
    ...(liveness && {
      async checkLiveness(image: Image, detection: Detection) {
        const [checked] = await checkFaces(liveness, image, [detection], detector.profile.wholeFace);
        return checked!.liveness;
      },
      livenessThreshold: liveness.threshold,
    }),
    embed: (faces) => pipeline.embed(faces),
    async identify(embeddings) {
      if (recognizer.isTrained)
        return recognizer.identify(embeddings, { ...pipeline.embedding, maxDistance, minProbability });
      return embeddings.map(() => ({ label: null, probability: null, distance: null, candidates: [] }));
    },
  };
}
