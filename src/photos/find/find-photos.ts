import { FaceTriggerError } from '../../core/errors.ts';
import type { Box } from '../../core/geometry/box.ts';
import type {
  PhotoKind,
  PhotoReads,
  StoredPhoto,
  StoredPhotoFace,
} from '../../gallery/stores/photos/photo-store.ts';

/** Which photos {@link findPhotos} finds: those for which all of it is so. */
export interface PhotoSearch {
  /** Names: all of them are in the photo. */
  readonly people?: readonly string[] | undefined;
  /** Names: none of them is. */
  readonly without?: readonly string[] | undefined;
  /** Taken at or after, by the camera's clock read as UTC. Photos without a date are not found by it. */
  readonly since?: Date | undefined;
  /** Taken before. */
  readonly until?: Date | undefined;
  readonly kind?: PhotoKind | undefined;
  /** An absolute path: only photos under it. */
  readonly folder?: string | undefined;
  /** With a face that has no name and is not ignored. */
  readonly strangers?: boolean | undefined;
  /** Without any face. */
  readonly nobody?: boolean | undefined;
}

/** Somebody in a photo. */
export interface FoundPerson {
  readonly id: string;
  readonly name: string;
  /** In pixels of the upright picture; of a film with the frame's time. */
  readonly faces: readonly { readonly id: string; readonly box: Box; readonly frameMs: number | null }[];
}

/** A photo with who is in it. */
export interface FoundPhoto
  extends Pick<StoredPhoto, 'id' | 'sha256' | 'paths' | 'kind' | 'width' | 'height' | 'takenAt'> {
  readonly people: readonly FoundPerson[];
  /** Faces without a name. */
  readonly strangers: number;
}

/** Photos that are read at once. */
const PAGE = 200;

/**
 * Finds photos by who is in them and when they were taken: newest first, those without a date last.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND` for a name that nobody has
 */
export async function* findPhotos(
  store: PhotoReads,
  { people = [], without = [], since, until, kind, folder, strangers, nobody }: PhotoSearch = {},
): AsyncGenerator<FoundPhoto, void, void> {
  const personIds = await idsOf(store, people);
  const withoutPersonIds = await idsOf(store, without);
  const query = {
    personIds,
    withoutPersonIds,
    from: since,
    to: until,
    kind,
    folder,
    withNameless: strangers,
  };
  for (let offset = 0; ; offset += PAGE) {
    const page = await store.listPhotos({ ...query, limit: PAGE, offset });
    const photos = nobody ? page.filter(({ faces }) => faces === 0) : page;
    yield* await withPeople(store, photos);
    if (page.length < PAGE) return;
  }
}

async function idsOf(store: PhotoReads, names: readonly string[]): Promise<readonly string[]> {
  const ids = await store.personIds(names);
  return names.map((name) => {
    const id = ids.get(name);
    if (id === undefined)
      throw new FaceTriggerError('ERR_NOT_FOUND', `Nobody is called ${name} in this library`);
    return id;
  });
}

async function withPeople(store: PhotoReads, photos: readonly StoredPhoto[]): Promise<FoundPhoto[]> {
  const faces = await store.facesOf(photos.map(({ id }) => id));
  const names = await store.peopleByIds([...new Set(faces.flatMap(({ personId }) => personId ?? []))]);
  const facesIn = new Map<string, StoredPhotoFace[]>();
  for (const face of faces) facesIn.set(face.photoId, [...(facesIn.get(face.photoId) ?? []), face]);
  return photos.map(({ id, sha256, paths, kind, width, height, takenAt }) => {
    const own = facesIn.get(id) ?? [];
    const strangers = own.filter(({ personId, isIgnored }) => personId === null && !isIgnored).length;
    return { id, sha256, paths, kind, width, height, takenAt, people: peopleIn(own, names), strangers };
  });
}

function peopleIn(faces: readonly StoredPhotoFace[], names: ReadonlyMap<string, string>): FoundPerson[] {
  const people = new Map<string, FoundPerson['faces'][number][]>();
  for (const { id, personId, box, frameMs } of faces)
    if (personId !== null && names.has(personId))
      people.set(personId, [...(people.get(personId) ?? []), { id, box, frameMs }]);
  return [...people].map(([id, own]) => ({ id, name: names.get(id)!, faces: own }));
}
