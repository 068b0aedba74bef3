import type { Metadata, Sharp, SharpOptions } from 'sharp';
import sharp from 'sharp';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import type { ImageShrink } from '../../core/image/image-shrink.ts';
import { type Completion, completeFile } from './complete-file.ts';
import { readJpegStructure } from './jpeg-structure.ts';

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
 * @param options.upright - false: as it is stored, whatever its EXIF orientation. @defaultValue true
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`
 */
export async function readSharpHeader(
  bytes: Uint8Array,
  format: string,
  { upright = true }: { readonly upright?: boolean | undefined } = {},
): Promise<SharpHeader> {
  let metadata: Metadata;
  try {
    metadata = await readMetadata(bytes, format);
  } catch (cause) {
    throw decodeError(cause, format);
  }
  const found = metadata.format === 'heif' ? 'avif' : metadata.format;
  if (found !== format) throw decodeError(new Error(`its content is ${found}`), format);
  const { width, height } = upright ? metadata.autoOrient : metadata;
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
  options: Omit<DecodeOptions, 'failOn'>,
): Promise<Image> {
  try {
    const image = await decode(bytes, header, options);
    // A decoder of arithmetic codes never knows that data are missing.
    if (options.format !== 'jpeg' || !readJpegStructure(bytes)?.arithmetic) return image;
    return await decodeCompleted(completeFile(bytes, 'jpeg') ?? [() => bytes], header, options, null);
  } catch (cause) {
    if (cause instanceof FaceTriggerError) throw cause;
    const completions = completeFile(bytes, options.format);
    if (completions === null) throw decodeError(cause, options.format);
    return decodeCompleted(completions, header, options, cause);
  }
}

/** Decodes a file that lacks its end, or has another fault; refuses it if pixels depend on what is missing. */
async function decodeCompleted(
  completions: readonly Completion[],
  header: SharpHeader,
  options: DecodeOptions,
  cause: unknown,
): Promise<Image> {
  let image: Image | null = null;
  for (const complete of completions) {
    const next = await decode(complete(), header, { ...options, failOn: 'error' }).catch(() => {
      throw decodeError(cause, options.format);
    });
    image ??= next;
    if (Buffer.compare(image.data, next.data) === 0) continue;
    throw decodeError(new Error('it is cut off, and pixels are missing', { cause }), options.format);
  }
  return image!;
}

interface DecodeOptions {
  readonly format: string;
  readonly maxPixels: number;
  readonly shrink: ImageShrink;
  /** @defaultValue true */
  readonly upright?: boolean | undefined;
  readonly failOn?: 'error' | undefined;
}

async function decode(bytes: Uint8Array, header: SharpHeader, options: DecodeOptions): Promise<Image> {
  // A JPEG that is cut off but has its end marker gives warnings only, as stray bytes between segments do, which every
  // viewer takes; what to make of a warning is decided by the pixels.
  const failOn = options.failOn ?? (options.format === 'jpeg' ? 'warning' : 'error');
  const pipeline = open(bytes, options.maxPixels, failOn, options.upright);
  let { width, height } = header;
  if (options.shrink > 1 && options.format === 'jpeg') {
    // Rounded down: sharp lets the decoder shrink by no more than the ratio of the sides.
    width = Math.max(1, Math.floor(width / options.shrink));
    height = Math.max(1, Math.floor(height / options.shrink));
    pipeline.resize(width, height, { fit: 'fill' });
  }
  if (header.hasAlpha) pipeline.flatten({ background: '#ffffff' });
  pipeline.toColorspace(header.channels === 1 ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
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
}

// Some formats cannot even be opened without their last byte.
async function readMetadata(bytes: Uint8Array, format: string): Promise<Metadata> {
  try {
    return await open(bytes, Number.MAX_SAFE_INTEGER, 'error').metadata();
  } catch (cause) {
    const completions = completeFile(bytes, format);
    if (completions === null) throw cause;
    return open(completions[0](), Number.MAX_SAFE_INTEGER, 'error').metadata();
  }
}

function open(bytes: Uint8Array, maxPixels: number, failOn: 'error' | 'warning', upright = true): Sharp {
  const options: SharpOptions = {
    autoOrient: upright,
    failOn,
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
