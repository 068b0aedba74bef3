import sharp from 'sharp';
import { IMAGE_SHRINKS } from '../../core/image/image-shrink.ts';
import { DEFAULT_IMAGE_QUALITY } from './encode-image.ts';
import type { ImageSource } from './image-source.ts';
import { type ReadImageOptions, readImage, readImageHeader } from './read-image.ts';

/** Options of {@link shrinkPicture}. */
export interface ShrinkPictureOptions extends Pick<ReadImageOptions, 'maxBytes' | 'maxPixels' | 'signal'> {
  /** The longer side of what is wanted, in pixels; a picture that is smaller keeps its size. */
  readonly side: number;
}

/**
 * Makes a small JPEG of a picture, for a screen: upright, and with nothing of the file but its pixels.
 *
 * @throws FaceTriggerError as `readImage`
 */
export async function shrinkPicture(
  source: ImageSource,
  { side, ...limits }: ShrinkPictureOptions,
): Promise<Uint8Array> {
  const header = await readImageHeader(source, limits);
  const longer = Math.max(header.width, header.height);
  const shrink = IMAGE_SHRINKS.find((times) => longer / times >= side) ?? 1;
  const { data, width, height, channels } = await readImage(source, { ...limits, shrink });
  const pixels = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  const bytes = await pixels
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: DEFAULT_IMAGE_QUALITY })
    .toBuffer();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
