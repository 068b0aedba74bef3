/** A picture format that face-trigger reads. */
export type ImageFormat =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'avif'
  | 'tiff'
  | 'gif'
  | 'pnm'
  | 'bmp'
  | 'heic'
  | 'jxl'
  | 'raw';

/** The formats that can be read, as they are named in messages. */
export const SUPPORTED_IMAGE_FORMATS = 'JPEG, PNG, WebP, AVIF, HEIC, JPEG XL, TIFF, GIF, BMP, PGM and PPM';

/**
 * Recognizes a picture format by its first bytes; file names and extensions play no part.
 *
 * @param bytes - the file's content, or at least its first 64 bytes
 * @returns null when the bytes are none of the supported formats; 'tiff' also for RAW files that are built like TIFF
 */
export function detectImageFormat(bytes: Uint8Array): ImageFormat | null {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  const ascii = latin1(bytes, 0, 12);
  if (/^GIF8[79]a/.test(ascii)) return 'gif';
  if (/^RIFF.{4}WEBP/s.test(ascii)) return 'webp';
  if (/^(II[*+]\0|MM\0[*+])/.test(ascii)) return 'tiff';
  if (/^P[2356][\s#]/.test(ascii)) return 'pnm';
  if (ascii.startsWith('BM')) return 'bmp';
  if (startsWith(bytes, [0xff, 0x0a]) || latin1(bytes, 4, 8) === 'JXL ') return 'jxl';
  if (/^(FUJIFILMCCD-RAW|IIU\0|IIR[OS]|MMOR)/.test(latin1(bytes, 0, 16))) return 'raw';
  const brands = heifBrands(bytes);
  if (brands[0] === 'crx ') return 'raw';
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return 'heic';
  return null;
}

/** What bytes seem to be that are no picture of a supported format. */
export interface UnsupportedContent {
  readonly kind: 'unsupported' | 'video' | 'other';
  /** Such as "a PDF document". */
  readonly what: string;
}

/**
 * Says what unsupported bytes seem to be, so that the message can help.
 *
 * @param bytes - the file's content, or at least its first 512 bytes
 * @returns null when nothing is recognized
 */
export function describeUnsupported(bytes: Uint8Array): UnsupportedContent | null {
  const text = latin1(bytes, 0, 512).trimStart();
  const picture = (what: string) => ({ kind: 'unsupported' as const, what });
  const other = (what: string) => ({ kind: 'other' as const, what });
  if (text.startsWith('%PDF')) return picture('a PDF document');
  if (/^(<\?xml.*<svg|<svg|<!--.*<svg|<!DOCTYPE svg)/is.test(text)) return picture('an SVG drawing');
  if (/^<(!doctype html|html)/i.test(text)) return other('an HTML page');
  if (heifBrands(bytes).length > 0 || startsWith(bytes, [0x1a, 0x45, 0xdf, 0xa3]))
    return { kind: 'video', what: 'a video' };
  if (/^RIFF.{4}AVI /s.test(text)) return { kind: 'video', what: 'a video' };
  if (/^P[147F][\s#]/i.test(text)) return picture('a bitmap, PAM or PFM file');
  if (latin1(bytes, 4, 8) === 'jP  ') return picture('a JPEG 2000 picture');
  if (text.startsWith('8BPS')) return picture('a Photoshop document');
  if (/^(FOVb|\0MRM)/.test(text)) return picture("a camera's RAW file");
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return other('a ZIP archive');
  return null;
}

// Brands of an ISO media file: the major one, then the compatible ones (ISO/IEC 14496-12, 4.3).
function heifBrands(bytes: Uint8Array): string[] {
  if (bytes.length < 16 || latin1(bytes, 4, 8) !== 'ftyp') return [];
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const brands = [latin1(bytes, 8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4) {
    brands.push(latin1(bytes, at, at + 4));
  }
  return brands;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((value, index) => bytes[index] === value);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
