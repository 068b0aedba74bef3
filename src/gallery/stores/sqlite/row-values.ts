import { FaceTriggerError } from '../../../core/errors.ts';
import type { SqlRow } from '../../../node/sqlite/sqlite-connection.ts';
import { rowReader } from '../row-reader.ts';

/** SQLite keeps values of any type in any column. */
export const { textIn, textOrNullIn, wholeIn, embeddingIn, storedPersonIn, mergeIn, negativeIn, qualityIn } =
  rowReader(damagedGallery);

/** A row that has to be there, because it was written just now or another row tells of it. */
export function written(row: SqlRow | null): SqlRow {
  if (row === null) throw damagedGallery('a row cannot be found that is there');
  return row;
}

/** The error for a file whose content is not as it was written. */
export function damagedGallery(what: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The gallery's file is damaged: ${what}; go back to an export or a backup`,
  );
}
