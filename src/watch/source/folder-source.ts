import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { describeSkipped } from '../../dataset/describe-skipped.ts';
import { skipFile } from '../../dataset/skip-file.ts';
import { NOT_REGULAR, type Skip, type SkippedFile, skipByName } from '../../dataset/skipped-file.ts';
import { readImage } from '../../node/image/read-image.ts';
import type { FrameSource, SourceItem } from './frame-source.ts';

/** Options of {@link createFolderSource}. */
export interface FolderSourceOptions {
  /** Milliseconds between two looks at the folder. @defaultValue 500 */
  readonly pollMs?: number | undefined;
  /** Read only what comes after the start. @defaultValue false */
  readonly newOnly?: boolean | undefined;
  /** Told of a picture that could not be read, and of the first file of each kind that is left out. */
  readonly onError?: ((error: unknown, path: string) => void) | undefined;
}

interface Seen {
  readonly size: number;
  readonly mtimeMs: number;
  readonly done: boolean;
  /** How often it was empty when it was looked at. */
  readonly emptyLooks: number;
}

/** Something in the folder that will not change, as it seems. */
interface Found {
  readonly name: string;
  readonly mtimeMs: number;
  readonly kind: 'file' | 'folder' | 'broken' | 'special' | 'empty';
}

/**
 * A folder that a camera fills with pictures: each is read once, oldest first, as soon as it stopped growing.
 *
 * @remarks The folder is looked at from time to time, which works on network drives too, where systems do not
 * tell of changes. Frames have the time of their file.
 */
export function createFolderSource(path: string, options: FolderSourceOptions = {}): FrameSource {
  return { name: path, live: false, sparse: true, open: (signal) => readFolder(path, options, signal) };
}

async function* readFolder(
  path: string,
  options: FolderSourceOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem, void, void> {
  const seen = new Map<string, Seen>();
  const told = new Set<string>();
  let index = 0;
  let firstMs: number | null = null;
  let lastMs = 0;
  for (let first = true; ; first = false) {
    throwIfAborted(signal);
    for (const { name, mtimeMs, kind } of await completed(path, seen, first && options.newOnly === true)) {
      throwIfAborted(signal);
      const file = join(path, name);
      const skip = await reasonToSkip(name, kind, file);
      if (skip) {
        if (!told.has(skip.message)) options.onError?.(leftOut({ path: file, ...skip }), file);
        told.add(skip.message);
        continue;
      }
      const image = await readImage(file, { colorMode: 'rgb', signal }).catch((error: unknown) => {
        throwIfAborted(signal);
        options.onError?.(error, file);
        return null;
      });
      if (image === null) continue;
      firstMs ??= mtimeMs;
      // A copied file can be older than one that was read before; time never runs backwards for the tracker.
      lastMs = Math.max(lastMs, mtimeMs - firstMs);
      yield { type: 'frame', frame: { image, timeMs: lastMs, index: index++, release: () => undefined } };
    }
    await sleep(options.pollMs ?? 500, undefined, { signal }).catch(() => throwIfAborted(signal));
  }
}

async function reasonToSkip(name: string, kind: Found['kind'], file: string): Promise<Skip | null> {
  if (kind === 'file') return skipFile(name, file);
  if (kind === 'folder') return skipByName(name, 'folder') ?? BELOW;
  return skipByName(name, 'file') ?? (kind === 'empty' ? EMPTY : NOT_REGULAR[kind]);
}

/** Programs make a file first and fill it then; what stays empty for so many looks is told of, and looked at further. */
const EMPTY_LOOKS = 20;
const EMPTY = { reason: 'unreadable', message: 'an empty file (0 bytes)' } as const;
const BELOW = {
  reason: 'not-a-picture',
  message: 'a folder: only pictures directly in the watched folder are read',
} as const;

// A camera that writes a video beside each picture would fill the log.
function leftOut(skipped: SkippedFile): FaceTriggerError {
  const message = `${describeSkipped([skipped])[0]!}; so are all others of this kind`;
  return new FaceTriggerError('ERR_IMAGE_DECODE', message);
}

// A file is complete when two looks in a row saw the same size and time.
async function completed(
  path: string,
  seen: Map<string, Seen>,
  ignoreAll: boolean,
): Promise<readonly Found[]> {
  const names = await readdir(path).catch((cause: unknown) => {
    throw new FaceTriggerError('ERR_VIDEO_SOURCE', `Could not look into the folder ${path}`, { cause });
  });
  const ready: Found[] = [];
  const present = new Set(names);
  for (const name of seen.keys()) if (!present.has(name)) seen.delete(name);
  for (const name of names) {
    const before = seen.get(name);
    const now = await stat(join(path, name)).catch(() => null);
    // A name without anything behind it is a file that has just gone, or a link.
    if (!now && !(await lstat(join(path, name)).catch(() => null))) continue;
    const { size, mtimeMs } = now ?? { size: -1, mtimeMs: 0 };
    const kind = !now ? 'broken' : now.isDirectory() ? 'folder' : now.isFile() ? 'file' : 'special';
    const same = before !== undefined && before.size === size && before.mtimeMs === mtimeMs;
    if (before?.done && (same || kind !== 'file')) continue;
    const done = ignoreAll || kind !== 'file' || (same && size > 0);
    const emptyLooks = size === 0 && kind === 'file' ? (before?.emptyLooks ?? 0) + 1 : 0;
    seen.set(name, { size, mtimeMs, done, emptyLooks });
    if (ignoreAll) continue;
    if (done) ready.push({ name, mtimeMs, kind });
    else if (emptyLooks === EMPTY_LOOKS) ready.push({ name, mtimeMs, kind: 'empty' });
  }
  return ready.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
}
