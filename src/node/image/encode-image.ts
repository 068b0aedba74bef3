import { extname } from 'node:path';
import sharp from 'sharp';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { assertImage, type Image } from '../../core/image/image.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';

/** A picture format that {@link encodeImage} writes. */
export type EncodedImageFormat = 'jpeg' | 'png' | 'webp';

/** Options of {@link encodeImage}. */
export interface EncodeImageOptions {
  readonly format: EncodedImageFormat;
  /** 1 .. 100 for JPEG and WebP; PNG keeps every pixel and has no quality. @defaultValue `DEFAULT_IMAGE_QUALITY` */
  readonly quality?: number | undefined;
}

/** Default of {@link EncodeImageOptions.quality}. */
export const DEFAULT_IMAGE_QUALITY = 90;

const FORMAT_BY_EXTENSION: Readonly<Record<string, EncodedImageFormat>> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.png': 'png',
  '.webp': 'webp',
};

/**
 * Encodes an image as JPEG, PNG or WebP.
 *
 * @returns the bytes of the file; gray images give gray JPEG and PNG files
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_UNSUPPORTED_OPTION` (quality of a
 * PNG), `ERR_IMAGE_TOO_LARGE` (a side longer than the format allows)
 */
export async function encodeImage(image: Image, options: EncodeImageOptions): Promise<Uint8Array> {
  assertImage(image);
  const { format } = options;
  if (format !== 'jpeg' && format !== 'png' && format !== 'webp') {
    throw invalidArgument("'jpeg', 'png' or 'webp'", 'options.format', format);
  }
  if (format === 'png' && options.quality !== undefined) {
    throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', 'PNG keeps every pixel and has no options.quality');
  }
  const quality = options.quality ?? DEFAULT_IMAGE_QUALITY;
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw invalidArgument('an integer 1 .. 100', 'options.quality', quality);
  }
  const { data, width, height, channels } = image;
  const pipeline = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  if (channels === 1) pipeline.toColorspace('b-w');
  try {
    const bytes = await pipeline.toFormat(format, format === 'png' ? {} : { quality }).toBuffer();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (cause) {
    // The arguments are valid, so that only the format's own limit on sides can be the reason.
    const message = `An image of ${width} x ${height} pixels cannot be written as ${format}`;
    throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `${message}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Writes an image to a file whose extension (.jpg, .jpeg, .png, .webp) names the format.
 *
 * @param path - in an existing folder; an existing file is replaced as a whole
 * @param options.quality - as in {@link encodeImage}
 * @param options.mode - permissions of the file, such as 0o600. @defaultValue from the umask
 * @throws FaceTriggerError as {@link encodeImage}, and `ERR_FILE_WRITE`
 */
export async function writeImage(
  path: string,
  image: Image,
  options: Omit<EncodeImageOptions, 'format'> & { readonly mode?: number | undefined } = {},
): Promise<void> {
  const { mode, ...encoding } = options;
  const format = imageFormatOf(path);
  await writeFileAtomic(path, await encodeImage(image, { ...encoding, format }), { mode });
}

/** The format that a file's extension names. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function imageFormatOf(path: string): EncodedImageFormat {
  const format = FORMAT_BY_EXTENSION[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  throw invalidArgument(`a path that ends in ${Object.keys(FORMAT_BY_EXTENSION).join(', ')}`, 'path', path);
}
