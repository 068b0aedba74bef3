import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { toGray, toRgb } from '../../core/image/convert-color.ts';
import type { Image } from '../../core/image/image.ts';
import { IMAGE_SHRINKS, type ImageShrink } from '../../core/image/image-shrink.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { decodeBmp, readBmpHeader } from './bmp.ts';
import { decodeWithSharp, readSharpHeader } from './decode-with-sharp.ts';
import { orientImage, turnsSides } from './exif-orientation.ts';
import { decodeForeign, foreignError } from './foreign/decode-foreign.ts';
import type { ForeignFormat } from './foreign/foreign-codec.ts';
import { readHeifHeader, shownSize } from './foreign/heif-header.ts';
import { readJxlHeader } from './foreign/jxl-header.ts';
import { findRawPreview, type RawPreview } from './foreign/raw-preview.ts';
import {
  describeUnsupported,
  detectImageFormat,
  type ImageFormat,
  SUPPORTED_IMAGE_FORMATS,
} from './image-format.ts';
import { type ImageSource, loadImageBytes } from './image-source.ts';
import { decodeNetpbm, readNetpbmHeader } from './netpbm.ts';

/** Default of {@link ReadImageOptions.maxBytes}: 50 MB. */
export const DEFAULT_MAX_IMAGE_BYTES = 50_000_000;

/** Default of {@link ReadImageOptions.maxPixels}: 100 megapixels. */
export const DEFAULT_MAX_IMAGE_PIXELS = 100_000_000;

/** Options of {@link readImage} and {@link readImageHeader}. */
export interface ReadImageOptions {
  /** Largest size of the encoded picture, in bytes. @defaultValue {@link DEFAULT_MAX_IMAGE_BYTES} */
  readonly maxBytes?: number | undefined;
  /** Largest width * height. @defaultValue {@link DEFAULT_MAX_IMAGE_PIXELS} */
  readonly maxPixels?: number | undefined;
  /** 'auto': one channel for gray pictures, else three. @defaultValue 'auto' */
  readonly colorMode?: 'auto' | 'gray' | 'rgb' | undefined;
  /**
   * JPEG only: decode at half, a quarter or an eighth of the sides, rounded down, which is several times as fast.
   * Other formats are decoded whole. @defaultValue 1
   */
  readonly shrink?: ImageShrink | undefined;
  /** Cancels the reading; looked at before each step. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link readImageHeader} finds out. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels, after the EXIF orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** Of the image that {@link readImage} would return. */
  readonly channels: 1 | 3;
}

/**
 * Reads a JPEG, PNG, WebP, AVIF, HEIC, JPEG XL, TIFF, GIF, BMP, PGM or PPM picture, or the JPEG in a camera's RAW file.
 *
 * @param source - path or `file:` URL of a regular file, or the encoded bytes
 * @returns the upright image (EXIF orientation applied), gray or sRGB
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_IMAGE_TOO_LARGE`, `ERR_IMAGE_DECODE`,
 * `ERR_INVALID_ARGUMENT`, `ERR_ABORTED`
 * @remarks The format is told by the bytes, never by the name. Both limits are checked before anything is decoded.
 * Of animations and multi-page files the first picture counts. Embedded color profiles and CMYK are converted to
 * sRGB, 16 bits become 8, and transparent parts are laid on white, so that no hidden color shows. A file whose
 * pixels are missing is refused; one that lacks only its end, or has another small fault, is read.
 */
export async function readImage(source: ImageSource, options: ReadImageOptions = {}): Promise<Image> {
  const { colorMode, ...settings } = resolve(options);
  const bytes = await loadImageBytes(source, settings);
  const image = await (await inspect(bytes, settings)).decode(settings.shrink);
  throwIfAborted(settings.signal, 'Reading the image');
  if (colorMode === 'auto') return image;
  return colorMode === 'gray' ? toGray(image) : toRgb(image);
}

/**
 * Reads only the header of a picture: what {@link readImage} would give without `shrink`, without decoding it.
 *
 * @param source - path or `file:` URL of a regular file, or the encoded bytes
 * @throws FaceTriggerError as {@link readImage}
 */
export async function readImageHeader(
  source: ImageSource,
  options: ReadImageOptions = {},
): Promise<ImageHeader> {
  const { colorMode, ...settings } = resolve(options);
  const bytes = await loadImageBytes(source, settings);
  const { format, width, height, channels } = await inspect(bytes, settings);
  return { format, width, height, channels: colorMode === 'auto' ? channels : colorMode === 'gray' ? 1 : 3 };
}

interface Settings {
  readonly maxBytes: number;
  readonly maxPixels: number;
  readonly shrink: ImageShrink;
  readonly signal: AbortSignal | undefined;
}

interface InspectedImage extends ImageHeader {
  decode(shrink: ImageShrink): Promise<Image>;
}

