import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ListedImage } from '../dataset/list-images.ts';
import { outputNames } from '../dataset/output-names.ts';
import { FaceTriggerError } from '../errors.ts';
import { annotateImage } from '../image/annotate.ts';
import { writeImage } from '../image/encode-image.ts';
import type { Image } from '../image/image.ts';
import type { Face } from './face.ts';
import { faceMarks } from './face-marks.ts';

/** Extensions that annotated pictures keep; all others get the first one added. */
const WRITABLE = ['.png', '.jpg', '.jpeg', '.webp'];

/** Pictures with the faces drawn on, below a folder, under the names of the originals. */
export class AnnotatedFiles {
  readonly #targets: ReadonlyMap<ListedImage, string>;

  private constructor(targets: ReadonlyMap<ListedImage, string>) {
    this.#targets = targets;
  }

  /**
   * Plans where each picture goes.
   *
   * @param folder - made when the first picture is written
   * @param files - all the pictures of the run
   * @throws FaceTriggerError `ERR_FILE_WRITE` if one of the originals would be replaced
   */
  static async plan(folder: string, files: readonly ListedImage[]): Promise<AnnotatedFiles> {
    const names = outputNames(
      files.map(({ name }) => name),
      { extensions: WRITABLE },
    );
    const base = await realpath(folder).catch(() => resolve(folder));
    const originals = new Set(
      await Promise.all(files.map(({ path }) => realpath(path).catch(() => resolve(path)))),
    );
    const targets = new Map(files.map((file, index) => [file, join(base, names[index]!)]));
    for (const target of targets.values()) {
      // The target may be reached through links inside the folder.
      const real = await realpath(target).catch(() => target);
      if (!originals.has(real)) continue;
      throw new FaceTriggerError(
        'ERR_FILE_WRITE',
        `Writing to ${folder} would replace the original ${target}`,
      );
    }
    return new AnnotatedFiles(targets);
  }

  /**
   * Draws the faces of one of the planned pictures and writes it.
   *
   * @returns the path
   * @throws FaceTriggerError `ERR_FILE_WRITE`
   */
  async write(file: ListedImage, image: Image, faces: readonly Face[]): Promise<string> {
    const target = this.#targets.get(file)!;
    const annotated = await annotateImage(image, faceMarks(faces));
    try {
      await mkdir(dirname(target), { recursive: true });
    } catch (cause) {
      const message = `Could not make the folder of ${target}: ${(cause as Error).message}`;
      throw new FaceTriggerError('ERR_FILE_WRITE', message, { cause });
    }
    await writeImage(target, annotated);
    return target;
  }
}
