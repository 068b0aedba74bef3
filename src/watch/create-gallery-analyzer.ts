import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { defaultMinProbability } from '../core/identify/identification.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { identifyPerson } from '../gallery/identify-in-gallery.ts';
import type { FacePipeline } from '../pipeline/face-pipeline.ts';
import { createFaceAnalyzer, type FaceAnalyzerOptions } from './create-face-analyzer.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';
import type { NetworkSteps } from './shared-networks.ts';

/** What of {@link FaceAnalyzerOptions} a gallery's answers go by. */
export type GalleryLimits = Pick<FaceAnalyzerOptions, 'maxDistance' | 'minProbability' | 'strangerDistance'>;

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
  const { id, sha256 } = pipeline.embedder.profile;
  const steps = createFaceAnalyzer(pipeline, options);
  return identifyWithGallery(steps, gallery, { embedder: { id, sha256 }, limits: () => options });
}

/**
 * As {@link createGalleryAnalyzer}, with networks that are anywhere.
 *
 * @param options.limits - asked again for each frame, as what it says may change while the watch runs
 */
export function identifyWithGallery(
  steps: NetworkSteps,
  gallery: Gallery,
  { embedder, limits }: { readonly embedder: EmbedderIdentity; readonly limits: () => GalleryLimits },
): FaceAnalyzer {
  const minProbability = () => limits().minProbability ?? defaultMinProbability('nearest');
  const maxDistance = () => limits().maxDistance ?? gallery.thresholds.identify;
  return {
    ...steps,
    ...{ metric: gallery.metric, isOpen: true },
    get minProbability() {
      return minProbability();
    },
    get maxDistance() {
      return maxDistance();
    },
    get strangerDistance() {
      return limits().strangerDistance ?? maxDistance();
    },
    async identify(embeddings) {
      const by = { maxDistance: maxDistance(), minProbability: minProbability(), embedder };
      const found = [];
      for (const embedding of embeddings) {
        const { personId, ...known } = await identifyPerson(gallery, embedding, by);
        found.push({ ...known, ...(personId !== null && { personId }) });
      }
      return found;
    },
  };
}
