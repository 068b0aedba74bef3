import type { FaceIndex, NearFace, PeopleIndex, PersonInIndex } from './index/face-index.ts';
import type { NearMatch } from './near-match.ts';
import type { FaceOwner, GalleryStore } from './stores/gallery-store.ts';

/** Faces asked for at first, for each person wanted: most people have a few. */
const FACES_PER_PERSON = 4;
/** Never fewer than this: asking again costs a whole search, asking for more costs nearly nothing. */
const FEWEST_FACES = 32;

/** What a search asks of a store. */
type OwnersOfFaces = Pick<GalleryStore, 'ownersOf' | 'ownersAt'>;

/** How many of the people near whom are wanted. */
interface NearQuery {
  readonly probe: Float32Array;
  readonly limit: number;
}

/**
 * Finds the nearest people by their nearest faces.
 *
 * @returns at most `limit` people, nearest first; nobody who has expired or is excluded by a negative example
 * @remarks Names come from the store, never from the index: who is not in the store is in no answer.
 */
export async function searchPeople(
  { store, index }: { readonly store: OwnersOfFaces; readonly index: FaceIndex | PeopleIndex },
  query: NearQuery,
): Promise<readonly NearMatch[]> {
  const { probe, limit } = query;
  if ('nearestPeople' in index) return index.nearestPeople(probe, { limit, livingAt: Date.now() });
  const found = await searchAtPlace({ store, index }, query);
  if (found) return found;
  const ownersOf = (faces: readonly number[]) => store.ownersOf(faces, Date.now());
  for (let revision = await index.refresh(); ; ) {
    const { found, isStale } = (await search({ index, ownersOf }, query))!;
    if (!isStale) return found;
    // Somebody was deleted between the look into the index and the one into the store, or has expired.
    const now = await index.refresh();
    if (now === revision) return found;
    revision = now;
  }
}

/**
 * Searches what the index knows already, and has the store say that nothing has come since when it says who they are:
 * one look into the store in place of two, since hardly any search comes right after a change.
 */
async function searchAtPlace(
  { store, index }: { readonly store: OwnersOfFaces; readonly index: FaceIndex },
  query: NearQuery,
): Promise<readonly NearMatch[] | null> {
  const { place } = index;
  if (!store.ownersAt || place === undefined) return null;
  const ownersOf = (faces: readonly number[]) => store.ownersAt!(place, { faces, livingAt: Date.now() });
  // Whom nobody has and no change has taken away is somebody whose time is over.
  return (await search({ index, ownersOf }, query))?.found ?? null;
}

async function search(
  {
    index,
    ownersOf,
  }: {
    readonly index: FaceIndex;
    readonly ownersOf: (faces: readonly number[]) => Promise<readonly (FaceOwner | null)[] | null>;
  },
  { probe, limit }: NearQuery,
): Promise<{ readonly found: readonly NearMatch[]; readonly isStale: boolean } | null> {
  for (let count = Math.max(FEWEST_FACES, limit * FACES_PER_PERSON); ; count *= 8) {
    const nearest = nearestOfEach(await index.nearest(probe, count));
    const found = new Map<string, NearMatch>();
    let isStale = false;
    let next = 0;
    // Once at least: that nobody is near has to be true now, too.
    do {
      const some = nearest.slice(next, next + limit - found.size);
      next += some.length;
      const about = await index.about(
        some.map(({ person }) => person),
        probe,
      );
      const possible = some
        .map((face, i) => ({ ...face, about: about[i]! }))
        .filter((face) => face.about.nearestNegative >= face.distance);
      const owners = await ownersOf(possible.map(({ face }) => face));
      if (owners === null) return null;
      for (const [i, owner] of owners.entries()) {
        if (owner === null) isStale = true;
        else addTo(found, owner, possible[i]!);
      }
    } while (found.size < limit && next < nearest.length);
    if (found.size === limit || count >= index.faces) return { found: [...found.values()], isStale };
  }
}

function nearestOfEach(faces: readonly NearFace[]): readonly NearFace[] {
  const seen = new Set<number>();
  return faces.filter(({ person }) => !seen.has(person) && seen.add(person));
}

function addTo(
  found: Map<string, NearMatch>,
  { person, face }: FaceOwner,
  { distance, about }: NearFace & { readonly about: PersonInIndex },
): void {
  // Where two people were merged meanwhile, the nearer face counts.
  if (!found.has(person.id)) found.set(person.id, { person, distance, face, references: about.faces });
}
