import { FaceTriggerError } from '../../../core/errors.ts';
import { joinPlanes, splitPlanes } from './byte-planes.ts';
import { readLeaves, writeLeaves } from './leaf-numbers.ts';
import { MAX_CASCADES, type RegressionTrees, THRESHOLD_LIMIT } from './regression-trees.ts';

const MAGIC = 'FTREES2\n';
const EARLIER_MAGIC = 'FTREES1\n';
const HEADER_BYTES = MAGIC.length + 6 * 4;

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
 * Reads what {@link encodeLandmarkFile} wrote.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if sizes, length or any index is wrong
 */
export function decodeLandmarkFile(bytes: Uint8Array): RegressionTrees {
  if (startsWith(bytes, EARLIER_MAGIC)) {
    throw damaged(
      'an earlier face-trigger wrote it; convert the .dat file anew with "face-trigger models convert"',
    );
  }
  if (!startsWith(bytes, MAGIC) || bytes.length < HEADER_BYTES) throw damaged('it has no header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [cascades, trees, splits, coordinates, pixels, bits] = Array.from({ length: 6 }, (_, i) =>
    view.getUint32(MAGIC.length + i * 4, true),
  ) as [number, number, number, number, number, number];
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
  const initialShape = next(new Float32Array(coordinates));
  const thresholds = next(new Int16Array(treeCount * splits));
  const leaves = readLeaves(next(new Uint32Array(treeCount * (splits + 1) * coordinates)), bits);
  const deltas = next(new Float32Array(cascades * pixels * 2));
  const firstPixel = next(new Uint16Array(treeCount * splits));
  const secondPixel = next(new Uint16Array(treeCount * splits));
  const anchors = next(new Uint16Array(cascades * pixels));
  const isSane =
    cascades >= 1 &&
    cascades <= MAX_CASCADES &&
    trees >= 1 &&
    coordinates >= 4 &&
    coordinates % 2 === 0 &&
    splits >= 1 &&
    ((splits + 1) & splits) === 0 &&
    firstPixel.every((index) => index < pixels) &&
    secondPixel.every((index) => index < pixels) &&
    anchors.every((index) => index < coordinates / 2) &&
    thresholds.every((threshold) => Math.abs(threshold) <= THRESHOLD_LIMIT) &&
    [initialShape, leaves, deltas].every((values) => values.every(Number.isFinite));
  if (!isSane) throw damaged('an index or value is out of range');
  return {
    cascades,
    trees,
    splits,
    coordinates,
    pixels,
    initialShape,
    thresholds,
    leaves,
    deltas,
    firstPixel,
    secondPixel,
    anchors,
  };
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return bytes.length >= magic.length && [...magic].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

function damaged(problem: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `Not a usable landmark model: ${problem}`);
}
