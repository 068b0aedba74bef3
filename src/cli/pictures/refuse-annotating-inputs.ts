import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { fixedPart } from '../../dataset/list-images.ts';

/**
 * Checks that pictures are not drawn into the folder that they come from: they would lie among the originals, and
 * what lies in the folder that is drawn into is never looked at.
 *
 * @param inputs - files, folders or globs
 * @param annotate - the folder to draw into
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export async function refuseAnnotatingInputs(inputs: readonly string[], annotate: string): Promise<void> {
  const target = (await real(annotate)) + sep;
  for (const input of inputs) {
    const stats = await stat(input).catch(() => null);
    const place = stats?.isDirectory() ? input : stats ? dirname(input) : fixedPart(input) || '.';
    if (!((await real(place)) + sep).startsWith(target)) continue;
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      `--annotate ${annotate} is where ${input} comes from: choose another folder, such as --annotate ${apartFrom(annotate)}`,
    );
  }
}

/** A name that lies beside the folder, not in it: `.` and `..` have none of their own. */
function apartFrom(folder: string): string {
  const bare = folder.replace(/[/\\]+$/, '');
  return /^\.{0,2}$|[/\\]\.{1,2}$/.test(bare) ? join('..', 'marked') : `${bare}-marked`;
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
