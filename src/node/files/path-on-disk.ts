import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Finds a file or folder by a name in whichever Unicode form the disk keeps it.
 *
 * @param path - as somebody typed it or a file says it, such as `photos/José`
 * @returns the path as it is if that exists; else the one whose names differ from it only in composition; else `path`
 * @remarks Disks formatted by macOS and some NAS hold names decomposed, keyboards type them composed, and Linux
 * compares bytes. A path in ASCII costs nothing.
 */
export async function pathOnDisk(path: string): Promise<string> {
  if (!NOT_ASCII.test(path) || (await exists(path))) return path;
  const parent = dirname(path);
  const name = basename(path);
  if (parent === path || name === '') return path;
  const folder = await pathOnDisk(parent);
  const names = await readdir(folder).catch((): string[] => []);
  const wanted = name.normalize('NFC');
  const found = names.includes(name) ? name : names.sort().find((one) => one.normalize('NFC') === wanted);
  return found === undefined ? path : join(folder, found);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
const NOT_ASCII = /[^\u0000-\u007f]/;

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
