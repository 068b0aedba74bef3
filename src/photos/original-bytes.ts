import { createHash } from 'node:crypto';
import { FaceTriggerError } from '../core/errors.ts';
import type { StoredPhoto } from '../gallery/stores/photos/photo-store.ts';
import { loadImageBytes } from '../node/image/image-source.ts';
import { MAX_PHOTO_BYTES } from './scan/read-faces.ts';

/**
 * The bytes of a photo, out of the first of its files that still has the content that was scanned.
 *
 * @param photo - as the library has it: a file is read only where a scan found it
 * @returns `null` where no file is left that has the content
 * @throws FaceTriggerError `ERR_ABORTED`
 * @remarks The hash is compared: a file that took the place of the photo may be of something else, which nobody said is
 * to be shown, and the boxes would not fit it.
 */
export async function originalBytes(
  { paths, sha256 }: Pick<StoredPhoto, 'paths' | 'sha256'>,
  signal?: AbortSignal | undefined,
): Promise<Uint8Array | null> {
  for (const path of paths) {
    try {
      const bytes = await loadImageBytes(path, { maxBytes: MAX_PHOTO_BYTES, signal });
      if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
    } catch (error) {
      // A copy may be there where this one is gone.
      if (signal?.aborted || !(error instanceof FaceTriggerError)) throw error;
    }
  }
  return null;
}
