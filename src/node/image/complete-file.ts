import { crc32 } from 'node:zlib';
import { hasAllScans, readJpegStructure } from './jpeg-structure.ts';

/** More than a few bytes hold pixels; a file that lacks so much is cut off. */
const MOST_MISSING = 64;

/**
 * Completes a picture file that ends too early in several ways that differ in all that is missing.
 *
 * @returns files whose pixels are equal if no pixel depends on what is missing; `null` where the format has no such
 * completion, or so much is missing that pixels must be
 * @remarks So the decoder itself says whether pixels are missing, whatever the coding: sequential, progressive, with
 * restart markers, of any color space.
 */
export function completeFile(bytes: Uint8Array, format: string): Completions | null {
  if (format === 'jpeg') return completeJpeg(bytes);
  if (format === 'png') return completePng(bytes);
  if (format === 'gif') return completeGif(bytes);
  if (format === 'webp') return completeWebp(bytes);
  return null;
}

/** Makes a completed file; most are never looked at, because the first two differ. */
export type Completion = () => Uint8Array;
type Completions = readonly [Completion, ...Completion[]];

const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9);

/** Bits that come in place of those that may be missing; no byte is 0xff, which would be a marker. */
const OTHER_BITS: readonly ((index: number) => number)[] = [
  () => 0x55,
  () => 0xaa,
  (i) => (i === 0 ? 0xfe : (i * 89 + 37) % 251),
  (i) => (i * i * 31 + 92) % 249,
];

// A decoder that runs out of data goes on with zeros; here other bits follow each scan, and where there are restart
// markers, those with more bits, for a file that ends between two. After a scan that is whole a decoder skips them.
function completeJpeg(bytes: Uint8Array): Completions | null {
  const structure = readJpegStructure(bytes);
  if (!structure || (structure.endOfImage === null && !hasAllScans(structure))) return null;
  let end = structure.endOfImage ?? bytes.length;
  if (structure.endOfImage === null) while (bytes[end - 1] === 0xff) end--;
  const fill = (bits: (index: number) => number): Uint8Array => {
    const block = new Uint8Array(MOST_MISSING).map((_, i) => bits(i));
    const blocks = structure.restarts ? RESTARTS.map((marker) => join([marker, block])) : [];
    // Encoders may drop zeros at the end of arithmetic data, and decoders make them up (T.81, D.1.8).
    return join([new Uint8Array(structure.arithmetic ? DROPPED_ZEROS : 0), block, ...blocks]);
  };
  const whole = () => join([bytes.subarray(0, end), END_OF_IMAGE]);
  const filled = OTHER_BITS.map((bits) => () => {
    const filling = fill(bits);
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const scan of structure.scans) {
      const to = Math.min(scan.end, end);
      parts.push(bytes.subarray(from, to), filling);
      from = to;
    }
    return join([...parts, bytes.subarray(from, end), END_OF_IMAGE]);
  });
  return [whole, ...filled];
}

const DROPPED_ZEROS = 4;
const RESTARTS = Array.from({ length: 8 }, (_, i) => Uint8Array.of(0xff, 0xd0 + i));

// Data of the last chunk may be whole where its checksum is not; the decoder finds out whether rows are missing.
function completePng(bytes: Uint8Array): Completions | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 12 <= bytes.length && at + 12 + view.getUint32(at) <= bytes.length)
    at += 12 + view.getUint32(at);
  const rest = bytes.subarray(at);
  const isData = rest.length > 8 && Buffer.from(rest.subarray(4, 8)).toString('latin1') === 'IDAT';
  const data = isData ? rest.subarray(8, 8 + view.getUint32(at)) : new Uint8Array();
  const complete = (filler: number) => () => {
    const filled = isData ? [pngChunk('IDAT', join([data, new Uint8Array(MOST_MISSING).fill(filler)]))] : [];
    return join([bytes.subarray(0, at), ...filled, pngChunk('IEND', new Uint8Array())]);
  };
  return [complete(0), complete(0xff)];
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = join([Buffer.from(type, 'latin1'), data]);
  const frame = new DataView(new ArrayBuffer(8));
  frame.setUint32(0, data.length);
  frame.setUint32(4, crc32(body));
  const numbers = new Uint8Array(frame.buffer);
  return join([numbers.subarray(0, 4), body, numbers.subarray(4)]);
}

// The last block of data may lack bytes, then the block that ends the data and the file's last byte.
function completeGif(bytes: Uint8Array): Completions | null {
  const missing = missingInGifBlock(bytes);
  if (missing === null || missing > MOST_MISSING) return null;
  const complete = (filler: number) => () =>
    join([bytes, new Uint8Array(missing).fill(filler), Uint8Array.of(0, 0x3b)]);
  return [complete(0), complete(0xff)];
}

// Walks to the data of the first picture, and through its blocks (GIF89a specification, sections 15 to 22).
function missingInGifBlock(bytes: Uint8Array): number | null {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableSize(bytes[10] ?? 0);
  while (bytes[at] === 0x21) {
    at += 2;
    while ((bytes[at] ?? 0) > 0) at += bytes[at]! + 1;
    at += 1;
  }
  if (bytes[at] !== 0x2c || at + 11 > bytes.length) return null;
  at += 11 + tableSize(bytes[at + 9]!);
  while (at < bytes.length && bytes[at]! > 0) at += bytes[at]! + 1;
  return at < bytes.length ? null : at - bytes.length;
}

function completeWebp(bytes: Uint8Array): Completions | null {
  const missing =
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true) + 8 - bytes.length;
  if (missing <= 0 || missing > MOST_MISSING) return null;
  const complete = (filler: number) => () => join([bytes, new Uint8Array(missing).fill(filler)]);
  return [complete(0), complete(0xff)];
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
