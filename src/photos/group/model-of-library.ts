import type { Gallery } from '../../gallery/gallery.ts';

/** What a face of a photo is marked with that the gallery's embedder made. */
export function modelOfLibrary({ embedder }: Pick<Gallery, 'embedder'>): string {
  return `${embedder.id} ${embedder.sha256}`;
}
