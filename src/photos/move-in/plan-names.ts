import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import type { PhotoReads, StoredPhoto, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import type { PlannedName } from '../decide/name-people.ts';
import { matchRegions } from '../metadata/match-regions.ts';
import { toShares } from '../metadata/photo-region.ts';
import type { NamedPhoto, PersonInPhoto } from './move-in-source.ts';

/** What {@link planNames} found. */
export interface PlannedNames {
  /** In the order in which the names were first seen. */
  readonly names: readonly PlannedName[];
  /** Names in photos, of all. */
  readonly found: number;
  /** Faces that have the name already. */
  readonly already: number;
  readonly photos: number;
}

/** Told of a name that finds no face, and why. */
export type OnUnnamed = (path: string, name: string, why: string) => void | Promise<void>;

/**
 * Finds the faces that another program's names are for, and changes nothing.
 *
 * @remarks A face keeps the name that it has here: somebody said so after all, and the other program's word is told.
 */
export async function planNames(
  store: Pick<PhotoReads, 'photoAt' | 'facesOf' | 'peopleByIds'>,
  photos: AsyncIterable<NamedPhoto> | Iterable<NamedPhoto>,
  onUnnamed: OnUnnamed = () => undefined,
): Promise<PlannedNames> {
  const names = new Map<string, Set<string>>();
  const counts = { found: 0, already: 0, photos: 0 };
  for await (const { path, people } of photos) {
    counts.photos++;
    counts.found += people.length;
    const photo = await store.photoAt(await realPath(path));
    if (photo === null || photo.kind === 'film') {
      const why = photo === null ? 'the photo is not in the library' : 'it is a film';
      for (const { name } of people) await onUnnamed(path, name, why);
      continue;
    }
    const faces = await store.facesOf([photo.id]);
    const { pairs, unmatched } = facesFor(people, faces, photo);
    for (const { person, why } of unmatched) await onUnnamed(path, person.name, why);
    const ids = pairs.flatMap(({ face }) => [...face.notPersonIds, ...idOf(face)]);
    const known = await store.peopleByIds([...new Set(ids)]);
    for (const { person, face } of pairs) {
      const current = face.personId === null ? undefined : known.get(face.personId);
      if (current === person.name) counts.already++;
      else if (current !== undefined) await onUnnamed(path, person.name, `the face is ${current} here`);
      else if (face.notPersonIds.some((id) => known.get(id) === person.name))
        await onUnnamed(path, person.name, 'somebody said here that the face is not');
      else names.set(person.name, (names.get(person.name) ?? new Set()).add(face.id));
    }
  }
  return { names: [...names].map(([name, faceIds]) => ({ name, faceIds: [...faceIds] })), ...counts };
}

function idOf({ personId }: StoredPhotoFace): readonly string[] {
  return personId === null ? [] : [personId];
}

/** Libraries keep the paths that links lead to. */
function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

const NO_FACE = 'no face was found there';

interface FacesFor {
  readonly pairs: readonly { readonly person: PersonInPhoto; readonly face: StoredPhotoFace }[];
  readonly unmatched: readonly { readonly person: PersonInPhoto; readonly why: string }[];
}

function facesFor(
  people: readonly PersonInPhoto[],
  faces: readonly StoredPhotoFace[],
  photo: StoredPhoto,
): FacesFor {
  const regions = people.flatMap((person) => (person.box ? [{ person, box: person.box }] : []));
  const places = faces.map((face) => ({ face, box: toShares(face.box, photo) }));
  const { pairs, unmatched } = matchRegions(regions, places);
  const portrayed = people.filter(({ box }) => box === null);
  // Smaller faces are passers-by.
  const main = mainFaces(faces);
  const isPortrait = portrayed.length === 1 && main.length === 1;
  const why = main.length === 0 ? NO_FACE : 'several people stand in front';
  return {
    pairs: [
      ...pairs.map(({ region, face }) => ({ person: region.person, face: face.face })),
      ...(isPortrait ? [{ person: portrayed[0]!, face: main[0]! }] : []),
    ],
    unmatched: [
      ...unmatched.map(({ person }) => ({ person, why: NO_FACE })),
      ...(isPortrait ? [] : portrayed.map((person) => ({ person, why }))),
    ],
  };
}
