import { defaultMinProbability } from '../core/identify/identification.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { identifyPerson } from '../gallery/identify-in-gallery.ts';
import type { FacePipeline } from '../pipeline/face-pipeline.ts';
import { createFaceAnalyzer, type FaceAnalyzerOptions } from './create-face-analyzer.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';

/**
 * Lets a watch recognize the people of a gallery: whoever is enrolled, renamed or deleted meanwhile, by this process or
 * another one, counts with the next frames, also for faces that are in view already.
 *
 * @param pipeline - finds and embeds; its embedder must be the gallery's. Stays the caller's
 * @param gallery - stays the caller's
 * @param options.maxDistance - @defaultValue the gallery's `thresholds.identify`
 * @param options.minProbability - @defaultValue even odds
 * @throws FaceTriggerError from `identify`: what `Gallery.search` throws, `ERR_MODEL_MISMATCH` where the embedder is
 * another one
 */
export function createGalleryAnalyzer(
  pipeline: FacePipeline,
  gallery: Gallery,
  options: FaceAnalyzerOptions = {},
): FaceAnalyzer {
  const { maxDistance = gallery.thresholds.identify, minProbability = defaultMinProbability('nearest') } =
    options;
  const { id, sha256 } = pipeline.embedder.profile;
  const limits = { maxDistance, minProbability, embedder: { id, sha256 } };
  return {
    ...createFaceAnalyzer(pipeline, { ...options, maxDistance, minProbability }),
    metric: gallery.metric,
    isOpen: true,
    async identify(embeddings) {
      const found = [];
      for (const embedding of embeddings) {
        const { personId, ...known } = await identifyPerson(gallery, embedding, limits);
        found.push({ ...known, ...(personId !== null && { personId }) });
      }
      return found;
    },
  };
}
