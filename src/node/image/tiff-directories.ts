/** Tags that the search for pictures, their orientation and their date looks at (TIFF 6.0, EXIF 2.32, DNG 1.7). */
export const TIFF_TAGS = {
  jpgFromRaw: 0x2e,
  compression: 0x103,
  photometric: 0x106,
  stripOffsets: 0x111,
  orientation: 0x112,
  stripByteCounts: 0x117,
  dateTime: 0x132,
  subDirectories: 0x14a,
  jpegOffset: 0x201,
  jpegLength: 0x202,
  exifDirectory: 0x8769,
  dateTimeOriginal: 0x9003,
  dateTimeDigitized: 0x9004,
  makerNote: 0x927c,
  dngVersion: 0xc612,
} as const;

const WANTED: ReadonlySet<number> = new Set(Object.values(TIFF_TAGS));

/** A directory's numbers by tag; for text and for bytes of no fixed kind, where they are and how many. */
export type TiffDirectory = ReadonlyMap<number, readonly number[]>;

/** Far more than any camera writes. */
const MOST_DIRECTORIES = 64;
const MOST_VALUES = 1024;
/** Bytes of a value, by its kind. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4 };
const TEXT = 2;
const UNDEFINED = 7;

/**
 * Reads the directories of a TIFF file, with those below them, as far as they lie inside the bytes.
 *
 * @param options.first - where the first directory is. @defaultValue as the header says
 * @param options.littleEndian - @defaultValue as the header says
 * @returns the first directory first; each once, whatever refers to it
 */
export function readTiffDirectories(
  bytes: Uint8Array,
  options: { readonly first?: number | undefined; readonly littleEndian?: boolean | undefined } = {},
): TiffDirectory[] {
  if (bytes.length < 8) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = options.littleEndian ?? bytes[0] === 0x49;
  const open = [options.first ?? view.getUint32(4, little)];
  const seen = new Set<number>();
  const directories: TiffDirectory[] = [];
  while (open.length > 0 && directories.length < MOST_DIRECTORIES) {
    const at = open.shift()!;
    if (seen.has(at) || at < 8 || at + 2 > bytes.length) continue;
    seen.add(at);
    const count = view.getUint16(at, little);
    const end = at + 2 + 12 * count;
    if (end > bytes.length) continue;
    const directory = new Map<number, readonly number[]>();
    for (let entry = at + 2; entry < end; entry += 12) {
      const tag = view.getUint16(entry, little);
      if (WANTED.has(tag)) directory.set(tag, readValues(view, entry, little));
    }
    directories.push(directory);
    const next = end + 4 <= bytes.length ? view.getUint32(end, little) : 0;
    const below = [TIFF_TAGS.subDirectories, TIFF_TAGS.exifDirectory].flatMap(
      (tag) => directory.get(tag) ?? [],
    );
    open.push(...below, ...(next > 0 ? [next] : []));
  }
  return directories;
}

function readValues(view: DataView, entry: number, little: boolean): readonly number[] {
  const kind = view.getUint16(entry + 2, little);
  const count = view.getUint32(entry + 4, little);
  const size = SIZES[kind];
  if (size === undefined) return [];
  const at = size * count <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  if (kind === UNDEFINED || kind === TEXT) return [at, count];
  if (at + size * Math.min(count, MOST_VALUES) > view.byteLength) return [];
  return Array.from({ length: Math.min(count, MOST_VALUES) }, (_, i) => {
    const place = at + size * i;
    if (size === 1) return view.getUint8(place);
    return size === 2 ? view.getUint16(place, little) : view.getUint32(place, little);
  });
}
