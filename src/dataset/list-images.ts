import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FaceTriggerError, type FaceTriggerErrorCode } from '../core/errors.ts';
import { compilePathGlob, type PathGlob } from '../core/text/path-glob.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { describeSkipped } from './describe-skipped.ts';
import { naturalOrder } from './natural-order.ts';
import { skipFile } from './skip-file.ts';
import { type SkippedFile, skipByName } from './skipped-file.ts';
import { walkImages } from './walk-images.ts';

/** A picture that {@link listImages} found, or an input that led to none. */
export interface ListedImage {
  /** The file, as a path that can be opened; or the input itself where `error` is set. */
  readonly path: string;
  /** The part of the path below the folder or glob that it came from, with `/`; a file's own name otherwise. */
  readonly name: string;
  /** Why the input led to no picture. */
  readonly error?: FaceTriggerError | undefined;
}

/** What {@link listImages} found. */
export interface ListedImages {
  /** In the order of the inputs, each input's pictures in natural order, no file twice. */
  readonly images: readonly ListedImage[];
  /** What lay in folders, or matched a pattern, and is no picture to read. */
  readonly skipped: readonly SkippedFile[];
}

/** Options of {@link listImages}. */
export interface ListImagesOptions {
  /** Folders that are not entered, such as the one that results are written to. */
  readonly exclude?: readonly string[] | undefined;
}

/**
 * Turns files, folders and globs into a list of pictures.
 *
 * @param inputs - paths of files (taken whatever they are), of folders (searched to the bottom for pictures) or glob
 * patterns
 * @throws FaceTriggerError `ERR_FILE_READ` for a folder that may not be read, `ERR_INVALID_ARGUMENT` for an address
 * @remarks An existing path is never taken for a pattern, so `photo[1].jpg` works. Hidden files, and those of systems
 * and file servers, are found only when named.
 */
export async function listImages(
  inputs: readonly string[],
  options: ListImagesOptions = {},
): Promise<ListedImages> {
  const exclude = await Promise.all((options.exclude ?? []).map((folder) => realOrResolved(folder)));
  const images = new Map<string, ListedImage>();
  const skipped = new Map<string, SkippedFile>();
  for (const input of inputs) {
    const found = await expand(await pathOnDisk(localPath(input)), exclude);
    for (const image of found.images) {
      const key = resolve(image.path);
      if (!images.has(key)) images.set(key, image);
    }
    for (const file of found.skipped) skipped.set(resolve(file.path), file);
  }
  // What is left out of a folder may be named beside it.
  return {
    images: [...images.values()],
    skipped: [...skipped].filter(([path]) => !images.has(path)).map(([, file]) => file),
  };
}

async function expand(input: string, exclude: readonly string[]): Promise<ListedImages> {
  const stats = await stat(input).catch(() => null);
  if (stats?.isDirectory()) {
    const found = await walkImages(input, { exclude });
    const images = found.images.map((name) => ({ path: join(input, name), name }));
    const skipped = found.skipped.map(({ path, ...skip }) => ({ path: join(input, path), ...skip }));
    if (images.length > 0) return { images, skipped };
    const why = describeSkipped(skipped).map((line) => `; ${line}`);
    return nothing(input, `There are no pictures in the folder ${input}${why.join('')}`);
  }
  if (stats !== null) return { images: [{ path: input, name: basename(input) }], skipped: [] };
  if (input !== '' && isDynamicPattern(toPattern(input))) return matchGlob(input, exclude);
  return nothing(input, `There is no file ${input}`);
}

async function matchGlob(input: string, exclude: readonly string[]): Promise<ListedImages> {
  let pattern: PathGlob;
  try {
    // The disk may hold the names composed or not, whatever was typed: all is compared composed.
    pattern = compilePathGlob(toPattern(input).normalize('NFC'));
  } catch (error) {
    return nothing(
      input,
      `${input} cannot be searched for: ${(error as Error).message}`,
      'ERR_INVALID_ARGUMENT',
    );
  }
  const base = pattern.base === '' ? '' : await pathOnDisk(pattern.base);
  // Everything is walked and matched here: the regular expressions of other matchers can take for ever.
  const found = await glob('**', {
    cwd: base === '' ? '.' : base,
    dot: true,
    deep: pattern.depth - 1,
    expandDirectories: false,
    onlyFiles: true,
  });
  const paths = found
    .filter((path) => pattern.matches(path.normalize('NFC')))
    .map((path) => join(base, path));
  const images: ListedImage[] = [];
  const skipped = new Map<string, SkippedFile>();
  for (const path of paths.sort(naturalOrder)) {
    const real = await realOrResolved(path);
    if (exclude.some((folder) => real.startsWith(folder + sep))) continue;
    const name = relative(base, path).replaceAll('\\', '/');
    const skip = skipFolderOf(path, name) ?? (await skipMatched(path));
    if (skip) skipped.set(skip.path, skip);
    else images.push({ path, name });
  }
  if (images.length > 0) return { images, skipped: [...skipped.values()] };
  const why = describeSkipped([...skipped.values()]).map((line) => `; ${line}`);
  return nothing(input, `No picture matches ${input}${why.join('')}`);
}

/** The outermost folder of the wild part of a path that is a system's; it is told once, not each file in it. */
function skipFolderOf(path: string, name: string): SkippedFile | null {
  const folders = name.split('/').slice(0, -1);
  const first = folders.findIndex((folder) => skipByName(folder, 'folder') !== null);
  if (first === -1) return null;
  const rest = name
    .split('/')
    .slice(first + 1)
    .join('/');
  return { path: path.slice(0, path.length - rest.length - 1), ...skipByName(folders[first]!, 'folder')! };
}

async function skipMatched(path: string): Promise<SkippedFile | null> {
  const skip = await skipFile(basename(path), path);
  return skip && { path, ...skip };
}

// Windows writes paths with the sign that escapes in patterns.
function toPattern(input: string): string {
  return process.platform === 'win32' ? input.replaceAll('\\', '/') : input;
}

/** The leading folders of a pattern that are plain names; `''` where there are none. */
export function fixedPart(pattern: string): string {
  const parts = pattern.split('/').slice(0, -1);
  const dynamic = parts.findIndex((part) => isDynamicPattern(part));
  const fixed = (dynamic === -1 ? parts : parts.slice(0, dynamic)).join('/');
  return fixed === '' && pattern.startsWith('/') ? '/' : fixed;
}

function nothing(
  input: string,
  message: string,
  code: FaceTriggerErrorCode = 'ERR_FILE_NOT_FOUND',
): ListedImages {
  const error = new FaceTriggerError(code, message);
  return { images: [{ path: input, name: basename(input), error }], skipped: [] };
}

function realOrResolved(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
