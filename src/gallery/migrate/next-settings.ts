import type { EmbedderDistances } from '../../core/embed/distance-facts.ts';
import type { EmbedderRecord } from '../../node/models/packaged-models.ts';
import { checkDistances } from '../check-distances.ts';
import { galleryPackOf } from '../gallery-pack.ts';
import type { GallerySettings } from '../stores/gallery-store.ts';

/** What a gallery is made for after its change to other models, and what the user should know of it. */
export interface NextSettings {
  readonly settings: GallerySettings;
  /** What became of limits that the user had set for the old models; `null` where there were none. */
  readonly thresholds: 'kept' | 'dropped' | null;
}

/**
 * The settings of a gallery with other models: their distances, licenses and pack. Limits that somebody set for the
 * gallery himself stay where the new distances are of the same metric.
 *
 * @param own - what the packs say of the gallery's embedder; undefined where none has it
 */
export function nextSettings(
  current: GallerySettings,
  own: EmbedderRecord | undefined,
  { profile, ledger, pack }: EmbedderRecord,
): NextSettings {
  const { id, sha256, dimension, metric } = profile;
  const distances = checkDistances(profile);
  const set = ownThresholds(current.distances, own);
  const thresholds = set === null ? null : metric === current.metric ? 'kept' : 'dropped';
  return {
    thresholds,
    settings: {
      ...{ embedder: { id, sha256, dimension }, metric, ledger },
      distances: set && thresholds === 'kept' ? { ...distances, thresholds: set } : distances,
      pack: galleryPackOf(pack, sha256),
    },
  };
}

/** Limits that differ from those of the gallery's own models: somebody has set them. */
function ownThresholds(
  distances: EmbedderDistances | undefined,
  own: EmbedderRecord | undefined,
): EmbedderDistances['thresholds'] | null {
  if (!distances || !own) return null;
  const usual = own.profile.thresholds;
  const names = Object.keys(usual) as (keyof typeof usual)[];
  return names.some((name) => usual[name] !== distances.thresholds[name]) ? distances.thresholds : null;
}
