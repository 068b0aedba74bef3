import { readTiffDirectories, TIFF_TAGS, type TiffDirectory } from './tiff-directories.ts';

/** EXIF data begin near the start of every kind of file that has them before its pixels, and at the end of some. */
const SEARCHED_BYTES = 1_000_000;
/** In JPEG and HEIF, before the TIFF header. */
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');
/** Chunks of WebP and PNG; the length stands after the first, and before the second. */
const CHUNKS = [
  { mark: Buffer.from('EXIF', 'latin1'), skip: 8 },
  { mark: Buffer.from('eXIf', 'latin1'), skip: 4 },
] as const;
/** HEIF and AVIF have the TIFF header without a mark before it. */
const HEADERS = ['II*\0', 'MM\0*'].map((mark) => ({ mark: Buffer.from(mark, 'latin1'), skip: 0 }));
/** In Canon's CR3: the boxes of the two directories. */
const CANON_BOXES = ['CMT2', 'CMT1'].map((mark) => ({ mark: Buffer.from(mark, 'latin1'), skip: 4 }));

/**
 * When a picture was taken, by its EXIF data.
 *
 * @param bytes - of the whole file
 * @returns what the camera's clock showed, as if it were UTC; `null` where the file does not say, or says no date
 * @remarks Tags DateTimeOriginal, DateTimeDigitized, DateTime, the first that is a date (EXIF 2.32, 4.6.5 F).
 */
export function readTakenAt(bytes: Uint8Array): Date | null {
  for (const block of exifBlocks(bytes)) {
    const date = dateIn(block);
    if (date) return date;
  }
  return null;
}

function* exifBlocks(bytes: Uint8Array): Iterable<Uint8Array> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isTiff(buffer)) yield bytes;
  const parts = [buffer.subarray(0, SEARCHED_BYTES)];
  if (buffer.length > SEARCHED_BYTES) parts.push(buffer.subarray(-SEARCHED_BYTES));
  for (const part of parts) {
    for (const { mark, skip } of [
      { mark: EXIF_MARK, skip: EXIF_MARK.length },
      ...CHUNKS,
      ...CANON_BOXES,
      ...HEADERS,
    ]) {
      const at = part.indexOf(mark);
      if (at === -1) continue;
      const block = part.subarray(at + skip);
      if (isTiff(block)) yield block;
    }
  }
}

function isTiff(bytes: Buffer): boolean {
  return /^(II|MM)/.test(bytes.toString('latin1', 0, 2));
}

function dateIn(block: Uint8Array): Date | null {
  const directories = readTiffDirectories(block);
  for (const tag of [TIFF_TAGS.dateTimeOriginal, TIFF_TAGS.dateTimeDigitized, TIFF_TAGS.dateTime])
    for (const directory of directories) {
      const date = parse(textIn(block, directory, tag));
      if (date) return date;
    }
  return null;
}

function textIn(block: Uint8Array, directory: TiffDirectory, tag: number): string {
  const [at = 0, count = 0] = directory.get(tag) ?? [];
  return Buffer.from(block.subarray(at, at + Math.min(count, 32))).toString('latin1');
}

function parse(text: string): Date | null {
  const parts = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text);
  if (!parts) return null;
  const [, year, month, day, ...time] = parts;
  const date = new Date(`${year}-${month}-${day}T${time.join(':')}Z`);
  // Cameras whose clock was never set say the year 0.
  return Number.isNaN(date.getTime()) || Number(year) < 1826 ? null : date;
}