async function inspect(bytes: Uint8Array, settings: Settings): Promise<InspectedImage> {
  throwIfAborted(settings.signal, 'Reading the image');
  const format = detectImageFormat(bytes);
  if (format === null) throw unsupported(bytes);
  const opened = await openFormat(bytes, format, settings);
  const { width, height } = opened;
  if (width * height > settings.maxPixels) {
    throw new FaceTriggerError(
      'ERR_IMAGE_TOO_LARGE',
      `The image has ${width} x ${height} pixels, more than the limit of ${settings.maxPixels} (maxPixels)`,
    );
  }
  throwIfAborted(settings.signal, 'Reading the image');
  return opened;
}

async function openFormat(
  bytes: Uint8Array,
  format: ImageFormat,
  settings: Settings,
): Promise<InspectedImage> {
  const { maxPixels, signal } = settings;
  if (format === 'pnm') {
    const header = readNetpbmHeader(bytes);
    return { ...pick(header), format, decode: async () => decodeNetpbm(bytes, header) };
  }
  if (format === 'bmp') {
    const header = readBmpHeader(bytes);
    return { ...pick(header), format, decode: async () => decodeBmp(bytes, header) };
  }
  if (format === 'heic' || format === 'jxl') {
    const header = readForeignHeader(bytes, format);
    const decode = () => decodeForeign(bytes, header, { format, maxPixels, signal });
    return { ...pick({ ...header, channels: 3 }), format, decode };
  }
  if (format === 'raw' || format === 'tiff') {
    const preview = findRawPreview(bytes);
    if (preview) return openPreview(preview, maxPixels);
    if (format === 'raw') throw new FaceTriggerError('ERR_IMAGE_DECODE', NO_PREVIEW);
  }
  const header = await readSharpHeader(bytes, format);
  return {
    ...pick(header),
    format,
    decode: (shrink) => decodeWithSharp(bytes, header, { format, maxPixels, shrink }),
  };
}

const NO_PREVIEW =
  "The content looks like a camera's RAW file without a JPEG of its picture inside: convert it to JPEG";

async function openPreview(preview: RawPreview | 'none', maxPixels: number): Promise<InspectedImage> {
  if (preview === 'none') throw new FaceTriggerError('ERR_IMAGE_DECODE', NO_PREVIEW);
  const { jpeg, orientation } = preview;
  const upright = orientation === null;
  const header = await readSharpHeader(jpeg, 'jpeg', { upright });
  const { width, height, channels } = header;
  const turned = orientation !== null && turnsSides(orientation);
  const decode = async (shrink: ImageShrink) => {
    const image = await decodeWithSharp(jpeg, header, { format: 'jpeg', maxPixels, shrink, upright });
    return orientImage(image, orientation ?? 1);
  };
  return {
    format: 'raw',
    channels,
    ...(turned ? { width: height, height: width } : { width, height }),
    decode,
  };
}

function readForeignHeader(bytes: Uint8Array, format: ForeignFormat) {
  if (format === 'jxl') {
    const header = readJxlHeader(bytes);
    if (header) return { ...header, orientation: 1 as const };
  } else {
    const header = readHeifHeader(bytes);
    if (header) return { ...shownSize(header), orientation: header.orientation };
  }
  throw foreignError(format, 'its header is damaged or cut off');
}

function pick(header: { width: number; height: number; channels: 1 | 3 }): Omit<ImageHeader, 'format'> {
  return { width: header.width, height: header.height, channels: header.channels };
}

function unsupported(bytes: Uint8Array): FaceTriggerError {
  const content = describeUnsupported(bytes);
  const found = content ? `content looks like ${content.what}` : 'bytes are not a known picture format';
  return new FaceTriggerError('ERR_IMAGE_DECODE', `The ${found}; supported are ${SUPPORTED_IMAGE_FORMATS}`);
}

function resolve(options: ReadImageOptions): Settings & { colorMode: 'auto' | 'gray' | 'rgb' } {
  const { maxBytes = DEFAULT_MAX_IMAGE_BYTES, maxPixels = DEFAULT_MAX_IMAGE_PIXELS } = options;
  const { colorMode = 'auto', shrink = 1, signal } = options;
  checkLimit(maxBytes, 'options.maxBytes');
  checkLimit(maxPixels, 'options.maxPixels');
  if (colorMode !== 'auto' && colorMode !== 'gray' && colorMode !== 'rgb') {
    throw invalidArgument("'auto', 'gray' or 'rgb'", 'options.colorMode', colorMode);
  }
  if (!IMAGE_SHRINKS.includes(shrink)) throw invalidArgument('1, 2, 4 or 8', 'options.shrink', shrink);
  return { maxBytes, maxPixels, colorMode, shrink, signal };
}

function checkLimit(value: number, name: string): void {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value > 0)) return;
  throw invalidArgument('an integer >= 1 or Infinity', name, value);
}
