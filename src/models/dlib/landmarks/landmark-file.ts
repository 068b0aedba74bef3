import { FaceTriggerError } from '../../../core/errors.ts';
import { joinPlanes, splitPlanes } from './byte-planes.ts';
import { readLeaves, writeLeaves } from './leaf-numbers.ts';
import { MAX_CASCADES, type RegressionTrees, THRESHOLD_LIMIT, wholeThreshold } from './regression-trees.ts';

const MAGIC = 'FTREES2\n';
const EARLIER_MAGIC = 'FTREES1\n';
const HEADER_BYTES = MAGIC.length + 6 * 4;
const EARLIER_HEADER_BYTES = MAGIC.length + 5 * 4;

/**
 * Writes regression trees in the project's compact form: small once a server compresses it.
 *
 * @returns 8 bytes of magic, six uint32 (cascades, trees, splits, coordinates, pixels, bits of the leaves), then the
 * arrays one after the other, each as planes of bytes, the lowest first: float32 initial shape; int16 thresholds;
 * uint32 leaves, see {@link writeLeaves}; float32 deltas; uint16 first and second pixels, anchors
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if leaves are larger than the form holds
 */
export function encodeLandmarkFile(trees: RegressionTrees): Uint8Array {
  const { bits, numbers } = writeLeaves(trees.leaves);
  const header = new Uint8Array(HEADER_BYTES);
  header.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(header.buffer);
  const sizes = [trees.cascades, trees.trees, trees.splits, trees.coordinates, trees.pixels, bits];
  sizes.forEach((size, i) => {
    view.setUint32(MAGIC.length + i * 4, size, true);
  });
  const arrays = [
    trees.initialShape,
    trees.thresholds,
    numbers,
    trees.deltas,
    trees.firstPixel,
    trees.secondPixel,
    trees.anchors,
  ];
  const parts = [header, ...arrays.map(splitPlanes)];
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/** True when the bytes begin as {@link encodeLandmarkFile} writes them, or wrote them before leaves were made smaller. */
export function isLandmarkFile(bytes: Uint8Array): boolean {
  return startsWith(bytes, MAGIC) || startsWith(bytes, EARLIER_MAGIC);
}

/**
 * Reads what {@link encodeLandmarkFile} wrote, now or before its leaves were made smaller.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if sizes, length or any index is wrong
 */
export function decodeLandmarkFile(bytes: Uint8Array): RegressionTrees {
  const trees = startsWith(bytes, EARLIER_MAGIC) ? readEarlier(bytes) : readPlanes(bytes);
  const { cascades, splits, coordinates, pixels } = trees;
  const isSane =
    cascades >= 1 &&
    cascades <= MAX_CASCADES &&
    trees.trees >= 1 &&
    coordinates >= 4 &&
    coordinates % 2 === 0 &&
    splits >= 1 &&
    ((splits + 1) & splits) === 0 &&
    trees.firstPixel.every((index) => index < pixels) &&
    trees.secondPixel.every((index) => index < pixels) &&
    trees.anchors.every((index) => index < coordinates / 2) &&
    trees.thresholds.every((threshold) => Math.abs(threshold) <= THRESHOLD_LIMIT) &&
    [trees.initialShape, trees.leaves, trees.deltas].every((values) => values.every(Number.isFinite));
  if (!isSane) throw damaged('an index or value is out of range');
  return trees;
}

function readPlanes(bytes: Uint8Array): RegressionTrees {
  if (!startsWith(bytes, MAGIC)) throw damaged('it has no header');
  const [cascades, trees, splits, coordinates, pixels, bits] = readHeader(bytes, 6);
  const treeCount = cascades * trees;
  const longs = coordinates + treeCount * (splits + 1) * coordinates + cascades * pixels * 2;
  const shorts = 3 * treeCount * splits + cascades * pixels;
  if (HEADER_BYTES + longs * 4 + shorts * 2 !== bytes.length)
    throw damaged('its length does not fit its header');

  let offset = HEADER_BYTES;
  function next<T extends Float32Array | Uint32Array | Uint16Array | Int16Array>(array: T): T {
    offset += array.byteLength;
    return joinPlanes(bytes.subarray(offset - array.byteLength, offset), array);
  }
  return {
    ...{ cascades, trees, splits, coordinates, pixels },
    initialShape: next(new Float32Array(coordinates)),
    thresholds: next(new Int16Array(treeCount * splits)),
    leaves: readLeaves(next(new Uint32Array(treeCount * (splits + 1) * coordinates)), bits),
    deltas: next(new Float32Array(cascades * pixels * 2)),
    firstPixel: next(new Uint16Array(treeCount * splits)),
    secondPixel: next(new Uint16Array(treeCount * splits)),
    anchors: next(new Uint16Array(cascades * pixels)),
  };
}

/** Five sizes, then float32 initial shape, thresholds, leaves, deltas; uint16 first and second pixels, anchors. */
function readEarlier(bytes: Uint8Array): RegressionTrees {
  const [cascades, trees, splits, coordinates, pixels] = readHeader(bytes, 5);
  const treeCount = cascades * trees;
  const floats =
    coordinates + treeCount * splits + treeCount * (splits + 1) * coordinates + cascades * pixels * 2;
  const shorts = 2 * treeCount * splits + cascades * pixels;
  if (EARLIER_HEADER_BYTES + floats * 4 + shorts * 2 !== bytes.length)
    throw damaged('its length does not fit its header');

  // A copy from the header on, so that the arrays are aligned whatever the bytes' offset.
  const { buffer } = new Uint8Array(bytes.subarray(EARLIER_HEADER_BYTES));
  let offset = 0;
  const floatArray = (length: number): Float32Array => {
    offset += length * 4;
    return new Float32Array(buffer, offset - length * 4, length);
  };
  const shortArray = (length: number): Uint16Array => {
    offset += length * 2;
    return new Uint16Array(buffer, offset - length * 2, length);
  };
  return {
    ...{ cascades, trees, splits, coordinates, pixels },
    initialShape: floatArray(coordinates),
    thresholds: Int16Array.from(floatArray(treeCount * splits), wholeThreshold),
    leaves: floatArray(treeCount * (splits + 1) * coordinates),
    deltas: floatArray(cascades * pixels * 2),
    firstPixel: shortArray(treeCount * splits),
    secondPixel: shortArray(treeCount * splits),
    anchors: shortArray(cascades * pixels),
  };
}

/** The sizes after the magic. */
function readHeader(bytes: Uint8Array, count: number): [number, number, number, number, number, number] {
  if (bytes.length < MAGIC.length + count * 4) throw damaged('it has no header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = (i: number): number => (i < count ? view.getUint32(MAGIC.length + i * 4, true) : 0);
  return [size(0), size(1), size(2), size(3), size(4), size(5)];
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return bytes.length >= magic.length && [...magic].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

function damaged(problem: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `Not a usable landmark model: ${problem}`);
}
