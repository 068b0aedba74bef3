import { type ExifOrientation, readExifOrientation, turnsSides } from '../exif-orientation.ts';
import { findBox, type IsoBox, isoBoxes } from './isobmff.ts';

/** What the boxes of a HEIF file say of its primary picture. */
export interface HeifHeader {
  /** Pixels of the coded picture, before it is turned. */
  readonly width: number;
  readonly height: number;
  /** How the decoded picture still has to be turned; 1 where the decoder turns it itself. */
  readonly orientation: ExifOrientation;
  /** Whether the decoder exchanges the sides. */
  readonly turnedByDecoder: boolean;
  /** How the coded picture has to be turned to be shown, whoever does it. */
  readonly shownBy: ExifOrientation;
}

/**
 * Reads size and orientation of a HEIF file's primary picture, without decoding it.
 *
 * @returns `null` where the boxes do not say
 * @remarks ISO/IEC 23008-12. Where the file turns or mirrors its picture by properties (`irot`, `imir`), EXIF's
 * orientation repeats them and is ignored; where it has none of them, EXIF's counts: some programs write only that.
 */
export function readHeifHeader(bytes: Uint8Array): HeifHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const meta = findBox(bytes, 'meta');
  if (!meta) return null;
  const primary = readPrimary(view, findBox(bytes, 'pitm', meta));
  const properties = propertiesOf(bytes, view, meta, primary);
  const extents = properties.find(({ type }) => type === 'ispe');
  if (!extents || extents.end - extents.start < 12) return null;
  const width = view.getUint32(extents.start + 4);
  const height = view.getUint32(extents.start + 8);
  if (width === 0 || height === 0) return null;
  const rotation = properties.find(({ type }) => type === 'irot');
  const mirror = properties.find(({ type }) => type === 'imir');
  const turns = rotation !== undefined || mirror !== undefined;
  const byExif = turns ? 1 : readExif(bytes, view, meta);
  const quarters = rotation ? bytes[rotation.start]! & 3 : 0;
  const axis = mirror ? (bytes[mirror.start]! & 1 ? 'vertical' : 'horizontal') : 'none';
  return {
    width,
    height,
    orientation: byExif,
    turnedByDecoder: quarters % 2 === 1,
    shownBy: turns ? BY_PROPERTIES[axis][quarters]! : byExif,
  };
}

/**
 * EXIF's words for quarter turns counterclockwise, by their number, and then a mirror's axis (ISO/IEC 23008-12, 6.5.10
 * and 6.5.12): about a vertical axis left and right change places.
 */
const BY_PROPERTIES: Readonly<Record<'none' | 'vertical' | 'horizontal', readonly ExifOrientation[]>> = {
  none: [1, 8, 3, 6],
  vertical: [2, 7, 4, 5],
  horizontal: [4, 5, 2, 7],
};

/** Sides of the picture as it is shown. */
export function shownSize({ width, height, orientation, turnedByDecoder }: HeifHeader): {
  readonly width: number;
  readonly height: number;
} {
  return turnedByDecoder || turnsSides(orientation) ? { width: height, height: width } : { width, height };
}

function readPrimary(view: DataView, box: IsoBox | null): number {
  if (!box || box.end - box.start < 6) return 1;
  const isLong = view.getUint8(box.start) > 0 && box.end - box.start >= 8;
  return isLong ? view.getUint32(box.start + 4) : view.getUint16(box.start + 4);
}

// ItemPropertyAssociationBox: for each item the numbers of its properties, of one or two bytes.
function propertiesOf(bytes: Uint8Array, view: DataView, meta: IsoBox, item: number): IsoBox[] {
  const container = findBox(bytes, 'iprp/ipco', meta);
  const iprp = findBox(bytes, 'iprp', meta);
  if (!container || !iprp) return [];
  const all = isoBoxes(bytes, container.start, container.end);
  const found: IsoBox[] = [];
  for (const box of isoBoxes(bytes, iprp.start, iprp.end)) {
    if (box.type !== 'ipma' || box.end - box.start < 8) continue;
    const idSize = view.getUint8(box.start) > 0 ? 4 : 2;
    const size = view.getUint8(box.start + 3) & 1 ? 2 : 1;
    let at = box.start + 8;
    for (let left = view.getUint32(box.start + 4); left > 0 && at + idSize < box.end; left--) {
      const id = idSize === 4 ? view.getUint32(at) : view.getUint16(at);
      const count = bytes[at + idSize]!;
      at += idSize + 1;
      if (at + count * size > box.end) break;
      for (let i = 0; id === item && i < count; i++) {
        const number = size === 2 ? view.getUint16(at + 2 * i) & 0x7fff : bytes[at + i]! & 0x7f;
        const property = all[number - 1];
        if (property) found.push(property);
      }
      at += count * size;
    }
  }
  return found;
}

// The item of type "Exif": four bytes that say where the TIFF header begins, then EXIF.
function readExif(bytes: Uint8Array, view: DataView, meta: IsoBox): ExifOrientation {
  const items = findBox(bytes, 'iinf', meta);
  const places = findBox(bytes, 'iloc', meta);
  if (!items || !places || items.end - items.start < 8) return 1;
  const first = items.start + (view.getUint8(items.start) === 0 ? 6 : 8);
  for (const { type, start, end } of isoBoxes(bytes, first, items.end)) {
    if (type !== 'infe' || end - start < 12) continue;
    const isLong = view.getUint8(start) === 3;
    if (view.getUint8(start) < 2) continue;
    const typeAt = start + (isLong ? 10 : 8);
    if (String.fromCharCode(...bytes.subarray(typeAt, typeAt + 4)) !== 'Exif') continue;
    const id = isLong ? view.getUint32(start + 4) : view.getUint16(start + 4);
    const place = placeOf(view, places, id);
    if (!place || place.start + 8 > bytes.length) return 1;
    const header = place.start + 4 + view.getUint32(place.start);
    return readExifOrientation(bytes.subarray(header, Math.min(place.end, bytes.length)));
  }
  return 1;
}

// ItemLocationBox: the first extent of an item, where it is counted from the file's start.
function placeOf(
  view: DataView,
  box: IsoBox,
  item: number,
): { readonly start: number; readonly end: number } | null {
  const version = view.getUint8(box.start);
  if (version > 2 || box.end - box.start < 8) return null;
  const sizes = view.getUint16(box.start + 4);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version > 0 ? sizes & 15 : 0;
  const idSize = version < 2 ? 2 : 4;
  let at = box.start + 6;
  const read = (size: number): number => {
    if (size === 0 || at + size > box.end) {
      at += size;
      return 0;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + view.getUint8(at + i);
    at += size;
    return value;
  };
  for (let left = read(idSize); left > 0 && at < box.end; left--) {
    const id = read(idSize);
    const method = version > 0 ? read(2) & 15 : 0;
    read(2);
    const base = read(baseSize);
    const extents = read(2);
    for (let i = 0; i < extents && at < box.end; i++) {
      read(indexSize);
      const start = base + read(offsetSize);
      const length = read(lengthSize);
      if (id === item) return method === 0 && length > 8 ? { start, end: start + length } : null;
    }
  }
  return null;
}
