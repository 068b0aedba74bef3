import { randomUUID } from 'node:crypto';
import type { LegacyPerson } from '../../extras/pickle/legacy-encodings.ts';
import type { NewFace } from '../../gallery/gallery-types.ts';
import { makeDecision } from '../decide/make-decision.ts';
import type { NamedPlanned, NamingContext } from './name-planned.ts';

interface Planned {
  readonly id: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly faces: readonly (NewFace & { readonly id: string })[];
}

/**
 * Enrolls people whose faces another program left as numbers alone, in one decision: there are no photos of them, but the
 * photos of a library are compared with them.
 *
 * @param source - said of every face, such as the file's name
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for embeddings of another length; nothing is changed then
 */
export async function enrollEncodings(
  library: NamingContext,
  people: readonly LegacyPerson[],
  source: string,
): Promise<NamedPlanned> {
  const { gallery } = library;
  const planned: Planned[] = [];
  for (const { name, embeddings } of people) {
    if (embeddings.length === 0) continue;
    const known = await gallery.findPerson(name);
    const faces = embeddings.map((embedding) => ({ id: randomUUID(), embedding, source }));
    planned.push({ id: known?.id ?? randomUUID(), name, isNew: known === null, faces });
  }
  if (planned.length === 0) return { decisionId: null, faces: 0, enrolled: 0, createdPeople: [] };
  const created = planned.filter(({ isNew }) => isNew);
  const decision = await makeDecision(library, {
    ...{ kind: 'import', personId: null },
    planned: {
      enrolledFaceIds: planned.flatMap(({ faces }) => faces.map(({ id }) => id)),
      createdPersonIds: created.map(({ id }) => id),
    },
    inGallery: async () => {
      const enrolledFaceIds: string[] = [];
      for (const { id, name } of created) await gallery.createPerson({ id, name });
      for (const { id, faces } of planned)
        for (const { face, alreadyThere } of await gallery.addFaces(id, faces, { review: 'off' }))
          if (!alreadyThere) enrolledFaceIds.push(face.id);
      return { enrolledFaceIds };
    },
    change: async () => [],
  });
  const enrolled = decision.changes.enrolledFaceIds!.length;
  // All of them were there already: nothing that could be undone.
  if (enrolled === 0 && created.length === 0) {
    await library.store.transaction((rows) => rows.deleteDecision(decision.id));
    return { decisionId: null, faces: 0, enrolled, createdPeople: [] };
  }
  return { decisionId: decision.id, faces: 0, enrolled, createdPeople: created.map(({ name }) => name) };
}
