import { basename, dirname, extname, join } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { iou } from '../../core/geometry/box.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import { loadImageBytes } from '../../node/image/image-source.ts';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../node/image/read-image.ts';
import { insidePicture, uprightBox } from './photo-region.ts';
import { readPicasaContacts, readPicasaIni } from './picasa-ini.ts';
import { propertyOf, textOf } from './rdf-values.ts';
import { cleanName, type FoundPeople, type FoundRegion, readXmpPeople } from './read-xmp-people.ts';
import { sidecarPaths } from './sidecar-paths.ts';
import { readStoredPicture, type StoredPicture } from './stored-picture.ts';
import { MAX_XMP_BYTES, parseXmp, type XmpDocument } from './xmp-document.ts';

/** What {@link readPhotoPeople} found. */
export interface PhotoPeople extends FoundPeople {
  readonly picture: StoredPicture;
}

/** Options of {@link readPhotoPeople}. */
export interface ReadPhotoPeopleOptions {
  /** Names of Picasa's contacts by id, for old files that have none: see {@link readPicasaContactsFile}. */
  readonly picasaContacts?: ReadonlyMap<string, string> | undefined;
}

/** From here two regions are one face that two programs wrote down. */
const SAME_FACE = 0.4;
const MAX_INI_BYTES = 10_000_000;

/**
 * Reads who is in a photo by its metadata: sidecars (`photo.jpg.xmp`, `photo.xmp`), XMP in the file, `.picasa.ini`.
 *
 * @param path - of the photo
 * @returns regions of the picture as it is shown; where two programs wrote down one face it is there once, with the name
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_IMAGE_DECODE`; metadata that cannot be read are
 * told in `notes`
 */
export async function readPhotoPeople(
  path: string,
  { picasaContacts }: ReadPhotoPeopleOptions = {},
): Promise<PhotoPeople> {
  const bytes = await loadImageBytes(path, { maxBytes: DEFAULT_MAX_IMAGE_BYTES });
  const picture = await readStoredPicture(bytes);
  const notes: string[] = [];
  const regions: FoundRegion[] = [];
  const take = async (where: string, read: () => Promise<FoundPeople | null>): Promise<void> => {
    try {
      const found = await read();
      notes.push(...(found?.notes ?? []).map((note) => `${where}: ${note}`));
      for (const region of found?.regions ?? []) merge(regions, region);
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      notes.push(`${where}: ${error.message}`);
    }
  };
  for (const sidecar of Object.values(sidecarPaths(path))) {
    if (sidecar === path) continue;
    await take(basename(sidecar), async () => {
      const xmp = await readSidecar(sidecar);
      return xmp && isSidecarOf(path, xmp) ? readXmpPeople(xmp, picture) : null;
    });
  }
  await take('the file', async () =>
    picture.packet ? readXmpPeople(parseXmp(picture.packet), picture) : null,
  );
  await take('.picasa.ini', () => readPicasaPeople(path, picture, picasaContacts));
  return { picture, regions, notes };
}

/**
 * Reads a sidecar.
 *
 * @returns `null` where there is none
 * @throws FaceTriggerError `ERR_FILE_FORMAT`, `ERR_FILE_READ`
 */
export async function readSidecar(path: string): Promise<XmpDocument | null> {
  const bytes = await readIfThere(path, MAX_XMP_BYTES);
  return bytes && parseXmp(bytes);
}

/** Reads the names of Picasa's `contacts.xml`, by id. @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` */
export async function readPicasaContactsFile(path: string): Promise<ReadonlyMap<string, string>> {
  return readPicasaContacts(
    new TextDecoder().decode(await readFileWithin(path, { maxBytes: MAX_INI_BYTES })),
  );
}

/** Adobe's sidecar of photo.nef is no sidecar of the photo.jpg beside it. */
export function isSidecarOf(photo: string, xmp: XmpDocument): boolean {
  const extension = textOf(propertyOf(xmp, 'photoshop:SidecarForExtension'));
  return extension === null || extension.toLowerCase() === extname(photo).slice(1).toLowerCase();
}

async function readPicasaPeople(
  path: string,
  picture: StoredPicture,
  contacts: ReadonlyMap<string, string> | undefined,
): Promise<FoundPeople | null> {
  const folder = dirname(path);
  const bytes =
    (await readIfThere(join(folder, '.picasa.ini'), MAX_INI_BYTES)) ??
    (await readIfThere(join(folder, 'Picasa.ini'), MAX_INI_BYTES));
  if (!bytes) return null;
  const { faces } = readPicasaIni(new TextDecoder().decode(bytes), contacts);
  const regions: FoundRegion[] = [];
  for (const { name, box } of faces.get(basename(path).toLowerCase()) ?? []) {
    // Picasa's boxes are those of the stored picture, but of RAW files those of the picture as it shows it.
    const inside = insidePicture(picture.isRaw ? box : uprightBox(box, picture.orientation));
    if (inside) regions.push({ name: cleanName(name), box: inside, form: 'picasa' });
  }
  return { regions, notes: [] };
}

function merge(regions: FoundRegion[], region: FoundRegion): void {
  const same = regions.findIndex(
    (other) =>
      iou(other.box, region.box) >= SAME_FACE &&
      (other.name === null || region.name === null || other.name === region.name),
  );
  if (same === -1) regions.push(region);
  else if (regions[same]!.name === null) regions[same] = region;
}

async function readIfThere(path: string, maxBytes: number): Promise<Uint8Array | null> {
  try {
    return await readFileWithin(path, { maxBytes });
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_FILE_NOT_FOUND') return null;
    throw error;
  }
}
