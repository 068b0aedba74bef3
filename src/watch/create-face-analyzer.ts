import { extractFaceChip } from '../align/face-chip.ts';
import type { FacePipeline } from '../recognizer/face-pipeline.ts';
import type { IdentifyOptions } from '../recognizer/identification.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';

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
