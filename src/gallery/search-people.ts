import type { GalleryMatch } from './gallery-types.ts';
import type { FaceIndex, NearFace, PersonInIndex } from './index/face-index.ts';
import type { GalleryReads } from './stores/gallery-store.ts';

/** A candidate whose probability is not known yet. */
export interface NearMatch extends Omit<GalleryMatch, 'probability'> {
  /** Faces that the person has. */
  readonly references: number;
}

/** Faces asked for at first, for each person wanted: most people have a few. */
const FACES_PER_PERSON = 4;
/** Never fewer than this: asking again costs a whole search, asking for more costs nearly nothing. */
const FEWEST_FACES = 32;

/**
 * Finds the nearest people by their nearest faces.
 *
 * @returns at most `limit` people, nearest first; nobody who has expired or is excluded by a negative example
 * @remarks Names come from the store, never from the index: who is not in the store is in no answer.
 */
export async function searchPeople(
  { store, index }: { readonly store: Pick<GalleryReads, 'ownersOf'>; readonly index: FaceIndex },
  { probe, limit }: { readonly probe: Float32Array; readonly limit: number },
): Promise<readonly NearMatch[]> {
  for (let revision = await index.refresh(); ; ) {
    const { found, isStale } = await search({ store, index }, { probe, limit });
    if (!isStale) return found;
    // Somebody was deleted between the look into the index and the one into the store, or has expired.
    const now = await index.refresh();
    if (now === revision) return found;
    revision = now;
  }
}

async function search(
  { store, index }: { readonly store: Pick<GalleryReads, 'ownersOf'>; readonly index: FaceIndex },
  { probe, limit }: { readonly probe: Float32Array; readonly limit: number },
): Promise<{ readonly found: readonly NearMatch[]; readonly isStale: boolean }> {
  for (let count = Math.max(FEWEST_FACES, limit * FACES_PER_PERSON); ; count *= 8) {
    const nearest = nearestOfEach(await index.nearest(probe, count));
    const found = new Map<string, NearMatch>();
    let isStale = false;
    for (let next = 0; found.size < limit && next < nearest.length; ) {
      const some = nearest.slice(next, next + limit - found.size);
      next += some.length;
      const about = await index.about(
        some.map(({ person }) => person),
        probe,
      );
      const possible = some
        .map((face, i) => ({ ...face, about: about[i]! }))
        .filter((face) => face.about.nearestNegative >= face.distance);
      const owners = await store.ownersOf(
        possible.map(({ face }) => face),
        Date.now(),
      );
      for (const [i, owner] of owners.entries()) {
        if (owner === null) isStale = true;
        else addTo(found, owner, possible[i]!);
      }
    }
    if (found.size === limit || count >= index.faces) return { found: [...found.values()], isStale };
  }
}

function nearestOfEach(faces: readonly NearFace[]): readonly NearFace[] {
  const seen = new Set<number>();
  return faces.filter(({ person }) => !seen.has(person) && seen.add(person));
}

type Owner = NonNullable<Awaited<ReturnType<GalleryReads['ownersOf']>>[number]>;

function addTo(
  found: Map<string, NearMatch>,
  { person, face }: Owner,
  { distance, about }: NearFace & { readonly about: PersonInIndex },
): void {
  // Where two people were merged meanwhile, the nearer face counts.
  if (!found.has(person.id)) found.set(person.id, { person, distance, face, references: about.faces });
}
