import { lstat, readdir } from 'node:fs/promises';
import { makeFolder } from '../node/files/make-folder.ts';
import { renameFile } from '../node/files/rename-file.ts';
import { writeFailure } from '../node/files/write-failure.ts';

/**
 * Makes room for an output folder without ever overwriting one: what is there already gets the next free number.
 *
 * @param path - the folder to be made; `path` becomes `path.1`, or `path.2` ... where that is taken
 * @returns where the old content is now; null if there was none, or only an empty folder
 * @throws FaceTriggerError `ERR_FILE_WRITE`
 */
export async function setAside(path: string): Promise<string | null> {
  const folder = path.replace(/(?<=.)[/\\]+$/, '');
  try {
    let aside: string | null = null;
    if ((await exists(folder)) && !(await isEmptyFolder(folder))) {
      let number = 1;
      while (await exists(`${folder}.${number}`)) number++;
      aside = `${folder}.${number}`;
      await renameFile(folder, aside);
    }
    await makeFolder(folder);
    return aside;
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

async function isEmptyFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    (names) => names.length === 0,
    () => false,
  );
}
