import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import { addressIn, isCollection } from '../gallery/collection/gallery-collection.ts';
import { checkGalleryName } from '../gallery/collection/gallery-name.ts';
import { galleryAddress } from '../gallery/gallery-address.ts';
import { DEFAULT_GALLERY } from '../gallery/stores/postgres/postgres-address.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { ServerSettings } from '../server/server-settings.ts';

/** Which galleries a server is started with. */
export interface GalleryPlace {
  /** The address of the one that requests are for which name none. */
  readonly main: string;
  readonly name: string;
  /** The address of all, where it answers for others too. */
  readonly all: string | null;
  /** The folder that they are in. */
  readonly folder: string | null;
}

/** Reads which galleries an address means: one, or all of a folder or a database. */
export async function galleryPlace(url: string): Promise<GalleryPlace> {
  const address = galleryAddress(url);
  const all = (await isCollection(url)) ? url : null;
  if (address.kind === 'postgres') return { main: url, name: address.gallery, all, folder: null };
  if (all === null || address.kind !== 'sqlite')
    return { main: url, name: nameOf(address), all: null, folder: null };
  await requireForGalleries(localPath(address.path));
  return {
    ...{ main: addressIn(url, DEFAULT_GALLERY), name: DEFAULT_GALLERY, all },
    folder: localPath(address.path),
  };
}

/** A folder of photos, say, is hardly meant. @throws FaceTriggerError `ERR_FILE_FORMAT` */
async function requireForGalleries(folder: string): Promise<void> {
  const files = (await readdir(await pathOnDisk(folder))).filter((file) => !file.startsWith('.'));
  if (files.length === 0 || files.some((file) => file.endsWith('.db'))) return;
  throw new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `${folder} is a folder without galleries, but with other files: give a file such as gallery.db, or an empty folder`,
  );
}

/** Settings in a file beside each gallery's. */
export function settingsInFolder(folder: string) {
  return (gallery: string, maxDistance: number): Promise<ServerSettings> =>
    ServerSettings.open({ path: join(folder, `${checkGalleryName(gallery)}.settings.json`), maxDistance });
}

function nameOf(address: { readonly kind: string; readonly path?: string | undefined }): string {
  const name = basename(address.path ?? '', '.db');
  try {
    return checkGalleryName(name);
  } catch {
    return DEFAULT_GALLERY;
  }
}
