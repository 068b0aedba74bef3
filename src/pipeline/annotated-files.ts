import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { ListedImage } from '../dataset/list-images.ts';
import { outputNames } from '../dataset/output-names.ts';
import { PRIVATE_FILE_MODE } from '../node/files/atomic-write.ts';
import { makeFolder } from '../node/files/make-folder.ts';
import { annotateImage } from '../node/image/annotate.ts';
import { writeImage } from '../node/image/encode-image.ts';
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
    await refuseFile(folder);
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
        `Writing to ${folder} would replace the original ${target}: choose another folder`,
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
    await makeFolder(dirname(target));
    await writeImage(target, annotated, { mode: PRIVATE_FILE_MODE });
    return target;
  }
}

async function refuseFile(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => null);
  if (stats === null || stats.isDirectory()) return;
  throw new FaceTriggerError('ERR_FILE_WRITE', `Expected a folder to draw into but ${folder} is a file`);
}
