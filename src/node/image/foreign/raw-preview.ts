import { type ExifOrientation, orientationOf } from '../exif-orientation.ts';
import { readJpegFrame } from '../jpeg-structure.ts';
import { readTiffDirectories, TIFF_TAGS, type TiffDirectory } from '../tiff-directories.ts';
import { findBox, isoBoxes } from './isobmff.ts';

/** The JPEG that a camera put into its RAW file. */
export interface RawPreview {
  readonly jpeg: Uint8Array;
  /** How it has to be turned; `null`: as its own EXIF data say. */
  readonly orientation: ExifOrientation | null;
}

interface Place {
  readonly start: number;
  readonly length: number;
}

/** Photometric interpretations of sensor data: a color filter array, and linear DNG. */
const SENSOR_DATA = [32803, 34892];
/** Compressions of sensor data: Sony, Nikon, Samsung, Pentax. */
const SENSOR_COMPRESSIONS = [32767, 34713, 32769, 32770, 32772, 65535];

/**
 * Finds the largest JPEG in a camera's RAW file.
 *
 * @param bytes - the whole file
 * @returns `null` where the file is no RAW file; `'none'` where it is one without such a picture
 * @remarks TIFF-based kinds (CR2, NEF, NRW, ARW, SR2, DNG, PEF, SRW, ORF, RW2, RWL, 3FR, IIQ ...) by their
 * directories, RAF by its header, CR3 by its boxes. Every offset is checked against the file's end. Sources: TIFF 6.0;
 * the DNG specification; the formats' descriptions at exiftool.org and libopenraw.
 */
export function findRawPreview(bytes: Uint8Array): RawPreview | 'none' | null {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (head.startsWith('FUJIFILMCCD-RAW')) return rafPreview(bytes);
  if (head.slice(4, 12) === 'ftypcrx ') return cr3Preview(bytes);
  if (/^(II|MM)/.test(head)) return tiffPreview(bytes, head);
  return null;
}

function tiffPreview(bytes: Uint8Array, head: string): RawPreview | 'none' | null {
  const directories = readTiffDirectories(bytes);
  // Olympus and Panasonic have numbers of their own where TIFF has 42; Canon and Phase One mark the next bytes.
  const isRaw =
    /^(IIRO|IIRS|MMOR|IIU\0)/.test(head) ||
    /^(CR|IIII)/.test(head.slice(8)) ||
    directories.some(holdsSensorData);
  if (!isRaw) return null;
  const places = directories.flatMap((directory) => placesIn(bytes, directory));
  return largest(bytes, places, orientationOf(directories[0]?.get(TIFF_TAGS.orientation)?.[0]));
}

function holdsSensorData(directory: TiffDirectory): boolean {
  return (
    directory.has(TIFF_TAGS.dngVersion) ||
    SENSOR_DATA.includes(directory.get(TIFF_TAGS.photometric)?.[0] ?? 0) ||
    SENSOR_COMPRESSIONS.includes(directory.get(TIFF_TAGS.compression)?.[0] ?? 0)
  );
}

function placesIn(bytes: Uint8Array, directory: TiffDirectory): Place[] {
  const places: Place[] = [];
  const add = (start: number | undefined, length: number | undefined): void => {
    if (start !== undefined && length !== undefined) places.push({ start, length });
  };
  const first = (tag: number) => directory.get(tag)?.[0];
  add(first(TIFF_TAGS.jpegOffset), first(TIFF_TAGS.jpegLength));
  const strips = directory.get(TIFF_TAGS.stripOffsets);
  const compression = first(TIFF_TAGS.compression);
  if (strips?.length === 1 && (compression === 6 || compression === 7)) {
    add(strips[0], first(TIFF_TAGS.stripByteCounts));
  }
  // Of bytes without a kind the directory says where they are.
  const [start, length] = directory.get(TIFF_TAGS.jpgFromRaw) ?? [];
  add(start, length);
  const note = directory.get(TIFF_TAGS.makerNote);
  if (note) places.push(...olympusPlaces(bytes, note[0]!, note[1]!));
  return places;
}

