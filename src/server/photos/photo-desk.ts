import type { StoredPhoto } from '../../gallery/stores/photos/photo-store.ts';
import { settleDecisions } from '../../photos/decide/settle-decisions.ts';
import { PhotoGrouper } from './photo-grouper.ts';
import { readOriginal } from './read-original.ts';
import type { ServedPhotos } from './served-photos.ts';
import { Turns } from './turns.ts';

/** Originals that are read and made small at a time; each may take 300 MB. */
const READERS = 2;

/** The photos of a gallery, as routes work with them. */
export class PhotoDesk {
  readonly library: ServedPhotos;
  readonly grouper: PhotoGrouper;
  readonly #turns = new Turns(READERS);

  private constructor(library: ServedPhotos, onProblem: (error: unknown) => void) {
    this.library = library;
    this.grouper = new PhotoGrouper(library, onProblem);
  }

  /** Takes back what a killed process left half decided, and begins. */
  static async open(library: ServedPhotos, onProblem: (error: unknown) => void): Promise<PhotoDesk> {
    await settleDecisions(library);
    return new PhotoDesk(library, onProblem);
  }

  /** Whether there are photos at all. */
  async hasPhotos(): Promise<boolean> {
    return (await this.library.store.countPhotos({})) > 0;
  }

  /** A photo made small. @throws FaceTriggerError as `readOriginal` */
  picture(photo: StoredPhoto, side: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#turns.run(() => readOriginal(photo, { side, signal }), signal);
  }

  async close(): Promise<void> {
    await this.grouper.close();
  }
}
