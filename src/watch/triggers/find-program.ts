import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * Finds the file that the system would start for a program's name.
 *
 * @param name - a name that is looked for in the folders of the variable PATH, or a path
 * @returns null where there is none that may be started
 */
export async function findProgram(name: string): Promise<string | null> {
  const isPath = name.includes('/') || (process.platform === 'win32' && name.includes('\\'));
  const folders = isPath
    ? ['']
    : (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['', '.com', '.exe'] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const path = (isPath ? name : join(folder, name)) + ending;
      if (await isProgram(path)) return path;
    }
  }
  return null;
}

/** Whether a path is a file that may be started. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
