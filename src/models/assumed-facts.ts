import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import { DLIB_EMBEDDER_ID, DLIB_FACTS } from './dlib/dlib-facts.ts';

/**
 * What distances are taken to mean where nobody says which embedder made the embeddings: those of the first family,
 * which all galleries and classifiers were of once.
 */
export const ASSUMED_FACTS: EmbedderDistances = DLIB_FACTS;

/** The one embedder whose embeddings version 0.1 brought to even length. */
export const EVEN_EMBEDDER_OF_0_1 = DLIB_EMBEDDER_ID;
