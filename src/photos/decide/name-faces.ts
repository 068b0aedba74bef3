import type { PhotoLibrary } from '../library.ts';
import { namePeople } from './name-people.ts';

/** What {@link nameFaces} did. */
export interface NamedFaces {
  /** Undoes all of it. */
  readonly decisionId: string;
  readonly personId: string;
  readonly created: boolean;
  readonly faces: number;
  /** Faces that the person is recognized by from now on. */
  readonly enrolled: number;
}

/**
 * Says whose faces some are, and enrolls the good and various ones: cameras and the API know the person too then.
 *
 * @param name - of somebody in the gallery, or of somebody new
 * @param kind - 'confirm' where a suggestion was right. @defaultValue 'name'
 * @throws FaceTriggerError `ERR_NOT_FOUND` where a face is not there, `ERR_INVALID_ARGUMENT` for a name that nobody may
 * have; nothing is changed then
 */
export async function nameFaces(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  faceIds: readonly string[],
  name: string,
  kind: 'name' | 'confirm' = 'name',
): Promise<NamedFaces> {
  const { decision, people, enrolled } = await namePeople(library, [{ name, faceIds }], kind);
  const [person] = people;
  const faces = decision.changes.faces?.length ?? 0;
  return { decisionId: decision.id, personId: person!.id, created: person!.created, faces, enrolled };
}
