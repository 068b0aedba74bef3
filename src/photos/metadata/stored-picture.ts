import sharp from 'sharp';
import { FaceTriggerError } from '../../core/errors.ts';
import { type ExifOrientation, orientationOf, turnsSides } from '../../node/image/exif-orientation.ts';
import { readHeifHeader } from '../../node/image/foreign/heif-header.ts';
import { findRawPreview } from '../../node/image/foreign/raw-preview.ts';
import { detectImageFormat } from '../../node/image/image-format.ts';
import { readImageHeader } from '../../node/image/read-image.ts';

/** What metadata need to know of a picture: how it is stored, and how it has to be turned to be shown. */
export interface StoredPicture {
  /** Pixels, before it is turned; of RAW files those of the JPEG in it, which has the same shape. */
  readonly width: number;
  readonly height: number;
  readonly orientation: ExifOrientation;
  readonly isRaw: boolean;
  /** The XMP packet in the file; `null` where there is none, or the format's is not read (RAW, HEIC, JPEG XL). */
  readonly packet: Uint8Array | null;
}

/**
 * Reads how a picture is stored, and its XMP packet.
 *
 * @param bytes - the whole file
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`
 */
export async function readStoredPicture(bytes: Uint8Array): Promise<StoredPicture> {
  const format = detectImageFormat(bytes);
  if (format === 'raw' || format === 'tiff') {
    const preview = findRawPreview(bytes);
    if (preview !== null && preview !== 'none') {
      const { width, height, orientation } = await readWithSharp(preview.jpeg);
      return { width, height, orientation: preview.orientation ?? orientation, isRaw: true, packet: null };
    }
  }
  if (format === 'heic') {
    const header = readHeifHeader(bytes);
    if (header) {
      const { width, height, shownBy } = header;
      return { width, height, orientation: shownBy, isRaw: false, packet: null };
    }
  }
  if (format === 'jxl' || format === 'bmp' || format === 'pnm' || format === 'heic' || format === null) {
    const { width, height } = await readImageHeader(bytes);
    return { width, height, orientation: 1, isRaw: false, packet: null };
  }
  return { ...(await readWithSharp(bytes)), isRaw: false };
}

/** Sides of the picture as it is shown. */
export function shownSides({ width, height, orientation }: StoredPicture): { width: number; height: number } {
  return turnsSides(orientation) ? { width: height, height: width } : { width, height };
}

async function readWithSharp(bytes: Uint8Array): Promise<Omit<StoredPicture, 'isRaw'>> {
  try {
    const { width, height, orientation, xmp } = await sharp(bytes, { failOn: 'none' }).metadata();
    return { width, height, orientation: orientationOf(orientation) ?? 1, packet: xmp ?? null };
  } catch (cause) {
    throw new FaceTriggerError('ERR_IMAGE_DECODE', 'The picture cannot be read', { cause });
  }
}
