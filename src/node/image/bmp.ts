import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';

/** What the headers of a BMP file say. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** 1 if the picture has a palette of grays only. */
  readonly channels: 1 | 3;
  readonly bitsPerPixel: number;
  /** Rows are stored from the top down instead of from the bottom up. */
  readonly topDown: boolean;
  /** Index of the first pixel byte. */
  readonly offset: number;
  /** R, G, B for each palette entry, or null where pixels hold colors. */
  readonly palette: Uint8Array | null;
  /** Bits of red, green, blue and alpha (0: none) in a pixel of 16 or 32 bits. */
  readonly masks: readonly [number, number, number, number];
}

const BI_RGB = 0;
const BI_BITFIELDS = 3;
const BI_ALPHABITFIELDS = 6;
// BITMAPCOREHEADER, BITMAPINFOHEADER, V2, V3, OS/2 2, V4, V5.
const HEADER_SIZES = [12, 40, 52, 56, 64, 108, 124];

/**
 * Reads the headers and the palette of an uncompressed BMP file with 1, 4, 8, 16, 24 or 32 bits a pixel.
 *
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`, also for run-length encoded and embedded JPEG or PNG data
 * @remarks Source: "Bitmap Storage" and BITMAPINFOHEADER in Microsoft's Windows GDI documentation.
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  if (bytes.length < 26) throw bad('it is truncated');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  if (!HEADER_SIZES.includes(headerSize)) throw bad(`its header has ${headerSize} bytes`);
  if (bytes.length < 14 + headerSize) throw bad('it is truncated');
  const core = headerSize === 12;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const storedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bitsPerPixel = view.getUint16(core ? 24 : 28, true);
  const compression = core ? BI_RGB : view.getUint32(30, true);
  const height = Math.abs(storedHeight);
  if (width < 1 || height < 1) throw bad(`its size is ${width} x ${height}`);
  if (![1, 4, 8, 16, 24, 32].includes(bitsPerPixel)) throw bad(`it has ${bitsPerPixel} bits a pixel`);
  const bitfields = compression === BI_BITFIELDS || compression === BI_ALPHABITFIELDS;
  if (!(compression === BI_RGB || (bitfields && (bitsPerPixel === 16 || bitsPerPixel === 32)))) {
    throw bad(`its compression (kind ${compression}) is not supported`);
  }
  // Masks of the short header follow it; in longer ones they are part of it. Both begin at the same byte.
  const maskCount = bitfields ? (compression === BI_ALPHABITFIELDS || headerSize >= 56 ? 4 : 3) : 0;
  const headerEnd = 14 + Math.max(headerSize, maskCount > 0 ? 40 + 4 * maskCount : 0);
  if (offset < headerEnd || offset > bytes.length)
    throw bad('its pixels begin in its header or after its end');
  const masks = readMasks(view, bitsPerPixel, headerSize === 64 ? 0 : maskCount);
  const entries = bitsPerPixel > 8 ? 0 : core ? 0 : view.getUint32(46, true);
  const palette =
    bitsPerPixel > 8 ? null : readPalette(bytes, { headerEnd, offset, bitsPerPixel, core, entries });
  const channels = palette !== null && isGray(palette) ? 1 : 3;
  return { width, height, channels, bitsPerPixel, topDown: storedHeight < 0, offset, palette, masks };
}

/**
 * Decodes the pixels of a BMP file.
 *
 * @param header - of these bytes; its size has been checked against the caller's limits
 * @throws FaceTriggerError `ERR_IMAGE_DECODE` if rows are missing or a pixel is outside the palette
 * @remarks Pixels with an alpha mask are laid on white. A file whose alpha is 0 everywhere is taken as opaque:
 * many programs leave that byte unset.
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader): Image {
  const { width, height, channels, bitsPerPixel } = header;
  // Rows are padded to 4 bytes.
  const stride = Math.floor((width * bitsPerPixel + 31) / 32) * 4;
  if (bytes.length - header.offset < stride * (height - 1) + Math.ceil((width * bitsPerPixel) / 8)) {
    throw bad('it is truncated');
  }
  const data = new Uint8Array(width * height * channels);
  const decodeRow = header.palette ? paletteRow(bytes, header) : colorRow(bytes, header);
  for (let y = 0; y < height; y++) {
    const row = header.offset + stride * (header.topDown ? y : height - 1 - y);
    decodeRow(row, data, y * width * channels);
  }
  return { data, width, height, channels };
}

type RowDecoder = (from: number, data: Uint8Array, to: number) => void;

function paletteRow(bytes: Uint8Array, header: BmpHeader): RowDecoder {
  const { width, channels, bitsPerPixel } = header;
  const palette = header.palette!;
  const perByte = 8 / bitsPerPixel;
  const mask = (1 << bitsPerPixel) - 1;
  return (from, data, to) => {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bitsPerPixel * ((x % perByte) + 1);
      const entry = ((bytes[from + Math.floor(x / perByte)]! >> shift) & mask) * 3;
      if (entry >= palette.length) throw bad('a pixel is outside its palette');
      for (let c = 0; c < channels; c++) data[to++] = palette[entry + c]!;
    }
  };
}

function colorRow(bytes: Uint8Array, header: BmpHeader): RowDecoder {
  const { width, bitsPerPixel } = header;
  if (bitsPerPixel === 24) {
    return (from, data, to) => {
      for (let x = 0; x < width; x++, from += 3, to += 3) {
        data[to] = bytes[from + 2]!;
        data[to + 1] = bytes[from + 1]!;
        data[to + 2] = bytes[from]!;
      }
    };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bitsPerPixel / 8;
  const [red, green, blue, alpha] = header.masks.map(fieldReader) as [Field, Field, Field, Field];
  const opaque = header.masks[3] === 0 || !hasAlpha(view, header);
  return (from, data, to) => {
    for (let x = 0; x < width; x++, from += size, to += 3) {
      const pixel = size === 2 ? view.getUint16(from, true) : view.getUint32(from, true);
      const cover = opaque ? 255 : alpha(pixel);
      data[to] = onWhite(red(pixel), cover);
      data[to + 1] = onWhite(green(pixel), cover);
      data[to + 2] = onWhite(blue(pixel), cover);
    }
  };
}

function onWhite(value: number, alpha: number): number {
  return alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
}

function hasAlpha(view: DataView, header: BmpHeader): boolean {
  const { width, height, bitsPerPixel, offset, masks } = header;
  const size = bitsPerPixel / 8;
  const stride = Math.floor((width * bitsPerPixel + 31) / 32) * 4;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = offset + y * stride + x * size;
      if (((size === 2 ? view.getUint16(at, true) : view.getUint32(at, true)) & masks[3]) !== 0) return true;
    }
  }
  return false;
}

type Field = (pixel: number) => number;

// Takes the bits of a mask out of a pixel and stretches them to 0 .. 255.
function fieldReader(mask: number): Field {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >>> shift;
  if (max === 255) return (pixel) => (pixel >>> shift) & 255;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / max);
}

function readMasks(view: DataView, bitsPerPixel: number, count: number): BmpHeader['masks'] {
  if (count === 0) {
    // Without masks a pixel of 16 bits is 5-5-5 and one of 32 bits has an unused high byte.
    return bitsPerPixel === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0x00ff00, 0x0000ff, 0];
  }
  const masks = [0, 1, 2, 3].map((i) => (i < count ? view.getUint32(54 + 4 * i, true) : 0));
  const contiguous = masks.every((mask) => {
    const field = mask === 0 ? 0 : mask >>> (31 - Math.clz32(mask & -mask));
    return (field & (field + 1)) === 0;
  });
  const overlapping = masks.some((mask, i) => masks.some((other, j) => i < j && (mask & other) !== 0));
  if (!contiguous || overlapping) throw bad('its color masks make no sense');
  return masks as unknown as BmpHeader['masks'];
}

function readPalette(
  bytes: Uint8Array,
  layout: { headerEnd: number; offset: number; bitsPerPixel: number; core: boolean; entries: number },
): Uint8Array {
  const size = layout.core ? 3 : 4;
  const most = 1 << layout.bitsPerPixel;
  if (layout.entries > most) throw bad(`its palette has ${layout.entries} entries`);
  const wanted = layout.entries === 0 ? most : layout.entries;
  // Some writers leave out entries that no pixel uses; the decoder refuses pixels outside.
  const count = Math.min(wanted, Math.floor((layout.offset - layout.headerEnd) / size));
  if (count < 1) throw bad('its palette is missing');
  const palette = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const at = layout.headerEnd + i * size;
    palette[3 * i] = bytes[at + 2]!;
    palette[3 * i + 1] = bytes[at + 1]!;
    palette[3 * i + 2] = bytes[at]!;
  }
  return palette;
}

function isGray(palette: Uint8Array): boolean {
  for (let i = 0; i < palette.length; i += 3) {
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return false;
  }
  return true;
}

function bad(reason: string): FaceTriggerError {
  return new FaceTriggerError('ERR_IMAGE_DECODE', `The BMP image cannot be decoded: ${reason}`);
}