/** Offsets in Olympus's notes count from their start; directory 0x2020 has the preview at 0x101 and 0x102. */
function olympusPlaces(bytes: Uint8Array, start: number, length: number): Place[] {
  const note = bytes.subarray(start, start + length);
  const name = String.fromCharCode(...note.subarray(0, 10));
  const first = name.startsWith('OM SYSTEM') ? 16 : name.startsWith('OLYMPUS\0') ? 12 : 0;
  if (first === 0) return [];
  const view = new DataView(note.buffer, note.byteOffset, note.byteLength);
  const little = note[first - 4] === 0x49;
  const settings = entryValue(view, first, 0x2020, little);
  if (settings === null) return [];
  const offset = entryValue(view, settings, 0x101, little);
  const size = entryValue(view, settings, 0x102, little);
  return offset === null || size === null ? [] : [{ start: start + offset, length: size }];
}

function entryValue(view: DataView, directory: number, tag: number, little: boolean): number | null {
  if (directory + 2 > view.byteLength) return null;
  const count = view.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= view.byteLength; i++, at += 12) {
    if (view.getUint16(at, little) === tag) return view.getUint32(at + 8, little);
  }
  return null;
}

// Where the JPEG is and how long, after the camera's name and some numbers.
function rafPreview(bytes: Uint8Array): RawPreview | 'none' {
  if (bytes.length < 92) return 'none';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return largest(bytes, [{ start: view.getUint32(84), length: view.getUint32(88) }], null);
}

/** Boxes of Canon: the one that holds the TIFF directories of the picture, and the one that holds a preview. */
const CANON_NOTES = '85c0b687820f11e08111f4ce462b6a48';
const CANON_PREVIEW = 'eaf42b5e1c984b88b9fbb7dc406e4d16';

function cr3Preview(bytes: Uint8Array): RawPreview | 'none' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const movie = findBox(bytes, 'moov');
  const isUuid = (start: number, id: string) =>
    Buffer.from(bytes.subarray(start, start + 16)).toString('hex') === id;
  const top = isoBoxes(bytes, 0, bytes.length);
  const inside = movie ? isoBoxes(bytes, movie.start, movie.end) : [];
  const places: Place[] = [];
  // The full picture is the first sample of a track.
  for (const track of inside.filter(({ type }) => type === 'trak')) {
    const sizes = findBox(bytes, 'mdia/minf/stbl/stsz', track);
    const offsets = findBox(bytes, 'mdia/minf/stbl/co64', track);
    if (!sizes || !offsets || sizes.end - sizes.start < 12 || offsets.end - offsets.start < 16) continue;
    const fixed = view.getUint32(sizes.start + 4);
    const length = fixed || (sizes.end - sizes.start >= 16 ? view.getUint32(sizes.start + 12) : 0);
    places.push({ start: Number(view.getBigUint64(offsets.start + 8)), length });
  }
  const preview = top.find(({ type, start }) => type === 'uuid' && isUuid(start, CANON_PREVIEW));
  // After the id eight bytes, then a box with 16 bytes before the JPEG.
  const box = preview && isoBoxes(bytes, preview.start + 24, preview.end).find(({ type }) => type === 'PRVW');
  if (box) places.push({ start: box.start + 16, length: box.end - box.start - 16 });
  const notes = inside.find(({ type, start }) => type === 'uuid' && isUuid(start, CANON_NOTES));
  const exif = notes && isoBoxes(bytes, notes.start + 16, notes.end).find(({ type }) => type === 'CMT1');
  const orientation = exif
    ? orientationOf(
        readTiffDirectories(bytes.subarray(exif.start, exif.end))[0]?.get(TIFF_TAGS.orientation)?.[0],
      )
    : null;
  return largest(bytes, places, orientation);
}

function largest(
  bytes: Uint8Array,
  places: readonly Place[],
  orientation: ExifOrientation | null,
): RawPreview | 'none' {
  let best: { readonly jpeg: Uint8Array; readonly pixels: number } | null = null;
  for (const { start, length } of places) {
    if (start < 0 || length < 4 || start + length > bytes.length) continue;
    const jpeg = bytes.subarray(start, start + length);
    // Sensor data may be in a JPEG too, but one without loss, which is no picture to look at.
    const frame = readJpegFrame(jpeg);
    if (!frame || frame.lossless) continue;
    const pixels = frame.width * frame.height;
    if (best === null || pixels > best.pixels) best = { jpeg, pixels };
  }
  return best === null ? 'none' : { jpeg: best.jpeg, orientation };
}
