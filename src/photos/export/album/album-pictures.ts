import { FaceTriggerError } from '../../../core/errors.ts';
import type { Image } from '../../../core/image/image.ts';
import { resizeImage } from '../../../core/image/resize-image.ts';
import type { PhotoReads } from '../../../gallery/stores/photos/photo-store.ts';
import { encodeImage } from '../../../node/image/encode-image.ts';
import { readImage } from '../../../node/image/read-image.ts';
import type { FoundPhoto } from '../../find/find-photos.ts';
import { originalBytes } from '../../original-bytes.ts';
import { MAX_PHOTO_BYTES } from '../../scan/read-faces.ts';

/** Longest sides of the pictures of an album, in pixels. */
const SIDES = { small: 320, large: 1600 } as const;
const QUALITY = 82;

/** A photo in two sizes, as JPEG. */
export interface AlbumPictures {
  readonly small: Uint8Array;
  readonly large: Uint8Array;
}

/**
 * Makes the pictures of a photo; of a film a face in it.
 *
 * @returns `null` where no file has the content any more that was scanned, or none can be read
 */
export async function albumPictures(
  store: Pick<PhotoReads, 'findThumbnail'>,
  photo: FoundPhoto,
  signal?: AbortSignal,
): Promise<AlbumPictures | null> {
  const image = photo.kind === 'film' ? await faceOf(store, photo) : await original(photo, signal);
  if (image === null) return null;
  return { small: await encoded(image, SIDES.small), large: await encoded(image, SIDES.large) };
}

async function original(photo: FoundPhoto, signal: AbortSignal | undefined): Promise<Image | null> {
  const bytes = await originalBytes(photo, signal);
  if (bytes === null) return null;
  return readImage(bytes, { maxBytes: MAX_PHOTO_BYTES, signal }).catch((error: unknown) => {
    if (signal?.aborted || !(error instanceof FaceTriggerError)) throw error;
    return null;
  });
}

async function faceOf(
  store: Pick<PhotoReads, 'findThumbnail'>,
  { people }: FoundPhoto,
): Promise<Image | null> {
  const face = people[0]?.faces[0];
  const found = face === undefined ? null : await store.findThumbnail(face.id);
  return found?.thumbnail ? readImage(found.thumbnail).catch(() => null) : null;
}

function encoded(image: Image, side: number): Promise<Uint8Array> {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const sized = scale === 1 ? image : resizeImage(image, { width, height });
  return encodeImage(sized, { format: 'jpeg', quality: QUALITY });
}
