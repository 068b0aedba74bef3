import { openSideRows } from '../open-side-rows.ts';
import type { PhotoStore } from './photo-store.ts';
import { SqlPhotoStore } from './sql/sql-photo-store.ts';

/** "FTph" */
const LOCK = 0x46547068;

/**
 * Opens the photos that are kept beside a gallery's people.
 *
 * @param url - of a gallery that exists, in a file or in PostgreSQL
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a gallery in memory, `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`,
 * `ERR_FILE_FORMAT`
 */
export async function openPhotos(url: string): Promise<PhotoStore> {
  return new SqlPhotoStore(await openSideRows(url, { what: 'Photos', lock: LOCK }));
}
