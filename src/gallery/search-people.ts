import type { Candidate } from './gallery.ts';
import type { IndexMirror } from './sqlite/index-mirror.ts';
import { textIn, textOrNullIn } from './sqlite/row-values.ts';
import type { SqliteConnection } from './sqlite/sqlite-connection.ts';

/** A candidate whose probability is not known yet. */
export interface NearCandidate extends Omit<Candidate, 'probability'> {
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
export function searchPeople(
  connection: SqliteConnection,
  index: Pick<IndexMirror, 'nearest' | 'isExcluded' | 'facesOf' | 'size'>,
  { probe, limit }: { readonly probe: Float32Array; readonly limit: number },
): readonly NearCandidate[] {
  for (let count = Math.max(FEWEST_FACES, limit * FACES_PER_PERSON); ; count *= 8) {
    const near = index.nearest(probe, count);
    const seen = new Set<number>();
    const found: NearCandidate[] = [];
    for (const { face, person, distance } of near) {
      if (found.length === limit) break;
      if (seen.has(person)) continue;
      seen.add(person);
      if (index.isExcluded(probe, person, distance)) continue;
      const row = connection.get(
        `SELECT person.id AS person_id, name, face.id AS face_id, source FROM face
         JOIN person ON person.seq = person_seq WHERE face.seq = ? AND (expires_at IS NULL OR expires_at > ?)`,
        [face, Date.now()],
      );
      if (row === null) continue;
      found.push({
        person: { id: textIn(row, 'person_id'), name: textIn(row, 'name') },
        distance,
        face: { id: textIn(row, 'face_id'), source: textOrNullIn(row, 'source') },
        references: index.facesOf(person),
      });
    }
    if (found.length === limit || count >= index.size) return found;
  }
}
