import { FaceTriggerError } from '../../../core/errors.ts';
import { localPath } from '../../../node/files/local-path.ts';
import { pathOnDisk } from '../../../node/files/path-on-disk.ts';
import { galleryAddress } from '../../gallery-address.ts';
import { requireGalleryFile } from '../../require-gallery-file.ts';
import { PostgresPhotoStore } from '../postgres/postgres-photo-store.ts';
import { SqlitePhotoStore } from '../sqlite/sqlite-photo-store.ts';
import type { PhotoStore } from './photo-store.ts';

/**
 * Opens the photos that are kept beside a gallery's people.
 *
 * @param url - of a gallery that exists, in a file or in PostgreSQL
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a gallery in memory, `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`,
 * `ERR_FILE_FORMAT`
 */
export async function openPhotos(url: string): Promise<PhotoStore> {
  const address = galleryAddress(url);
  if (address.kind === 'postgres') return PostgresPhotoStore.open(address);
  if (address.kind === 'memory') {
    const message = 'Photos are kept in the file or database of a gallery, and memory: has none';
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const path = await pathOnDisk(localPath(address.path));
  await requireGalleryFile(path, { create: false });
  return SqlitePhotoStore.open(path);
}
