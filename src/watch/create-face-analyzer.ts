import { extractFaceChip } from '../align/face-chip.ts';
import { DEFAULT_MAX_DISTANCE } from '../embed/distance.ts';
import type { FacePipeline } from '../recognizer/face-pipeline.ts';
import { DEFAULT_MIN_PROBABILITY, type IdentifyOptions } from '../recognizer/identification.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';

/** Options of {@link createFaceAnalyzer}; limits not given are the package's defaults, not the model folder's. */
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
  const { maxDistance = DEFAULT_MAX_DISTANCE, minProbability = DEFAULT_MIN_PROBABILITY, minScore } = options;
  const { detector, landmarkDetector, recognizer } = pipeline;
  const { embedder } = recognizer;
  return {
    minProbability,
    maxDistance,
    strangerDistance: options.strangerDistance ?? maxDistance,
    detect: (image, { minFaceSize }) => detector.detect(image, { minFaceSize, minScore }),
    align(image, box) {
      const landmarks = landmarkDetector.detect(image, box);
      return { landmarks, chip: extractFaceChip(image, landmarks, { size: embedder.chipSize }) };
    },
    embed: (chips) => embedder.embed(chips),
    async identify(embeddings) {
      if (recognizer.isTrained) return recognizer.identify(embeddings, { maxDistance, minProbability });
      return embeddings.map(() => ({ label: null, probability: null, distance: null, candidates: [] }));
    },
  };
}
