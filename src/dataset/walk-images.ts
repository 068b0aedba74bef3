import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError } from '../errors.ts';
import { hasImageExtension } from './image-extensions.ts';
import { naturalOrder } from './natural-order.ts';

/**
 * Finds the pictures in a folder and the folders in it, by their extensions.
 *
 * @param folder - an existing folder
 * @param options.exclude - real paths of folders that are not entered
 * @returns paths relative to `folder` with `/` between the parts, in natural order
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`
 * @remarks Hidden files and folders are left out. Links are followed; a folder that is reached twice, or that
 * contains itself through a link, is listed once.
 */
export async function walkImages(
  folder: string,
  options: { readonly exclude?: readonly string[] } = {},
): Promise<string[]> {
  const seen = new Set(options.exclude);
  const images: string[] = [];
  const open = [''];
  while (open.length > 0) {
    const below = open.pop()!;
    const place = join(folder, below);
    const real = await realpath(place).catch((cause) => Promise.reject(unreadable(place, cause)));
    if (seen.has(real)) continue;
    seen.add(real);
    for (const entry of await list(place)) {
      if (entry.name.startsWith('.')) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await linkKind(join(folder, name)) : entry;
      if (kind?.isDirectory()) open.push(name);
      else if (kind?.isFile() && hasImageExtension(name)) images.push(name);
    }
  }
  return images.sort(naturalOrder);
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

// A link that leads nowhere is no picture.
function linkKind(path: string) {
  return stat(path).catch(() => null);
}

function unreadable(folder: string, cause: unknown): FaceTriggerError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT'
    ? new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no folder ${folder}`, { cause })
    : new FaceTriggerError('ERR_FILE_READ', `Could not list ${folder}: ${message}`, { cause });
}
