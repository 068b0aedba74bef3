import { resolve, sep } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { type PeopleScan, scanPeopleFolder } from '../../dataset/people-folder.ts';
import type { Output } from '../output/output.ts';

/** A photo, and whose it is. */
export interface LabeledPhoto {
  readonly label: string;
  readonly photo: string;
}

/**
 * The photos of a folder of people, of which something is written.
 *
 * @param out - where it is written
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where that lies in the folder or the other way round
 */
export async function photosForOutput(
  folder: string,
  out: string,
): Promise<{ readonly photos: readonly LabeledPhoto[]; readonly scan: PeopleScan }> {
  // Results among the photos would be taken for photos the next time, and renaming the folder would move them all.
  const [from, to] = [resolve(folder) + sep, resolve(out) + sep];
  if (to.startsWith(from) || from.startsWith(to)) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      `Expected --out to lie apart from ${folder} but received ${out}`,
    );
  }
  const scan = await scanPeopleFolder(folder);
  const photos = scan.people.flatMap(({ label, photos }) => photos.map((photo) => ({ label, photo })));
  return { photos, scan };
}

/** Says who has a folder without a photo. */
export async function printWithoutPhotos(
  output: Output,
  { withoutPhotos }: PeopleScan,
  { json }: { readonly json?: true | undefined },
): Promise<void> {
  for (const label of withoutPhotos) {
    const message = 'there is no photo of this person that can be read';
    if (json) await output.json({ kind: 'no-photo', label, message });
    else output.note(`${printable(label)}: ${message}`);
  }
}
