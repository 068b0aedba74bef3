import { invalidArgument } from '../core/errors.ts';
import { defaultMinProbability, type Identification } from '../core/identify/identification.ts';
import type { Gallery } from './gallery.ts';
import type { GalleryMatch, SearchOptions } from './gallery-types.ts';

/** Candidates that an identification tells, as a recognizer's does. */
const MAX_CANDIDATES = 3;

/**
 * Says whose a face is, in the form in which a pipeline with a model folder says it.
 *
 * @param embedding - of the gallery's embedder
 * @param options.maxDistance - farther away is nobody known. @defaultValue the gallery's `thresholds.identify`
 * @param options.minProbability - less probable is nobody known, 0 .. 1. @defaultValue even odds
 * @param options.embedder - who made the embedding; compared with the gallery's
 * @returns probability and distance of the most probable person, also where the label is `null`; 0 and `null` in an empty
 * gallery
 * @throws FaceTriggerError what {@link Gallery.search} throws, and `ERR_INVALID_ARGUMENT`
 */
export async function identifyInGallery(
  gallery: Pick<Gallery, 'search' | 'thresholds'>,
  embedding: Float32Array,
  options: Omit<SearchOptions, 'limit'> = {},
): Promise<Identification> {
  const { candidates, personId: _, ...known } = await identifyPerson(gallery, embedding, options);
  return { ...known, candidates: candidates.map(({ personId: _id, ...candidate }) => candidate) };
}

/** An identification with the gallery's ids of people. */
export interface PersonIdentification extends Identification {
  /** Whose name the label is; `null` for nobody known. */
  readonly personId: string | null;
}

/** As {@link identifyInGallery}, with the ids of the people. */
export async function identifyPerson(
  gallery: Pick<Gallery, 'search' | 'thresholds'>,
  embedding: Float32Array,
  options: Omit<SearchOptions, 'limit'> = {},
): Promise<PersonIdentification> {
  const {
    maxDistance = gallery.thresholds.identify,
    minProbability = defaultMinProbability('nearest'),
    embedder,
  } = options;
  if (!(maxDistance >= 0)) throw invalidArgument('a number >= 0', 'options.maxDistance', maxDistance);
  if (!(minProbability >= 0 && minProbability <= 1)) {
    throw invalidArgument('a number of 0 .. 1', 'options.minProbability', minProbability);
  }
  const found = await gallery.search(embedding, { limit: MAX_CANDIDATES, ...(embedder && { embedder }) });
  const candidates = mostProbableFirst(found).map(({ person, probability, distance }) => ({
    label: person.name,
    probability,
    distance,
    personId: person.id,
  }));
  const [best] = candidates;
  if (!best) return { label: null, personId: null, probability: 0, distance: null, candidates };
  const isKnown = best.distance <= maxDistance && best.probability >= minProbability;
  const { label, personId, probability, distance } = best;
  const who = isKnown ? { label, personId } : { label: null, personId: null };
  return { ...who, probability, distance, candidates };
}

/**
 * Puts what a search found into the order of probability. The nearest is nearly always the most probable one; somebody
 * with many faces comes near to strangers more easily.
 */
export function mostProbableFirst(found: readonly GalleryMatch[]): GalleryMatch[] {
  return [...found].sort((a, b) => b.probability - a.probability || a.distance - b.distance);
}
