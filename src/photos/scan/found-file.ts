import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SkippedFile } from '../../dataset/skipped-file.ts';
import { walkFolder } from '../../dataset/walk-images.ts';

/** A file that may hold faces, as the disk says. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  readonly isFilm: boolean;
  readonly size: number;
  readonly mtimeMs: number;
}

/** What lies in a folder of photos: a file, or what is left out. */
export type FoundEntry =
  | { readonly file: FoundFile; readonly skipped?: undefined }
  | { readonly skipped: SkippedFile; readonly file?: undefined };

/**
 * Comes by all pictures and films in a folder, one after the other.
 *
 * @param folder - an absolute path
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`
 */
export async function* findFiles(folder: string): AsyncGenerator<FoundEntry, void, void> {
  for await (const found of photosIn(folder)) {
    if ('reason' in found) {
      yield { skipped: found };
      continue;
    }
    const { path, isFilm } = found;
    // One that is gone since the folder was listed is gone.
    const stats = await stat(path).catch(() => null);
    if (stats) yield { file: { path, isFilm, size: stats.size, mtimeMs: Math.trunc(stats.mtimeMs) } };
  }
}

/** How many pictures and films there are: faster than {@link findFiles}, which looks at each. */
export async function countFiles(
  folder: string,
  onCount: (more: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const found of photosIn(folder)) {
    if (signal.aborted) return;
    if (!('reason' in found)) onCount(1);
  }
}

async function* photosIn(
  folder: string,
): AsyncGenerator<SkippedFile | { readonly path: string; readonly isFilm: boolean }, void, void> {
  const root = resolve(folder);
  for await (const found of walkFolder(root)) {
    if (found.kind === 'image') yield { path: join(root, found.path), isFilm: false };
    else if (found.kind === 'skipped') {
      const { path, ...skip } = found.skipped;
      if (skip.reason === 'video') yield { path: join(root, path), isFilm: true };
      else yield { path: join(root, path), ...skip };
    }
  }
}
