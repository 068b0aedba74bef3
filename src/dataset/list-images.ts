import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FaceTriggerError } from '../errors.ts';
import { hasImageExtension } from './image-extensions.ts';
import { naturalOrder } from './natural-order.ts';
import { walkImages } from './walk-images.ts';

/** A picture that {@link listImages} found, or an input that led to none. */
export interface ListedImage {
  /** The file, as a path that can be opened; or the input itself where `error` is set. */
  readonly path: string;
  /** The part of the path below the folder or glob that it came from, with `/`; a file's own name otherwise. */
  readonly name: string;
  /** Why the input led to no picture. */
  readonly error?: FaceTriggerError;
}

/** Options of {@link listImages}. */
export interface ListImagesOptions {
  /** Folders that are not entered, such as the one that results are written to. */
  readonly exclude?: readonly string[];
}

/**
 * Turns files, folders and globs into a list of pictures.
 *
 * @param inputs - paths of files (taken whatever their extension), of folders (searched to the bottom for image
 * extensions) or glob patterns
 * @returns in the order of the inputs, each input's pictures in natural order, no file twice
 * @throws FaceTriggerError `ERR_FILE_READ` for a folder that may not be read
 * @remarks An existing path is never taken for a pattern, so `photo[1].jpg` works. Hidden files are found only when
 * named.
 */
export async function listImages(
  inputs: readonly string[],
  options: ListImagesOptions = {},
): Promise<ListedImage[]> {
  const exclude = await Promise.all((options.exclude ?? []).map((folder) => realOrResolved(folder)));
  const found = new Map<string, ListedImage>();
  for (const input of inputs) {
    for (const image of await expand(input, exclude)) {
      const key = resolve(image.path);
      if (!found.has(key)) found.set(key, image);
    }
  }
  return [...found.values()];
}

async function expand(input: string, exclude: readonly string[]): Promise<ListedImage[]> {
  const stats = await stat(input).catch(() => null);
  if (stats?.isDirectory()) {
    const images = (await walkImages(input, { exclude })).map((name) => ({ path: join(input, name), name }));
    return images.length > 0 ? images : [nothing(input, `There are no pictures in the folder ${input}`)];
  }
  if (stats !== null) return [{ path: input, name: basename(input) }];
  if (input !== '' && isDynamicPattern(toPattern(input))) return matchGlob(input, exclude);
  return [nothing(input, `There is no file ${input}`)];
}

async function matchGlob(input: string, exclude: readonly string[]): Promise<ListedImage[]> {
  const pattern = toPattern(input);
  const paths = await glob(pattern, { absolute: false, expandDirectories: false, onlyFiles: true });
  const base = fixedPart(pattern);
  const images: ListedImage[] = [];
  for (const path of paths.filter(hasImageExtension).sort(naturalOrder)) {
    const real = await realOrResolved(path);
    if (exclude.some((folder) => real.startsWith(folder + sep))) continue;
    images.push({ path, name: relative(base, path).replaceAll('\\', '/') });
  }
  return images.length > 0 ? images : [nothing(input, `No picture matches ${input}`)];
}

// Windows writes paths with the sign that escapes in patterns.
function toPattern(input: string): string {
  return process.platform === 'win32' ? input.replaceAll('\\', '/') : input;
}

// The leading folders of a pattern that are plain names.
function fixedPart(pattern: string): string {
  const parts = pattern.split('/').slice(0, -1);
  const dynamic = parts.findIndex((part) => isDynamicPattern(part));
  const fixed = (dynamic === -1 ? parts : parts.slice(0, dynamic)).join('/');
  return fixed === '' && pattern.startsWith('/') ? '/' : fixed;
}

function nothing(input: string, message: string): ListedImage {
  const error = new FaceTriggerError('ERR_FILE_NOT_FOUND', message);
  return { path: input, name: basename(input), error };
}

function realOrResolved(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
