import { FaceTriggerError } from '../../core/errors.ts';
import type { StoredPhoto } from '../../gallery/stores/photos/photo-store.ts';
import { shrinkPicture } from '../../node/image/shrink-picture.ts';
import { originalBytes } from '../../photos/original-bytes.ts';
import { MAX_PHOTO_BYTES } from '../../photos/scan/read-faces.ts';

/**
 * A photo made small: see {@link originalBytes}.
 *
 * @param options.side - the longer one, in pixels
 * @throws FaceTriggerError `ERR_NOT_FOUND` for a film, and where no file is left that has the content
 */
export async function readOriginal(
  photo: StoredPhoto,
  { side, signal }: { readonly side: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  if (photo.kind === 'film') throw notFound('A film has no picture here; its faces have');
  const bytes = await originalBytes(photo, signal);
  if (bytes !== null) return shrinkPicture(bytes, { side, maxBytes: MAX_PHOTO_BYTES, signal });
  throw notFound('The file of this photo is gone or was changed; scan its folder again');
}

function notFound(message: string): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_FOUND', message);
}
