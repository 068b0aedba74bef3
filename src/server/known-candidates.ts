import { defaultMinProbability } from '../core/identify/identification.ts';
import type { GalleryMatch } from '../gallery/gallery-types.ts';
import { mostProbableFirst } from '../gallery/identify-in-gallery.ts';

/** Less probable than this is unknown, unless a request says otherwise. */
export const DEFAULT_MIN_PROBABILITY = defaultMinProbability('nearest');

/**
 * Who of the nearest people is a candidate for a name, most probable first.
 *
 * @param limits.minProbability - leaves out everybody who is less probable. Without it nobody is known unless somebody
 * has {@link DEFAULT_MIN_PROBABILITY}, and then the others are told too
 */
export function knownCandidates(
  nearest: readonly GalleryMatch[],
  {
    maxDistance,
    minProbability,
  }: { readonly maxDistance: number; readonly minProbability: number | undefined },
): GalleryMatch[] {
  const near = mostProbableFirst(nearest).filter(({ distance }) => distance <= maxDistance);
  if (minProbability !== undefined) return near.filter(({ probability }) => probability >= minProbability);
  return near[0] && near[0].probability >= DEFAULT_MIN_PROBABILITY ? near : [];
}
