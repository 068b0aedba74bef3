/** A scan of a JPEG: which components' coefficients it brings, and where its data are. */
export interface JpegScan {
  readonly components: readonly number[];
  /** First and last coefficient, 0 .. 63. */
  readonly first: number;
  readonly last: number;
  /** Bits below this one are still to come. */
  readonly lowBit: number;
  /** Index after the last byte of its entropy-coded data. */
  readonly end: number;
}

/** How a JPEG file is built up. */
export interface JpegStructure {
  readonly width: number;
  readonly height: number;
  /** Identifiers of the frame's components. */
  readonly components: readonly number[];
  readonly progressive: boolean;
  /** Coded arithmetically, not by Huffman's codes. */
  readonly arithmetic: boolean;
  /** Whether restart markers divide the scans. */
  readonly restarts: boolean;
  readonly scans: readonly JpegScan[];
  /** Index of the marker that ends the picture; `null` where the file ends before it. */
  readonly endOfImage: number | null;
}

/**
 * Reads the segments of a JPEG without decoding anything.
 *
 * @returns `null` where the file ends before its first scan, or is no JPEG
 * @remarks Source: ITU-T T.81, annex B. Bytes between segments are skipped, as decoders do.
 */
export function readJpegStructure(bytes: Uint8Array): JpegStructure | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Pick<JpegStructure, 'width' | 'height' | 'components' | 'progressive' | 'arithmetic'> | null =
    null;
  let restarts = false;
  const scans: JpegScan[] = [];
  let endOfImage: number | null = null;
  for (let at = nextMarker(bytes, 2); at !== null; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) {
      endOfImage = at;
      break;
    }
    if (at + 4 > bytes.length) break;
    const body = at + 4;
    const next = at + 2 + view.getUint16(at + 2);
    if (next > bytes.length) break;
    if (isFrame(marker) && next - body >= 6) {
      const count = Math.min(bytes[body + 5]!, Math.floor((next - body - 6) / 3));
      frame = {
        height: view.getUint16(body + 1),
        width: view.getUint16(body + 3),
        components: Array.from({ length: count }, (_, i) => bytes[body + 6 + 3 * i]!),
        // SOF2, 6, 10 and 14.
        progressive: (marker & 3) === 2,
        arithmetic: marker > 0xc8,
      };
    }
    if (marker === 0xdd && next - body >= 2) restarts ||= view.getUint16(body) > 0;
    at = nextMarker(bytes, next);
    if (marker !== 0xda || next - body < 6) continue;
    const count = Math.min(bytes[body]!, Math.floor((next - body - 4) / 2));
    scans.push({
      components: Array.from({ length: count }, (_, i) => bytes[body + 1 + 2 * i]!),
      first: bytes[next - 3]!,
      last: bytes[next - 2]!,
      lowBit: bytes[next - 1]! & 15,
      end: at ?? bytes.length,
    });
  }
  return frame && scans.length > 0 ? { ...frame, restarts, scans, endOfImage } : null;
}

/** The frame of a JPEG: its size, and whether it is coded without loss, as sensor data are. */
export function readJpegFrame(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number; readonly lossless: boolean } | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = nextMarker(bytes, 2); at !== null && at + 9 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xd9 || marker === 0xda) return null;
    if (isFrame(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      // SOF3, 7, 11 and 15.
      return { width, height, lossless: (marker & 3) === 3 };
    }
    at = nextMarker(bytes, at + 2 + view.getUint16(at + 2));
  }
  return null;
}

/** Whether every coefficient of every component is there to its last bit, as far as the scans' headers say. */
export function hasAllScans({ components, progressive, scans }: JpegStructure): boolean {
  return components.every((component) => {
    const own = scans.filter((scan) => scan.components.includes(component));
    if (!progressive) return own.length > 0;
    return Array.from({ length: 64 }, (_, i) => i).every((i) =>
      own.some(({ first, last, lowBit }) => first <= i && i <= last && lowBit === 0),
    );
  });
}

// The next marker that does not belong to entropy-coded data: no stuffed zero, restart or fill byte.
function nextMarker(bytes: Uint8Array, from: number): number | null {
  for (
    let at = bytes.indexOf(0xff, from);
    at !== -1 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const code = bytes[at + 1]!;
    if (code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd8) && code !== 1) return at;
  }
  return null;
}

// SOF0 .. SOF15 without DHT, JPG and DAC, which have numbers between them.
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
