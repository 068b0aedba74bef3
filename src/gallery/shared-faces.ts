import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import type { Gallery } from './gallery.ts';

/** Two people who have nearly the same face. */
export interface SharedFace {
  /** In the order of the alphabet. */
  readonly names: readonly [string, string];
  /** Of their two nearest faces. */
  readonly distance: number;
}

/**
 * Finds the people who have nearly the same face: one photo, or one person, under two names.
 *
 * @param faces - of the gallery, and whose they are
 * @returns each two people once, the nearest first
 * @remarks One search a face. Of three people with one face two pairs may be told.
 */
export async function findSharedFaces(
  gallery: Gallery,
  faces: { readonly embeddings: readonly Float32Array[]; readonly labels: readonly string[] },
  embedder: EmbedderIdentity,
): Promise<readonly SharedFace[]> {
  const found = new Map<string, SharedFace>();
  for (const [i, embedding] of faces.embeddings.entries()) {
    const label = faces.labels[i]!;
    const near = await gallery.search(embedding, {
      limit: 2,
      maxDistance: gallery.thresholds.copy,
      embedder,
    });
    const other = near.find(({ person }) => person.name !== label);
    if (!other) continue;
    const names = [label, other.person.name].sort() as [string, string];
    const key = JSON.stringify(names);
    if (!((found.get(key)?.distance ?? Number.POSITIVE_INFINITY) <= other.distance)) {
      found.set(key, { names, distance: other.distance });
    }
  }
  return [...found.values()].sort((a, b) => a.distance - b.distance);
}
