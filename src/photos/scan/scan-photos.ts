import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { AnalyzeOptions } from '../../core/pipeline/face-pipeline.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import type { SkippedFile } from '../../dataset/skipped-file.ts';
import type { PhotoFailureRow } from '../../gallery/stores/photos/photo-store.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { findFfmpeg } from '../../watch/find-ffmpeg.ts';
import type { PhotoLibrary } from '../library.ts';
import { countFiles, type FoundFile, findFiles } from './found-file.ts';
import { type FileNews, PhotoWriter } from './photo-writer.ts';
import {
  type AnalyzePhoto,
  type FaceReading,
  type FileContent,
  readContent,
  readFaces,
} from './read-faces.ts';

/** Default of {@link ScanOptions.everyMs}. */
export const DEFAULT_FILM_STEP_MS = 2000;
/** Files whose rows are looked up at once. */
const LOOK_UP = 200;

/** What a scan did with a file. */
export interface ScannedFile {
  readonly path: string;
  /** 'same': as it was at the last scan; 'copy': a known content at another path. */
  readonly outcome: 'same' | 'copy' | 'scanned' | 'failed' | 'skipped';
  /** Of a photo that was scanned. */
  readonly faces?: number | undefined;
  /** Why it failed or was left out. */
  readonly reason?: { readonly code: string; readonly message: string } | undefined;
}

/** How far a scan is. */
export interface ScanProgress {
  readonly done: number;
  /** Pictures and films in the folders; `null` while they are counted. */
  readonly total: number | null;
}

/** Milliseconds that steps of a scan took, of all threads together. */
export interface ScanTimes {
  readonly reading: number;
  readonly decoding: number;
  /** Including the wait for a thread. */
  readonly networks: number;
  readonly crops: number;
}

/** What a scan did. */
export interface ScanResult {
  readonly same: number;
  readonly copies: number;
  readonly scanned: number;
  readonly faces: number;
  readonly failed: number;
  /** Paths that were known and are gone. */
  readonly removed: number;
  readonly times: ScanTimes;
}

/** Options of {@link scanPhotos}. */
export interface ScanOptions {
  /** Finds and embeds faces: `PipelinePool.analyze`, or a pipeline's. */
  readonly analyze: AnalyzePhoto;
  /** Of the embedder that does it, which is the gallery's. */
  readonly profile: EmbedderProfile;
  /** How faces are looked for. */
  readonly settings?: AnalyzeOptions | undefined;
  /** Photos under way at once. @defaultValue 3 */
  readonly concurrency?: number | undefined;
  /** Milliseconds between two frames of a film that are looked at. @defaultValue {@link DEFAULT_FILM_STEP_MS} */
  readonly everyMs?: number | undefined;
  /** @defaultValue as `findFfmpeg` finds it; without one films are left out */
  readonly ffmpegPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Told what was done with each file; the scan waits for it. */
  readonly onFile?: ((file: ScannedFile) => void | Promise<void>) | undefined;
}

/**
 * Looks through folders for pictures and films, and keeps the faces in them.
 *
 * @param folders - searched with the folders in them
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND` for a folder that is not there, `ERR_MODEL_MISMATCH` for another
 * embedder than the gallery's, `ERR_ABORTED`; what was read until then is kept
 * @remarks Files of the size and time of the last scan are not opened; those of a known content are not searched again.
 * Paths under the folders that are gone are removed, their photos stay. Memory does not grow with the collection.
 */
export async function scanPhotos(
  library: PhotoLibrary,
  folders: readonly string[],
  options: ScanOptions,
): Promise<ScanResult> {
  const { signal = new AbortController().signal } = options;
  const roots = await Promise.all(folders.map(rootOf));
  checkEmbedder(library, options.profile);
  return new PhotoScan(library, roots, { ...options, signal }).run();
}

type Counts = { -readonly [Key in keyof Omit<ScanResult, 'times'>]: number };

class PhotoScan {
  readonly #library: PhotoLibrary;
  readonly #roots: readonly string[];
  readonly #options: ScanOptions & { readonly signal: AbortSignal };
  readonly #counts: Counts = { same: 0, copies: 0, scanned: 0, faces: 0, failed: 0, removed: 0 };
  readonly #times = { reading: 0, decoding: 0, networks: 0, crops: 0 };
  /** Contents under way, and those that are read and not written yet. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  /** Those of them that the writer has. */
  readonly #kept: string[] = [];
  readonly #running = new Set<Promise<void>>();
  #total: number | null = null;
  #done = 0;
  #failure: unknown;

