import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Makes sure, before long work, that its result can be written: makes the folder that the file goes into.
 *
 * @throws FaceTriggerError `ERR_FILE_WRITE`, also where the path is a folder
 */
export async function prepareOutputFile(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory()) {
    throw new FaceTriggerError(
      'ERR_FILE_WRITE',
      `Expected the name of a file to write but ${path} is a folder`,
    );
  }
  await makeFolder(dirname(path));
}
