import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box } from '../core/geometry/box.ts';
import { cropImage } from '../core/image/crop-image.ts';
import type { Image } from '../core/image/image.ts';
import { PRIVATE_FILE_MODE } from '../node/files/atomic-write.ts';
import { writeImage } from '../node/image/encode-image.ts';

// The part of the face's size that is shown around it.
const MARGIN = 0.4;

/** Options of {@link SnapshotStore}. */
export interface SnapshotStoreOptions {
  /** Told once when pictures begin to be refused, and again after one was written. @defaultValue a warning of the process */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/**
 * Keeps the best picture of each track in memory and writes it once an event needs it.
 *
 * @remarks File names are made of the time, a number of this store and the track: no name of a person or a camera can
 * lead out of the folder, and several cameras can share it.
 */
export class SnapshotStore {
  readonly #folder: string;
  readonly #onProblem: (message: string) => void;
  readonly #tag = randomBytes(4).toString('hex');
  readonly #pending = new Map<string, Image>();
  readonly #best = new Map<number, { quality: number; path: string }>();
  #isFailing = false;

  constructor(
    folder: string,
    { onProblem = (message) => process.emitWarning(message) }: SnapshotStoreOptions = {},
  ) {
    this.#folder = folder;
    this.#onProblem = onProblem;
  }

  /**
   * Offers a picture of a track.
   *
   * @param picture - see {@link cropFace}
   * @param options.clock - milliseconds since 1970
   * @returns the path that it would be written to; null when a better one is held already
   */
  offer(picture: Image, options: { track: number; quality: number; clock: number }): string | null {
    const { track, quality, clock } = options;
    const best = this.#best.get(track);
    if (best && best.quality > quality) return null;
    if (best) this.#pending.delete(best.path);
    const time = new Date(clock).toISOString().replace(/[:.]/g, '-');
    const path = join(this.#folder, `${time}-${this.#tag}-track-${track}.jpg`);
    this.#best.set(track, { quality, path });
    this.#pending.set(path, picture);
    return path;
  }

  /**
   * Writes the picture at a path, if it was not written yet.
   *
   * @returns whether it is there; what keeps it away is told, and the next event of the track tries again
   */
  async write(path: string): Promise<boolean> {
    const image = this.#pending.get(path);
    if (!image) return true;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeImage(path, image, { mode: PRIVATE_FILE_MODE });
    } catch (error) {
      if (!this.#isFailing)
        this.#onProblem(`no pictures of faces can be written: ${(error as Error).message}`);
      this.#isFailing = true;
      return false;
    }
    this.#isFailing = false;
    this.#pending.delete(path);
    return true;
  }

  /** The track ended. */
  forget(track: number): void {
    const best = this.#best.get(track);
    if (best) this.#pending.delete(best.path);
    this.#best.delete(track);
  }
}

/** Cuts a face with some of its surroundings; the result has its own memory. */
export function cropFace(image: Image, box: Box): Image {
  const left = Math.max(0, Math.floor(box.left - box.width * MARGIN));
  const top = Math.max(0, Math.floor(box.top - box.height * MARGIN));
  const right = Math.min(image.width, Math.ceil(box.left + box.width * (1 + MARGIN)));
  const bottom = Math.min(image.height, Math.ceil(box.top + box.height * (1 + MARGIN)));
  return cropImage(image, { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) });
}
