import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';

/** Faces that are read at a time. */
const PAGE = 2000;

/** Ids of the faces of a group. @throws FaceTriggerError `ERR_NOT_FOUND` for one that is not there */
export async function facesOfGroup(store: PhotoReads, groupId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let after = 0;
  while (true) {
    const page = await store.listFaces({ groupId, ignored: false, after, limit: PAGE });
    ids.push(...page.map((face) => face.id));
    if (page.length < PAGE) break;
    after = page.at(-1)!.seq;
  }
  if (ids.length === 0)
    throw new FaceTriggerError('ERR_NOT_FOUND', `There is no group ${groupId}; group the photos again`);
  return ids;
}
