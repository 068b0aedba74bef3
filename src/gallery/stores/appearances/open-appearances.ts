import { openSideRows } from '../open-side-rows.ts';
import type { AppearanceStore } from './appearance-store.ts';
import { SqlAppearanceStore } from './sql/sql-appearance-store.ts';

/** "FTho" */
const LOCK = 0x4654686f;

/**
 * Opens the appearances that are kept beside a gallery's people.
 *
 * @param url - of a gallery that exists, in a file or in PostgreSQL
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a gallery in memory, `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`,
 * `ERR_FILE_FORMAT`
 */
export async function openAppearances(url: string): Promise<AppearanceStore> {
  return new SqlAppearanceStore(await openSideRows(url, { what: 'Appearances', lock: LOCK }));
}
