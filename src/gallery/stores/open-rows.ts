import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import type { GalleryAddress } from '../gallery-address.ts';
import { requireGalleryFile } from '../require-gallery-file.ts';
import type { GalleryStore } from './gallery-store.ts';
import type { PostgresDatabase } from './postgres/postgres-database.ts';
import { PostgresStore } from './postgres/postgres-store.ts';
import { SqliteStore } from './sqlite/sqlite-store.ts';
import type { WantedGallery } from './wanted-gallery.ts';

/**
 * Opens the rows of a gallery that is kept: in a file or in a database.
 *
 * @param wanted.create - whether one that does not exist is made
 * @param wanted.mustBeNew - whether one that exists in a database is refused
 * @throws FaceTriggerError as `openGallery`
 */
export async function openRows(
  address: Exclude<GalleryAddress, { readonly kind: 'memory' }>,
  wanted: WantedGallery & {
    readonly create: boolean;
    readonly mustBeNew?: boolean | undefined;
    /** Whose connections a gallery in it uses. @defaultValue some of its own */
    readonly database?: PostgresDatabase | undefined;
  },
): Promise<GalleryStore> {
  if (address.kind === 'postgres') return PostgresStore.open(address, wanted);
  const path = await pathOnDisk(localPath(address.path));
  await requireGalleryFile(path, wanted);
  return SqliteStore.open(path, wanted);
}
