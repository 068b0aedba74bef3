import { randomUUID } from 'node:crypto';
import type { LegacyPerson } from '../../extras/pickle/legacy-encodings.ts';
import type { NamedPlanned, NamingContext } from './name-planned.ts';

/**
 * Enrolls people whose faces another program left as numbers alone, in one decision: there are no photos of them, but the
 * photos of a library are compared with them.
 *
 * @param source - said of every face, such as the file's name
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for embeddings of another length
 */
export async function enrollEncodings(
  { gallery, store }: NamingContext,
  people: readonly LegacyPerson[],
  source: string,
): Promise<NamedPlanned> {
  const enrolledFaceIds: string[] = [];
  const created: { readonly id: string; readonly name: string }[] = [];
  for (const { name, embeddings } of people) {
    if (embeddings.length === 0) continue;
    const faces = embeddings.map((embedding) => ({ embedding, source }));
    const enrolled = await gallery.enroll({ name }, faces, { review: 'off' });
    for (const { face, alreadyThere } of enrolled.faces) if (!alreadyThere) enrolledFaceIds.push(face.id);
    if (enrolled.created) created.push(enrolled.person);
  }
  const result = {
    faces: 0,
    enrolled: enrolledFaceIds.length,
    createdPeople: created.map(({ name }) => name),
  };
  if (enrolledFaceIds.length === 0) return { decisionId: null, ...result };
  const id = randomUUID();
  const changes = { enrolledFaceIds, createdPersonIds: created.map((person) => person.id) };
  const decision = { id, at: new Date(), kind: 'import', personId: null, undoneAt: null, changes } as const;
  await store.transaction((rows) => rows.insertDecision(decision));
  return { decisionId: id, ...result };
}