  constructor(
    library: PhotoLibrary,
    roots: readonly string[],
    options: ScanOptions & { readonly signal: AbortSignal },
  ) {
    this.#library = library;
    this.#roots = roots;
    this.#options = options;
  }

  async run(): Promise<ScanResult> {
    const { store } = this.#library;
    const { signal } = this.#options;
    const ffmpegPath = await findFfmpeg({ path: this.#options.ffmpegPath }).catch((error: unknown) => {
      if (this.#options.ffmpegPath === undefined && error instanceof FaceTriggerError) return error;
      throw error;
    });
    const scan = await store.transaction((rows) => rows.nextScan());
    const writer = new PhotoWriter(store, scan);
    const ended = new AbortController();
    const counting = this.#count(AbortSignal.any([signal, ended.signal]));
    try {
      for (const root of this.#roots) {
        const closed: string[] = [];
        await this.#scanFolder(root, { writer, ffmpegPath, closed });
        await Promise.all(this.#running);
        await this.#flush(writer);
        this.#check();
        this.#counts.removed += await store.transaction((rows) => rows.removeUnseen(root, scan, closed));
      }
    } finally {
      ended.abort();
      await Promise.allSettled([counting, ...this.#running]);
      // What was read until here stays, whatever ended the scan.
      await writer.flush().catch(() => undefined);
    }
    return { ...this.#counts, times: this.#times };
  }

  async #scanFolder(root: string, parts: ScanParts): Promise<void> {
    let batch: FoundFile[] = [];
    for await (const { file, skipped } of findFiles(root)) {
      this.#check();
      if (skipped) await this.#leaveOut(skipped, parts.closed);
      else if (file.isFilm && typeof parts.ffmpegPath !== 'string') await this.#leaveOutFilm(file, parts);
      else if (batch.push(file) >= LOOK_UP) await this.#take(batch.splice(0), parts);
    }
    await this.#take(batch, parts);
    batch = [];
  }

  /** Looks files up and reads those that are new, as many at once as are wanted. */
  async #take(files: readonly FoundFile[], parts: ScanParts): Promise<void> {
    const { store } = this.#library;
    const paths = files.map(({ path }) => path);
    const known = await store.files(paths);
    const failed = await store.failures(paths);
    for (const file of files) {
      this.#check();
      const row = known.get(file.path) ?? failed.get(file.path);
      if (row && row.size === file.size && row.mtimeMs === file.mtimeMs) {
        await parts.writer.add({ kind: 'same', file });
        await this.#tell({ path: file.path, outcome: 'same' });
        this.#counts.same++;
        continue;
      }
      while (this.#running.size >= (this.#options.concurrency ?? 3)) await Promise.race(this.#running);
      const work: Promise<void> = this.#read(file, parts)
        .catch((error: unknown) => {
          this.#failure ??= error;
        })
        .finally(() => this.#running.delete(work));
      this.#running.add(work);
    }
  }

  async #read(file: FoundFile, parts: ScanParts): Promise<void> {
    const { path } = file;
    const ffmpegPath = typeof parts.ffmpegPath === 'string' ? parts.ffmpegPath : null;
    const { analyze, profile, settings = {}, everyMs = DEFAULT_FILM_STEP_MS, signal } = this.#options;
    const onTime: FaceReading['onTime'] = (step, ms) => {
      this.#times[step] += ms;
    };
    const reading = { analyze, profile, settings, everyMs, ffmpegPath, signal, onTime };
    try {
      const content = await readContent(file, reading);
      const isCopy = await this.#isCopyOfOneUnderWay(content.sha256);
      if (isCopy) await this.#keepCopy(file, content, parts);
      else await this.#first(file, content, { parts, reading });
    } catch (error) {
      throwIfAborted(signal);
      if (!(error instanceof FaceTriggerError) || !OF_THE_FILE.has(error.code)) throw error;
      const { code, message } = error;
      const { size, mtimeMs } = file;
      const row: PhotoFailureRow = { path, size, mtimeMs, code, message, at: new Date() };
      await this.#keep({ kind: 'failure', row }, parts);
      this.#counts.failed++;
      await this.#tell({ path, outcome: 'failed', reason: { code, message } });
    }
  }

  /** Looks at a content that nobody else looks at now: whoever comes by it meanwhile waits. */
  #first(
    file: FoundFile,
    content: FileContent,
    { parts, reading }: { readonly parts: ScanParts; readonly reading: FaceReading },
  ): Promise<void> {
    const { sha256 } = content;
    const work = (async () => {
      if ((await this.#library.store.photoIdOfContent(sha256)) !== null)
        return this.#keepCopy(file, content, parts);
      const read = await readFaces(file, content, reading);
      this.#counts.scanned++;
      this.#counts.faces += read.faces.length;
      await this.#keep({ kind: 'photo', file, read }, parts);
      await this.#tell({ path: file.path, outcome: 'scanned', faces: read.faces.length });
    })();
    const isKept = work.then(
      () => true,
      () => false,
    );
    this.#underWay.set(sha256, isKept);
    void isKept.then((kept) => (kept ? this.#kept.push(sha256) : this.#underWay.delete(sha256)));
    return work;
  }

  /** Whether the content is kept, or written soon, by whoever came by it first. */
  async #isCopyOfOneUnderWay(sha256: string): Promise<boolean> {
    for (;;) {
      const underWay = this.#underWay.get(sha256);
      if (underWay === undefined) return false;
      if (await underWay) return true;
    }
  }

  async #keepCopy(file: FoundFile, { sha256 }: FileContent, parts: ScanParts): Promise<void> {
    this.#counts.copies++;
    await this.#keep({ kind: 'copy', file, sha256 }, parts);
    await this.#tell({ path: file.path, outcome: 'copy' });
  }

  async #keep(news: FileNews, { writer }: ScanParts): Promise<void> {
    await writer.add(news);
    if (this.#kept.length >= LOOK_UP) await this.#flush(writer);
  }

  async #flush(writer: PhotoWriter): Promise<void> {
    const kept = this.#kept.splice(0);
    await writer.flush();
    // Whoever asks from now on finds them in the store.
    for (const sha256 of kept) this.#underWay.delete(sha256);
  }

  async #leaveOut({ path, reason, message }: SkippedFile, closed: string[]): Promise<void> {
    // What cannot be read may hold photos that are known.
    if (reason === 'unreadable') closed.push(path);
    // What other programs, and this one, write beside photos is no photo that was missed.
    if (reason === 'not-a-picture' && path.toLowerCase().endsWith('.xmp')) return;
    await this.#options.onFile?.({ path, outcome: 'skipped', reason: { code: reason, message } });
  }

  async #leaveOutFilm({ path }: FoundFile, { ffmpegPath, closed }: ScanParts): Promise<void> {
    closed.push(path);
    const { code, message } = ffmpegPath as FaceTriggerError;
    await this.#tell({ path, outcome: 'skipped', reason: { code, message } });
  }

  async #tell(file: ScannedFile): Promise<void> {
    this.#done++;
    const { onFile, onProgress } = this.#options;
    onProgress?.({ done: this.#done, total: this.#total });
    await onFile?.(file);
  }

  async #count(signal: AbortSignal): Promise<void> {
    let total = 0;
    for (const root of this.#roots)
      await countFiles(
        root,
        (more) => {
          total += more;
        },
        signal,
      );
    if (!signal.aborted) this.#total = total;
  }

  #check(): void {
    throwIfAborted(this.#options.signal, 'The scan');
    if (this.#failure !== undefined) throw this.#failure;
  }
}

interface ScanParts {
  readonly writer: PhotoWriter;
  /** Or why there is none. */
  readonly ffmpegPath: string | FaceTriggerError;
  /** What could not be looked into. */
  readonly closed: string[];
}

/** Codes that say something about one file; any other ends the scan. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  'ERR_FILE_NOT_FOUND',
  'ERR_FILE_READ',
  'ERR_FILE_FORMAT',
  'ERR_IMAGE_DECODE',
  'ERR_IMAGE_TOO_LARGE',
  'ERR_VIDEO_SOURCE',
]);

async function rootOf(folder: string): Promise<string> {
  const path = resolve(await pathOnDisk(localPath(folder)));
  // One that is not there says nothing of the photos in it.
  return realpath(path).catch((cause: unknown) => {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no folder ${folder}`, { cause });
  });
}

function checkEmbedder({ gallery }: PhotoLibrary, { id, sha256 }: EmbedderProfile): void {
  if (gallery.embedder.sha256 === sha256) return;
  const message = `The library holds faces of the embedder ${gallery.embedder.id}, and ${id} is given`;
  throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
}
