import type { Box } from '../../core/geometry/box.ts';
import { cropImage } from '../../core/image/crop-image.ts';
import { resizeImage } from '../../core/image/resize-image.ts';
import { encodeImage } from '../../node/image/encode-image.ts';
import { readImage } from '../../node/image/read-image.ts';

/** Side of the pictures in reports, in pixels: sharp on a phone at 115 CSS pixels, about 8 kB each. */
const SIDE = 224;
/** Room around the face, as a share of the box. */
const MARGIN = 0.35;

/**
 * Makes a small square picture of a face that an HTML page can carry within itself.
 *
 * @param path - the picture's file
 * @param box - the face in it
 * @returns a `data:` URL of a JPEG
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_IMAGE_DECODE`, `ERR_IMAGE_TOO_LARGE`
 */
export async function facePicture(path: string, box: Box): Promise<string> {
  const image = await readImage(path);
  const side = Math.min(Math.max(box.width, box.height) * (1 + 2 * MARGIN), image.width, image.height);
  const size = Math.max(1, Math.floor(side));
  const within = (middle: number, length: number) =>
    Math.max(0, Math.min(Math.round(middle - size / 2), length - size));
  const left = within(box.left + box.width / 2, image.width);
  const top = within(box.top + box.height / 2, image.height);
  const face = resizeImage(cropImage(image, { left, top, width: size, height: size }), {
    width: SIDE,
    height: SIDE,
  });
  const bytes = await encodeImage(face, { format: 'jpeg', quality: 80 });
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;
}
