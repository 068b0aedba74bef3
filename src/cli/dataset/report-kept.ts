import { printable } from '../../core/text/printable.ts';
import type { PeopleScan } from '../../dataset/people-folder.ts';
import type { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import type { Rejection } from './each-photo.ts';
import { type LabeledPhoto, printWithoutPhotos } from './photos-in-folder.ts';

/** Says which photos were kept, and why the others were not. */
export async function reportKept(
  output: Output,
  result: {
    readonly photos: readonly LabeledPhoto[];
    readonly scan: PeopleScan;
    readonly rejected: readonly Rejection[];
    readonly moved: string | null;
    readonly out: string;
    readonly json: true | undefined;
  },
): Promise<void> {
  const { photos, scan, rejected, moved, out, json } = result;
  const { skipped, withoutPhotos } = scan;
  const kept = photos.length - rejected.length;
  if (json) {
    await output.json({ out, moved, photos: photos.length, kept, rejected, withoutPhotos, skipped });
    return;
  }
  await printSkipped(output, skipped, {});
  await printWithoutPhotos(output, scan, {});
  const labels = [...new Set(rejected.map(({ label }) => label))];
  for (const label of labels) {
    const own = rejected.filter((each) => each.label === label);
    const all = photos.filter((each) => each.label === label).length;
    await output.line(`${printable(label)}: ${all - own.length} of ${all} kept`);
    for (const { photo, message } of own) await output.line(`  ${printable(photo)}: ${printable(message)}`);
  }
  output.note(`${kept} of ${photos.length} photos in ${printable(out)}`);
  if (moved) output.note(`what was there is now in ${printable(moved)}`);
}
