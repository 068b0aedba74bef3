import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { galleryAddress } from '../gallery-address.ts';
import type { GallerySettings, GalleryStore } from '../stores/gallery-store.ts';
import { openRows } from '../stores/open-rows.ts';

/**
 * Opens the rows of a gallery without a policy over them: nobody is purged, nothing is indexed.
 *
 * @param made - what a gallery that does not exist is made for. Absent: it must exist
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for `memory:`, and as `openGallery`
 */
export async function openForCopy(url: string, made?: GallerySettings): Promise<GalleryStore> {
  const address = galleryAddress(url);
  if (address.kind === 'memory') {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'A gallery in memory (memory:) is gone when the copy is done: give a file or a database',
    );
  }
  return openRows(address, {
    create: made !== undefined,
    ...(made && { embedder: made.embedder, metric: made.metric, describe: async () => made }),
  });
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where both are one gallery */
export async function requireTwo(from: string, to: string): Promise<void> {
  const places = await Promise.all([from, to].map(placeOf));
  if (places[0] === places[1]) throw invalidArgument('another gallery', 'to', 'the one to copy');
}

async function placeOf(url: string): Promise<string> {
  const address = galleryAddress(url);
  if (address.kind === 'sqlite') return pathOnDisk(localPath(address.path));
  return address.kind === 'postgres' ? address.shown : address.kind;
}
