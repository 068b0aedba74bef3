import { FaceTriggerError } from '../../core/errors.ts';
import type { NegativeExample } from '../gallery-types.ts';
import type {
  GalleryStore,
  GalleryWrites,
  MergedRows,
  MergeRow,
  NegativeRow,
  Stored,
  StoredPerson,
} from '../stores/gallery-store.ts';
import type { WholeFace } from './read-store.ts';

/** Inserts the people of a page that are not there. @returns how many */
export function copyPeople(target: GalleryStore, people: readonly StoredPerson[]): Promise<number> {
  return target.transaction(async (rows) => {
    const there = await rows.peopleOf({ ids: people.map(({ id }) => id), names: [] }, null);
    const known = new Set(there.map(({ id }) => id));
    const missing = people.filter(({ id }) => !known.has(id));
    await rows.insertPeople(
      missing.map(({ id, name, createdAt, expiresAt, consent }) => ({
        id,
        name,
        createdAt,
        expiresAt,
        consent,
      })),
    );
    return missing.length;
  });
}

/** As {@link copyPeople}. */
export function copyFaces(target: GalleryStore, faces: readonly WholeFace[]): Promise<number> {
  return target.transaction(async (rows) => {
    const known = await rows.knownIds(
      'face',
      faces.map(({ face }) => face.id),
    );
    const missing = faces.filter(({ face }) => !known.has(face.id));
    const seqOf = await peopleOfRows(
      rows,
      missing.map(({ face }) => face),
    );
    await rows.insertFaces(
      missing.map(({ face, thumbnail }) => ({ ...toRow(face, seqOf), quality: face.quality, thumbnail })),
    );
    return missing.length;
  });
}

/** As {@link copyPeople}. */
export function copyNegatives(
  target: GalleryStore,
  examples: readonly Stored<NegativeExample>[],
): Promise<number> {
  return target.transaction(async (rows) => {
    const known = await rows.knownIds(
      'negative',
      examples.map(({ id }) => id),
    );
    const missing = examples.filter(({ id }) => !known.has(id));
    const seqOf = await peopleOfRows(rows, missing);
    await rows.insertNegatives(missing.map((example) => toRow(example, seqOf)));
    return missing.length;
  });
}

/** As {@link copyPeople}; faces and negative examples must be there. */
export function copyMerges(
  target: GalleryStore,
  merges: readonly (Stored<MergeRow> & MergedRows)[],
): Promise<number> {
  return target.transaction(async (rows) => {
    let copied = 0;
    for (const { id, person, intoId, mergedAt, faces, negatives } of merges) {
      if ((await rows.findMerges({ id })).length > 0) continue;
      await rows.restoreMerge({ id, person, intoId, mergedAt }, { faces, negatives });
      copied++;
    }
    return copied;
  });
}

async function peopleOfRows(
  rows: GalleryWrites,
  owned: readonly { readonly personId: string }[],
): Promise<(id: string) => number> {
  const ids = [...new Set(owned.map(({ personId }) => personId))];
  const seqs = new Map((await rows.peopleOf({ ids, names: [] }, null)).map(({ id, seq }) => [id, seq]));
  return (id) => {
    const seq = seqs.get(id);
    if (seq !== undefined) return seq;
    throw new FaceTriggerError(
      'ERR_CONFLICT',
      'Somebody came to the gallery while it was copied: copy again, which brings what is missing',
    );
  };
}

function toRow(
  { id, personId, embedding, source, createdAt }: NegativeExample,
  seqOf: (id: string) => number,
): NegativeRow {
  return { id, personSeq: seqOf(personId), embedding: embedding!, source, createdAt };
}
