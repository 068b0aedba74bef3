import type { GalleryMatch } from './gallery-types.ts';

/** A candidate whose probability is not known yet. */
export interface NearMatch extends Omit<GalleryMatch, 'probability'> {
  /** Faces that the person has. */
  readonly references: number;
}
