import { personProbabilities } from '../core/embed/person-probability.ts';
import { invalidArgument } from '../core/errors.ts';
import { checkEmbedding } from './check-embedding.ts';
import type { DistanceScale } from './distance-scale.ts';
import type { GalleryMatch, SearchOptions } from './gallery-types.ts';
import type { FaceIndex, PeopleIndex } from './index/face-index.ts';
import { searchPeople } from './search-people.ts';
import type { GalleryStore } from './stores/gallery-store.ts';

/** People in an answer when the caller does not say, and at most. */
const SEARCH_LIMITS = { default: 5, maximum: 100 } as const;
/** People whose distances go into each probability, at least. */
const COMPETITORS = 10;

/** What is searched, and what its distances mean. */
export interface SearchedGallery {
  readonly store: GalleryStore;
  readonly index: FaceIndex | PeopleIndex;
  readonly scale: DistanceScale;
}

/** Checks what a search asks for. @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, and as `checkEmbedding` */
export function checkSearch(
  probe: Float32Array,
  { limit = SEARCH_LIMITS.default, maxDistance, minProbability = 0, embedder: given }: SearchOptions,
  { settings }: Pick<GalleryStore, 'settings'>,
): void {
  checkEmbedding(probe, { expected: settings.embedder, given, name: 'probe' });
  if (!Number.isInteger(limit) || limit < 1 || limit > SEARCH_LIMITS.maximum) {
    throw invalidArgument(`an integer of 1 .. ${SEARCH_LIMITS.maximum}`, 'options.limit', limit);
  }
  if (maxDistance !== undefined && !(maxDistance >= 0)) {
    throw invalidArgument('a number >= 0', 'options.maxDistance', maxDistance);
  }
  if (!(minProbability >= 0 && minProbability <= 1)) {
    throw invalidArgument('a number of 0 .. 1', 'options.minProbability', minProbability);
  }
}

/**
 * Finds whom a face may be, and how probable each of them is: the work of `Gallery.search`.
 *
 * @param options - checked by {@link checkSearch}
 */
export async function findMatches(
  { store, index, scale }: SearchedGallery,
  probe: Float32Array,
  { limit = SEARCH_LIMITS.default, maxDistance, minProbability = 0 }: SearchOptions,
): Promise<readonly GalleryMatch[]> {
  // Whether somebody is probable depends on who else is near; how many answers are wanted shall not change it.
  const wanted = Math.max(limit, COMPETITORS);
  const found = await searchPeople({ store, index }, { probe, limit: wanted });
  const near = found.map(({ distance, references }) => ({ distance: scale.toOwn(distance), references }));
  // Somebody who was found may be one whom the index did not know yet when it was asked for the number of people.
  const enrolled = Math.max(index.people, near.length);
  const probabilities = personProbabilities(near, scale.evidence, { enrolled });
  return found
    .map(({ references: _known, ...match }, i) => ({ ...match, probability: probabilities[i]! }))
    .filter(({ distance }) => maxDistance === undefined || distance <= maxDistance)
    .filter(({ probability }) => probability >= minProbability)
    .slice(0, limit);
}
