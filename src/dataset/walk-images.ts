import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import { naturalOrder } from './natural-order.ts';
import { skipFile } from './skip-file.ts';
import { NOT_REGULAR, type SkippedFile, skipByName } from './skipped-file.ts';

/** What {@link walkImages} found; paths are relative to the folder, with `/` between the parts, in natural order. */
export interface WalkedImages {
  readonly images: readonly string[];
  /** All that is no picture to read: each file, and each folder that was not entered. */
  readonly skipped: readonly SkippedFile[];
  /** Folders directly in the folder that were entered, whether there is a picture in them or not. */
  readonly folders: readonly string[];
}

/**
 * Finds the pictures in a folder and the folders in it: by their extensions, and by their first bytes where those are
 * unknown.
 *
 * @param folder - an existing folder
 * @param options.exclude - real paths of folders that are not entered
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` for the folder itself
 * @remarks Hidden files and folders, and those of systems and file servers, are left out. Links are followed; a
 * folder that is reached twice, or that contains itself through a link, is listed once.
 */
export async function walkImages(folder: string, options: WalkOptions = {}): Promise<WalkedImages> {
  const images: string[] = [];
  const skipped: SkippedFile[] = [];
  const folders: string[] = [];
  for await (const found of walkFolder(folder, options)) {
    if (found.kind === 'image') images.push(found.path);
    else if (found.kind === 'skipped') skipped.push(found.skipped);
    else if (!found.path.includes('/')) folders.push(found.path);
  }
  return {
    images: images.sort(naturalOrder),
    skipped: skipped.sort((a, b) => naturalOrder(a.path, b.path)),
    folders: folders.sort(naturalOrder),
  };
}

/** What {@link walkFolder} comes by; paths as in {@link WalkedImages}. */
export type WalkedEntry =
  | { readonly kind: 'image'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'skipped'; readonly skipped: SkippedFile };

/** Options of {@link walkFolder}. */
export interface WalkOptions {
  /** Real paths of folders that are not entered. */
  readonly exclude?: readonly string[] | undefined;
}

/**
 * Walks through a folder and those in it as {@link walkImages} does, and hands out what it comes by at once: of all the
 * entries it keeps those of one folder.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` for the folder itself
 */
export async function* walkFolder(
  folder: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkedEntry, void, void> {
  const seen = new Set(options.exclude);
  const open = [''];
  while (open.length > 0) {
    const below = open.pop()!;
    const place = join(folder, below);
    let entries: Dirent[] | null;
    try {
      entries = await enter(place, seen);
    } catch (cause) {
      if (below === '') throw unreadable(place, cause);
      const { message } = unreadable(place, cause);
      yield { kind: 'skipped', skipped: { path: below, reason: 'unreadable', message } };
      continue;
    }
    if (entries === null) continue;
    if (below !== '') yield { kind: 'folder', path: below };
    const ofPicasa = entries.some(({ name }) => /^\.?picasa\.ini$/i.test(name));
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name.includes(NOT_UTF8) && !(await exists(join(folder, path)))) {
        const message = 'something whose name is not UTF-8: rename it';
        yield { kind: 'skipped', skipped: { path, reason: 'unreadable', message } };
        continue;
      }
      const kind = entry.isSymbolicLink() ? await linkKind(join(folder, path)) : entry;
      if (kind?.isDirectory()) {
        const skip = skipByName(
          ofPicasa && entry.name === 'Originals' ? '.picasaoriginals' : entry.name,
          'folder',
        );
        if (skip) yield { kind: 'skipped', skipped: { path, ...skip } };
        else open.push(path);
        continue;
      }
      const skip = kind?.isFile()
        ? await skipFile(entry.name, join(folder, path))
        : (skipByName(entry.name, 'file') ?? NOT_REGULAR[kind ? 'special' : 'broken']);
      yield skip ? { kind: 'skipped', skipped: { path, ...skip } } : { kind: 'image', path };
    }
  }
}

/** Stands in names for bytes that are no UTF-8; such a name leads nowhere. */
const NOT_UTF8 = '\ufffd';

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** The entries of a folder; `null` where it was entered before. */
async function enter(place: string, seen: Set<string>): Promise<Dirent[] | null> {
  const real = await realpath(place);
  if (seen.has(real)) return null;
  seen.add(real);
  return readdir(place, { withFileTypes: true });
}

function linkKind(path: string) {
  return stat(path).catch(() => null);
}

function unreadable(folder: string, cause: unknown): FaceTriggerError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT'
    ? new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no folder ${folder}`, { cause })
    : new FaceTriggerError('ERR_FILE_READ', `Could not list ${folder}: ${message}`, { cause });
}
