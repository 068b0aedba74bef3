import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { isSystemName } from '../../dataset/system-names.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { hasImageExtension } from '../../node/image/picture-extensions.ts';

/** Pictures of one kind of attack. */
export interface AttackFolder {
  readonly kind: string;
  readonly folder: string;
}

/**
 * The kinds of attacks of folders: the name of a folder with pictures is its kind; of a folder with folders alone, each
 * of those is one.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_DATASET` for a folder with neither
 */
export async function attackFolders(folders: readonly string[]): Promise<AttackFolder[]> {
  const found: AttackFolder[] = [];
  for (const given of folders) {
    const folder = await pathOnDisk(given);
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `Expected a folder of attacks: ${folder}`, { cause });
    });
    const inside = entries.filter((entry) => entry.isDirectory() && !isSystemName(entry.name, 'folder'));
    const hasPictures = entries.some((entry) => entry.isFile() && hasImageExtension(entry.name));
    if (hasPictures) found.push({ kind: basename(resolve(folder)), folder });
    else if (inside.length > 0) {
      const kinds = inside.map(({ name }) => ({ kind: name, folder: join(folder, name) }));
      found.push(...kinds.sort((a, b) => (a.kind < b.kind ? -1 : 1)));
    } else {
      const message = `Expected pictures, or a folder for each kind of attack, in ${folder}`;
      throw new FaceTriggerError('ERR_DATASET', message);
    }
  }
  return found;
}
