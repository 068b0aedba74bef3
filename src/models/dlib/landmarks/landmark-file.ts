import { FaceTriggerError } from '../../../core/errors.ts';
import { MAX_CASCADES, type RegressionTrees } from './regression-trees.ts';

const MAGIC = 'FTREES1\n';
const HEADER_BYTES = MAGIC.length + 5 * 4;

/**
 * Writes regression trees in the project's compact form.
 *
 * @returns 8 bytes of magic, five uint32 (cascades, trees, splits, coordinates, pixels), then the arrays one after
 * the other, little-endian: float32 initial shape, thresholds, leaves, deltas; uint16 first and second pixels, anchors
 */
export function encodeLandmarkFile(trees: RegressionTrees): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(header.buffer);
  const sizes = [trees.cascades, trees.trees, trees.splits, trees.coordinates, trees.pixels];
  sizes.forEach((size, i) => {
    view.setUint32(MAGIC.length + i * 4, size, true);
  });
  const arrays = [
    trees.initialShape,
    trees.thresholds,
    trees.leaves,
    trees.deltas,
    trees.firstPixel,
    trees.secondPixel,
    trees.anchors,
  ];
  const parts = [header, ...arrays.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength))];
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/** True when the bytes begin as {@link encodeLandmarkFile} writes them. */
export function isLandmarkFile(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && [...MAGIC].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/**
 * Reads what {@link encodeLandmarkFile} wrote.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if sizes, length or any index is wrong
 */
export function decodeLandmarkFile(bytes: Uint8Array): RegressionTrees {
  if (!isLandmarkFile(bytes) || bytes.length < HEADER_BYTES) throw damaged('it has no header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [cascades, trees, splits, coordinates, pixels] = Array.from({ length: 5 }, (_, i) =>
    view.getUint32(MAGIC.length + i * 4, true),
  ) as [number, number, number, number, number];
  const treeCount = cascades * trees;
  const floats =
    coordinates + treeCount * splits + treeCount * (splits + 1) * coordinates + cascades * pixels * 2;
  const shorts = 2 * treeCount * splits + cascades * pixels;
  if (HEADER_BYTES + floats * 4 + shorts * 2 !== bytes.length)
    throw damaged('its length does not fit its header');

  // A copy from the header on, so that the arrays are aligned whatever the bytes' offset.
  const { buffer } = new Uint8Array(bytes.subarray(HEADER_BYTES));
  let offset = 0;
  function floatArray(length: number): Float32Array {
    offset += length * 4;
    return new Float32Array(buffer, offset - length * 4, length);
  }
  function shortArray(length: number): Uint16Array {
    offset += length * 2;
    return new Uint16Array(buffer, offset - length * 2, length);
  }
  const initialShape = floatArray(coordinates);
  const thresholds = floatArray(treeCount * splits);
  const leaves = floatArray(treeCount * (splits + 1) * coordinates);
  const deltas = floatArray(cascades * pixels * 2);
  const firstPixel = shortArray(treeCount * splits);
  const secondPixel = shortArray(treeCount * splits);
  const anchors = shortArray(cascades * pixels);
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

function damaged(problem: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `Not a usable landmark model: ${problem}`);
}
