import { invalidArgument } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';

/** Largest thumbnail in bytes: a picture of one face, not an album. */
export const THUMBNAIL_LIMIT_BYTES = 2 ** 20;

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkThumbnail(thumbnail: Uint8Array | null | undefined): Uint8Array | null {
  if (thumbnail === null || thumbnail === undefined) return null;
  if (isKind(thumbnail, 'Uint8Array') && thumbnail.length <= THUMBNAIL_LIMIT_BYTES) return thumbnail;
  throw invalidArgument(`at most ${THUMBNAIL_LIMIT_BYTES} bytes`, 'face.thumbnail', thumbnail);
}
