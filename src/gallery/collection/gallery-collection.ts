import { COPYFILE_EXCL } from 'node:constants';
import { randomUUID } from 'node:crypto';
import { copyFile, link, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathKind } from '../../node/files/path-kind.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { removeUnpackedFolders } from '../../node/files/unpacked-folder.ts';
import { type GalleryAddress, galleryAddress } from '../gallery-address.ts';
import { type OpenGalleryOptions, openStore } from '../open-gallery.ts';
import { deletePostgresGallery, listPostgresGalleries } from '../stores/postgres/postgres-galleries.ts';
import { deleteGalleryFile, readGalleryFile } from '../stores/sqlite/sqlite-galleries.ts';
import { checkGalleryName } from './gallery-name.ts';

/** One of several galleries in a database, or in a folder of files. */
export interface ListedGallery {
  readonly name: string;
  /** Rows in all, with those of people who have expired. */
  readonly people: number;
  readonly faces: number;
  /** The id of its embedder; `null`: see `problem`. */
  readonly embedder: string | null;
  /** Why it can't be used; `null`: it can. */
  readonly problem: string | null;
}

/** How a gallery is made among others. */
export type CreateGalleryOptions = Pick<
  OpenGalleryOptions,
  'embedder' | 'models' | 'distances' | 'ledger' | 'pack' | 'metric'
>;

/** Files of galleries that are being made. */
const UNFINISHED = /^\.face-trigger-new-[0-9a-f-]{36}\.db(-wal|-shm)?$/;
const NO_EMBEDDER = 'it does not say its embedder';
/** After this time nobody makes one any more. */
const UNFINISHED_MS = 3_600_000;

/**
 * The galleries of a database, or of a folder, by name.
 *
 * @param where - `postgres://user@host/database` without `?gallery=`, or a folder, whose files `NAME.db` are galleries
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for the address of one gallery, `ERR_FILE_NOT_FOUND`,
 * `ERR_UNAVAILABLE`
 * @remarks Removes what a process that was killed has left of galleries that it deleted or made.
 */
export async function listGalleries(where: string): Promise<readonly ListedGallery[]> {
  const address = galleryAddress(where);
  if (address.kind === 'postgres') {
    if (address.isNamed)
      throw invalidArgument('the address of a database without ?gallery=', 'where', 'one with it');
    const rows = await listPostgresGalleries(address);
    return rows.map((row) => ({
      ...row,
      problem: row.embedder === null ? NO_EMBEDDER : null,
    }));
  }
  const folder = address.kind === 'sqlite' ? await folderOf(address.path) : null;
  if (folder === null)
    throw invalidArgument('the address of a database, or a folder', 'where', 'another one');
  return listFolder(folder);
}

/**
 * Makes a gallery, empty, where there is none of its name.
 *
 * @param url - `postgres://user@host/database?gallery=name`, `folder/?gallery=name`, or the path of a file
 * @throws FaceTriggerError `ERR_CONFLICT` where it exists, `ERR_INVALID_ARGUMENT` for a name that none may have, or
 * without an embedder, and what `openGallery` throws
 */
