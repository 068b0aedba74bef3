import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { everyFace } from '../every-face.ts';

/** Ids of the faces of a group. @throws FaceTriggerError `ERR_NOT_FOUND` for one that is not there */
export async function facesOfGroup(store: PhotoReads, groupId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of everyFace(store, { groupId, ignored: false })) ids.push(id);
  if (ids.length === 0)
    throw new FaceTriggerError('ERR_NOT_FOUND', `There is no group ${groupId}; group the photos again`);
  return ids;
}
