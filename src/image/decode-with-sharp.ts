import type { Metadata, Sharp, SharpOptions } from 'sharp';
import sharp from 'sharp';
import { FaceTriggerError } from '../errors.ts';
import type { Image } from './image.ts';
import type { ImageShrink } from './image-shrink.ts';

/** What the header of a compressed picture says; the size is the one after its EXIF orientation is applied. */
export interface SharpHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly hasAlpha: boolean;
}

/**
 * Reads the header of a JPEG, PNG, WebP, AVIF, TIFF or GIF without decoding pixels.
 *
 * @param bytes - the whole file
 * @param format - what the first bytes say; the library must agree
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`
 */
export async function readSharpHeader(bytes: Uint8Array, format: string): Promise<SharpHeader> {
  let metadata: Metadata;
  try {
    metadata = await open(bytes, Number.MAX_SAFE_INTEGER).metadata();
  } catch (cause) {
    throw decodeError(cause, format);
  }
  const found = metadata.format === 'heif' ? 'avif' : metadata.format;
  if (found !== format) throw decodeError(new Error(`its content is ${found}`), format);
  const { width, height } = metadata.autoOrient;
  // The names of libvips for gray pictures of 8 and 16 bits.
  const gray = metadata.space === 'b-w' || metadata.space === 'grey16';
  return { width, height, channels: gray ? 1 : 3, hasAlpha: metadata.hasAlpha === true };
}

/**
 * Decodes the first frame or page to gray or sRGB, upright, on white where it is transparent.
 *
 * @param header - of these bytes; its size has been checked against the caller's limits
 * @param options.maxPixels - handed on to the decoder, as a second check
 * @param options.shrink - for JPEG
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`
 */
export async function decodeWithSharp(
  bytes: Uint8Array,
  header: SharpHeader,
  options: { readonly format: string; readonly maxPixels: number; readonly shrink: ImageShrink },
): Promise<Image> {
  const pipeline = open(bytes, options.maxPixels);
  let { width, height } = header;
  if (options.shrink > 1 && options.format === 'jpeg') {
    // Rounded down: sharp lets the decoder shrink by no more than the ratio of the sides.
    width = Math.max(1, Math.floor(width / options.shrink));
    height = Math.max(1, Math.floor(height / options.shrink));
    pipeline.resize(width, height, { fit: 'fill' });
  }
  if (header.hasAlpha) pipeline.flatten({ background: '#ffffff' });
  pipeline.toColourspace(header.channels === 1 ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
  try {
    const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
    if (info.channels !== header.channels || info.width !== width || info.height !== height) {
      throw new Error(`its pixels (${info.width} x ${info.height} x ${info.channels}) contradict its header`);
    }
    return {
      data: new Uint8Array(data.buffer, data.byteOffset, data.length),
      width: info.width,
      height: info.height,
      channels: header.channels,
    };
  } catch (cause) {
    throw decodeError(cause, options.format);
  }
}

// failOn 'error' refuses what is cut off or damaged beyond repair. The stricter 'warning' would also refuse the
// many camera files with harmless faults (such as stray bytes between JPEG segments) that every viewer shows.
function open(bytes: Uint8Array, maxPixels: number): Sharp {
  const options: SharpOptions = {
    autoOrient: true,
    failOn: 'error',
    limitInputPixels: Math.min(maxPixels, Number.MAX_SAFE_INTEGER),
    sequentialRead: true,
    unlimited: false,
    pages: 1,
    page: 0,
  };
  return sharp(bytes, options);
}

function decodeError(cause: unknown, format: string): FaceTriggerError {
  const reason = (cause as Error).message.split('\n')[0]!.trim();
  const name = format.toUpperCase();
  return new FaceTriggerError('ERR_IMAGE_DECODE', `The ${name} image cannot be decoded: ${reason}`, {
    cause,
  });
}