export async function createGallery(url: string, options: CreateGalleryOptions): Promise<void> {
  const address = requireOne(galleryAddress(url));
  if (address.kind === 'postgres') {
    await (await openStore(address, { ...options, mustBeNew: true })).dispose();
    return;
  }
  const path = await pathOnDisk(localPath(address.path));
  await requireFreePath(path);
  const folder = join(path, '..');
  if ((await pathKind(folder)) === 'nothing')
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no folder ${folder}: make it first`);
  const unfinished = join(folder, `.face-trigger-new-${randomUUID()}.db`);
  try {
    await (await openStore({ kind: 'sqlite', path: unfinished }, options)).dispose();
    await linkNew(unfinished, path);
  } finally {
    for (const end of ['', '-wal', '-shm']) await rm(`${unfinished}${end}`, { force: true });
  }
}

/**
 * Deletes a gallery with all people, faces, pictures, settings, jobs and what was unpacked for them on this machine, and
 * the keys of a database that are bound to it, for good.
 *
 * @param url - as {@link createGallery} takes it; which one has to be said
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_BUSY`, `ERR_FILE_FORMAT` for a file of something else
 * @remarks The gallery is gone at once and as a whole, also where the process ends before its last rows are.
 */
export async function deleteGallery(url: string): Promise<void> {
  const address = requireOne(galleryAddress(url));
  if (address.kind === 'postgres') return removeUnpackedFolders(await deletePostgresGallery(address));
  const path = await pathOnDisk(localPath(address.path));
  const stats = await lstat(path).catch(() => null);
  if (stats === null) {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no gallery ${path}`);
  }
  if (!stats.isFile()) {
    const what = stats.isSymbolicLink() ? 'a link: give the path of what it leads to' : 'no file';
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is ${what}`);
  }
  if ((await pathKind(path)) !== 'gallery') {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is no gallery, and stays`);
  }
  await deleteGalleryFile(path);
}

/**
 * The address of a gallery among others.
 *
 * @param where - as {@link listGalleries} takes it
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a name that none may have
 */
export function addressIn(where: string, name: string): string {
  checkGalleryName(name);
  if (galleryAddress(where).kind !== 'postgres') return `${where.replace(/[/\\]+$/, '')}/?gallery=${name}`;
  const url = where.split('#')[0]!;
  return `${url}${url.includes('?') ? '&' : '?'}gallery=${name}`;
}

/** Whether an address is that of a place with several galleries: a folder, or a database without a name. */
export async function isCollection(url: string): Promise<boolean> {
  const address = galleryAddress(url);
  if (address.kind === 'postgres') return !address.isNamed;
  return address.kind === 'sqlite' && (await folderOf(address.path)) !== null;
}

function requireOne(address: GalleryAddress): Exclude<GalleryAddress, { readonly kind: 'memory' }> {
  if (address.kind === 'memory') throw invalidArgument('a gallery that is kept', 'url', 'one in memory');
  if (address.kind === 'postgres' && !address.isNamed) {
    throw invalidArgument('?gallery=name in the address, which says which one', 'url', 'none');
  }
  return address;
}

async function folderOf(path: string): Promise<string | null> {
  const folder = await pathOnDisk(localPath(path));
  return (await pathKind(folder)) === 'folder' ? folder : null;
}

async function listFolder(folder: string): Promise<readonly ListedGallery[]> {
  const galleries: ListedGallery[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const path = join(folder, file);
    if (UNFINISHED.test(file)) await removeUnfinished(path);
    if (file.startsWith('.') || !file.endsWith('.db')) continue;
    const name = file.slice(0, -'.db'.length);
    try {
      checkGalleryName(name);
      const { isDeleted, ...facts } = await readGalleryFile(path);
      if (isDeleted) await deleteGalleryFile(path, { onlyIfDeleted: true });
      else galleries.push({ name, ...facts, problem: facts.embedder === null ? NO_EMBEDDER : null });
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      galleries.push({ name, people: 0, faces: 0, embedder: null, problem: error.message });
    }
  }
  return galleries;
}

async function removeUnfinished(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isFile() && Date.now() - stats.mtimeMs > UNFINISHED_MS) await rm(path, { force: true });
}

async function requireFreePath(path: string): Promise<void> {
  const kind = await pathKind(path);
  if (kind === 'nothing') return;
  // What is left of one that was deleted while the process was killed.
  if (kind === 'gallery' && (await readGalleryFile(path)).isDeleted)
    return deleteGalleryFile(path, { onlyIfDeleted: true });
  const what = kind === 'gallery' ? 'a gallery' : `something else (${kind})`;
  throw new FaceTriggerError('ERR_CONFLICT', `There is ${what} at ${path} already`);
}

/** Gives a file its name, unless another has it. */
async function linkNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = isError(error) ? (error as NodeJS.ErrnoException).code : undefined;
    if (code === 'EEXIST') throw new FaceTriggerError('ERR_CONFLICT', `There is a file ${to} already`);
    // Disks without links.
    await copyFile(from, to, COPYFILE_EXCL);
  }
}
