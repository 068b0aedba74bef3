import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type {
  PhotoDecisionRow,
  PhotoWrites,
  StoredPhotoFace,
} from '../../gallery/stores/photos/photo-store.ts';
import { everyFace } from '../every-face.ts';
import { facesOfGroup } from '../group/faces-of-group.ts';
import type { PhotoLibrary } from '../library.ts';
import { makeDecision } from './make-decision.ts';
import { namePeople, requireFaces } from './name-people.ts';

/**
 * Says that groups are one person. Where one of them has a name all get it; nameless ones stay together from now on,
 * however they are grouped later.
 *
 * @param groupIds - at least two
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_NOT_FOUND`, `ERR_CONFLICT` where they have names that differ: see
 * {@link mergePeopleOfPhotos}
 */
export async function mergeGroups(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  groupIds: readonly string[],
): Promise<PhotoDecisionRow> {
  const { store } = library;
  const groups = new Set(groupIds);
  if (groups.size < 2) throw invalidArgument('two groups or more', 'groupIds', groupIds);
  const faceIds: string[] = [];
  for (const groupId of groups) faceIds.push(...(await facesOfGroup(store, groupId)));
  const faces = await requireFaces(store, faceIds);
  const people = await store.peopleByIds([...new Set(faces.flatMap(({ personId }) => personId ?? []))]);
  const names = [...people.values()];
  if (names.length > 1)
    throw new FaceTriggerError(
      'ERR_CONFLICT',
      `These groups are ${names.join(' and ')}: merge the people instead`,
    );
  if (names.length === 1) {
    const nameless = faces.filter(({ personId }) => personId === null).map(({ id }) => id);
    const name = names[0]!;
    return (await namePeople(library, [{ name, faceIds: nameless }], 'merge')).decision;
  }
  return makeDecision(library, {
    ...{ kind: 'merge', personId: null, planned: { together: faceIds } },
    change: (rows) => touched(rows, faceIds),
  });
}

/**
 * Says that some faces of a group are not whoever the others are: they leave it, and no grouping puts them together again.
 *
 * @param odd - some of its faces, not all
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_NOT_FOUND`
 */
export async function splitGroup(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  groupId: string,
  odd: readonly string[],
): Promise<PhotoDecisionRow> {
  const all = await facesOfGroup(library.store, groupId);
  const out = new Set(odd);
  const rest = all.filter((id) => !out.has(id));
  if (out.size === 0 || out.size + rest.length !== all.length)
    throw invalidArgument(`faces of group ${groupId}`, 'the faces to pick out', odd);
  if (rest.length === 0)
    throw invalidArgument('some faces to stay in the group', 'the faces to pick out', odd);
  return makeDecision(library, {
    ...{ kind: 'split', personId: null, planned: { apart: { odd: [...out], rest } } },
    // Those that have the group's name lose it: that is what was said.
    change: async (rows, decidedBy) => {
      const before = await requireFaces(rows, [...out]);
      for (const { id, personId, notPersonIds, isIgnored } of before) {
        const nots = personId === null ? notPersonIds : [...new Set([...notPersonIds, personId])];
        await rows.setKnowledge(id, { personId: null, notPersonIds: nots, isIgnored, decidedBy });
      }
      return before;
    },
  });
}

/**
 * Makes two people one, in the gallery and in the photos.
 *
 * @param fromId - who disappears
 * @param intoId - whose name stays
 * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_INVALID_ARGUMENT` where both are the same
 */
export async function mergePeopleOfPhotos(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  fromId: string,
  intoId: string,
): Promise<PhotoDecisionRow> {
  const { gallery, store } = library;
  const before: StoredPhotoFace[] = [];
  for await (const face of everyFace(store, { personId: fromId })) before.push(face);
  return makeDecision(library, {
    ...{ kind: 'merge', personId: intoId },
    inGallery: async () => ({ mergeId: (await gallery.mergePerson(fromId, intoId)).id }),
    // The gallery's merge has handed them on.
    change: async () => before,
  });
}

/** Says of faces what is known already, so that the next grouping looks at them. */
async function touched(rows: PhotoWrites, faceIds: readonly string[]) {
  const before = await requireFaces(rows, faceIds);
  for (const { id, personId, decidedBy, notPersonIds, isIgnored } of before)
    await rows.setKnowledge(id, { personId, decidedBy, notPersonIds, isIgnored });
  return before;
}
