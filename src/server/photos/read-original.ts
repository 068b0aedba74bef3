import { createHash } from 'node:crypto';
import { FaceTriggerError } from '../../core/errors.ts';
import type { StoredPhoto } from '../../gallery/stores/photos/photo-store.ts';
import { loadImageBytes } from '../../node/image/image-source.ts';
import { shrinkPicture } from '../../node/image/shrink-picture.ts';
import { MAX_PHOTO_BYTES } from '../../photos/scan/read-faces.ts';

/**
 * A photo made small, out of the first of its files that still has the content that was scanned.
 *
 * @param photo - as the library has it: a file is read only where a scan found it
 * @param options.side - the longer one, in pixels
 * @throws FaceTriggerError `ERR_NOT_FOUND` for a film, and where no file is left that has the content
 * @remarks The hash is compared: a file that took the place of the photo may be of something else, which nobody said is
 * to be shown, and the boxes would not fit it.
 */
export async function readOriginal(
  { kind, paths, sha256 }: StoredPhoto,
  { side, signal }: { readonly side: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  if (kind === 'film') throw notFound('A film has no picture here; its faces have');
  for (const path of paths) {
    const bytes = await loadImageBytes(path, { maxBytes: MAX_PHOTO_BYTES, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof FaceTriggerError) return null;
        throw error;
      },
    );
    if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== sha256) continue;
    return shrinkPicture(bytes, { side, maxBytes: MAX_PHOTO_BYTES, signal });
  }
  throw notFound('The file of this photo is gone or was changed; scan its folder again');
}

function notFound(message: string): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_FOUND', message);
}
