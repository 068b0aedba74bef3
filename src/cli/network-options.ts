import { Option } from 'commander';
import type { DetectionMode } from '../node/models/open-models.ts';

/** How faces are looked for. */
export function detectionOption(defaultMode: DetectionMode): Option {
  const description = "exact: native dlib's boxes; fast: four times as fast, the same faces in other boxes";
  return new Option('--detection <mode>', description).choices(['exact', 'fast']).default(defaultMode);
}

/**
 * Numbers that the embedder computes with.
 *
 * @param defaultText - what happens without the option, for the help
 */
export function precisionOption(defaultText = 'fp32'): Option {
  const description = `fp32: native dlib's embeddings; int8: twice as fast, another embedder (default: ${defaultText})`;
  return new Option('--precision <numbers>', description).choices(['fp32', 'int8']);
}
