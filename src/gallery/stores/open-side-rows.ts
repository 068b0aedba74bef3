import { FaceTriggerError } from '../../core/errors.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { galleryAddress } from '../gallery-address.ts';
import { requireGalleryFile } from '../require-gallery-file.ts';
import { PostgresSideRows } from './postgres/postgres-side-rows.ts';
import type { SideRows, SideRowsKind } from './side-rows.ts';
import { SqliteSideRows } from './sqlite/sqlite-side-rows.ts';

/**
 * Opens what is kept beside a gallery's people.
 *
 * @param url - of a gallery that exists, in a file or in PostgreSQL
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a gallery in memory, `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`,
 * `ERR_FILE_FORMAT`
 */
export async function openSideRows(url: string, kind: SideRowsKind): Promise<SideRows> {
  const address = galleryAddress(url);
  if (address.kind === 'postgres') return PostgresSideRows.open(address, kind);
  if (address.kind === 'memory') {
    const message = `${kind.what} are kept in the file or database of a gallery, and memory: has none`;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const path = await pathOnDisk(localPath(address.path));
  await requireGalleryFile(path, { create: false });
  return SqliteSideRows.open(path, kind);
}
