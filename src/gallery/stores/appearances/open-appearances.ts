import { FaceTriggerError } from '../../../core/errors.ts';
import { localPath } from '../../../node/files/local-path.ts';
import { pathOnDisk } from '../../../node/files/path-on-disk.ts';
import { galleryAddress } from '../../gallery-address.ts';
import { requireGalleryFile } from '../../require-gallery-file.ts';
import { PostgresAppearanceStore } from '../postgres/postgres-appearance-store.ts';
import { SqliteAppearanceStore } from '../sqlite/sqlite-appearance-store.ts';
import type { AppearanceStore } from './appearance-store.ts';

/**
 * Opens the appearances that are kept beside a gallery's people.
 *
 * @param url - of a gallery that exists, in a file or in PostgreSQL
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a gallery in memory, `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`,
 * `ERR_FILE_FORMAT`
 */
export async function openAppearances(url: string): Promise<AppearanceStore> {
  const address = galleryAddress(url);
  if (address.kind === 'postgres') return PostgresAppearanceStore.open(address);
  if (address.kind === 'memory') {
    const message = 'What cameras see is kept in the file or database of a gallery, and memory: has none';
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const path = await pathOnDisk(localPath(address.path));
  await requireGalleryFile(path, { create: false });
  return SqliteAppearanceStore.open(path);
}
