import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';

/** What the header of a PGM or PPM file says. */
export interface NetpbmHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Value of the brightest sample, 1 .. 65535; above 255 a sample takes two bytes, the high one first. */
  readonly maxValue: number;
  /** Samples are decimal numbers (P2, P3) instead of bytes (P5, P6). */
  readonly plain: boolean;
  /** Index of the first byte of the samples. */
  readonly offset: number;
}

// A header longer than this is not a picture's: it keeps a file of endless comments from being scanned.
const MAX_HEADER_BYTES = 65_536;

/**
 * Reads the header of a P2, P3, P5 or P6 file. Comments may stand anywhere in it.
 *
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`
 * @remarks Source: the pgm(5) and ppm(5) manual pages of Netpbm.
 */
export function readNetpbmHeader(bytes: Uint8Array): NetpbmHeader {
  const kind = bytes[1]! - 0x30;
  const cursor = { bytes, at: 2, end: Math.min(bytes.length, MAX_HEADER_BYTES) };
  const width = nextNumber(cursor, 'width');
  const height = nextNumber(cursor, 'height');
  const maxValue = nextNumber(cursor, 'maximum value');
  if (width < 1 || height < 1) throw bad(`its size is ${width} x ${height}`);
  if (maxValue < 1 || maxValue > 65_535) throw bad(`its maximum value is ${maxValue}, not 1 .. 65535`);
  // Exactly one white space stands between the header and the samples.
  if (!isSpace(bytes[cursor.at])) throw bad('its header does not end with white space');
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  return { width, height, channels, maxValue, plain: kind < 4, offset: cursor.at + 1 };
}

/**
 * Decodes the samples to uint8; another maximum value than 255 is scaled so that it becomes 255, with rounding.
 *
 * @param bytes - the whole file; what follows the first picture is ignored
 * @param header - of these bytes; its size has been checked against the caller's limits
 * @throws FaceTriggerError `ERR_IMAGE_DECODE` if samples are missing or above the maximum value
 */
export function decodeNetpbm(bytes: Uint8Array, header: NetpbmHeader): Image {
  const { width, height, channels } = header;
  const count = width * height * channels;
  // A plain sample takes a digit and a white space, but for the last one; this is known before anything is allocated.
  const smallest = header.plain ? 2 * count - 1 : count * (header.maxValue > 255 ? 2 : 1);
  if (bytes.length - header.offset < smallest) throw bad('it is truncated');
  const data = header.plain ? decodePlain(bytes, header, count) : decodeRaw(bytes, header, count);
  return { data, width, height, channels };
}

/** Writes gray images as P5 and RGB images as P6, 8 bits a sample. */
export function encodeNetpbm(image: Image): Uint8Array {
  const header = `P${image.channels === 1 ? 5 : 6}\n${image.width} ${image.height}\n255\n`;
  const bytes = new Uint8Array(header.length + image.data.length);
  bytes.set(new TextEncoder().encode(header));
  bytes.set(image.data, header.length);
  return bytes;
}

function decodeRaw(bytes: Uint8Array, header: NetpbmHeader, count: number): Uint8Array {
  const { maxValue, offset } = header;
  // A copy, which the slice of a Buffer would not be.
  if (maxValue === 255) return new Uint8Array(bytes.subarray(offset, offset + count));
  const scale = scaleTable(maxValue);
  const data = new Uint8Array(count);
  const wide = maxValue > 255;
  for (let i = 0; i < count; i++) {
    const value = wide ? (bytes[offset + 2 * i]! << 8) | bytes[offset + 2 * i + 1]! : bytes[offset + i]!;
    if (value > maxValue) throw bad(`a sample is ${value}, above the maximum value ${maxValue}`);
    data[i] = scale[value]!;
  }
  return data;
}

function decodePlain(bytes: Uint8Array, header: NetpbmHeader, count: number): Uint8Array {
  const { maxValue } = header;
  const scale = scaleTable(maxValue);
  const cursor = { bytes, at: header.offset, end: bytes.length };
  const data = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = nextNumber(cursor, 'sample');
    if (value > maxValue) throw bad(`a sample is ${value}, above the maximum value ${maxValue}`);
    data[i] = scale[value]!;
  }
  return data;
}

function scaleTable(maxValue: number): Uint8Array {
  return Uint8Array.from({ length: maxValue + 1 }, (_, value) => Math.floor((value * 255) / maxValue + 0.5));
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

function nextNumber(cursor: Cursor, what: string): number {
  const { bytes, end } = cursor;
  let at = cursor.at;
  for (; at < end; at++) {
    if (bytes[at] === 0x23) {
      while (at < end && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
    } else if (!isSpace(bytes[at])) break;
  }
  let value = 0;
  const start = at;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > 0x7fffffff) throw bad(`its ${what} is too large`);
  }
  if (at === start) throw bad(at >= end ? 'it is truncated' : `its ${what} is not a number`);
  cursor.at = at;
  return value;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function bad(reason: string): FaceTriggerError {
  return new FaceTriggerError('ERR_IMAGE_DECODE', `The PGM or PPM image cannot be decoded: ${reason}`);
}
