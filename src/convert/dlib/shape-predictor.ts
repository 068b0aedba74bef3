import {
  MAX_CASCADES,
  type RegressionTrees,
  wholeThreshold,
} from '../../models/dlib/landmarks/regression-trees.ts';
import { DatReader } from './dat-reader.ts';

/**
 * Reads a shape predictor that dlib's `serialize` wrote.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the file is cut, altered, or its trees are not all of one size
 * @remarks Format: dlib/image_processing/shape_predictor.h of dlib 19.24.
 */
export function readShapePredictor(bytes: Uint8Array): RegressionTrees {
  const reader = new DatReader(bytes);
  reader.expectInteger(1, 'shape predictor version');
  const initialShape = reader.matrix().data;
  const coordinates = initialShape.length;
  if (coordinates < 4 || coordinates % 2 !== 0) throw reader.error('a shape without points');
  const forests = readForests(reader, coordinates);
  const anchors = readAnchors(reader, forests.cascades, coordinates / 2);
  const deltas = readDeltas(reader, forests.cascades, anchors.pixels);
  reader.expectEnd();
  if (forests.maxPixel >= anchors.pixels) throw reader.error('a split that looks at a pixel out of range');
  return {
    cascades: forests.cascades,
    trees: forests.trees,
    splits: forests.splits,
    coordinates,
    pixels: anchors.pixels,
    initialShape,
    firstPixel: Uint16Array.from(forests.firstPixel),
    secondPixel: Uint16Array.from(forests.secondPixel),
    thresholds: Int16Array.from(forests.thresholds, wholeThreshold),
    leaves: Float32Array.from(forests.leaves),
    anchors: anchors.indices,
    deltas,
  };
}

function readForests(reader: DatReader, coordinates: number) {
  const firstPixel: number[] = [];
  const secondPixel: number[] = [];
  const thresholds: number[] = [];
  const leaves: number[] = [];
  const cascades = reader.count(2);
  if (cascades < 1 || cascades > MAX_CASCADES) throw reader.error(`${cascades} cascades`);
  let trees = 0;
  let splits = 0;
  let maxPixel = 0;
  for (let cascade = 0; cascade < cascades; cascade++) {
    const treeCount = reader.count(4);
    if (cascade === 0) trees = treeCount;
    if (treeCount !== trees || trees === 0) throw reader.error('cascades of unequal size');
    for (let tree = 0; tree < trees; tree++) {
      const splitCount = reader.count(8);
      if (cascade === 0 && tree === 0) splits = splitCount;
      if (splitCount !== splits || !isPowerOfTwo(splits + 1)) throw reader.error('trees of unequal depth');
      for (let i = 0; i < splits; i++) {
        const first = reader.integer();
        const second = reader.integer();
        if (first < 0 || second < 0 || first > 0xffff || second > 0xffff)
          throw reader.error('a bad pixel index');
        maxPixel = Math.max(maxPixel, first, second);
        firstPixel.push(first);
        secondPixel.push(second);
        thresholds.push(reader.float());
      }
      if (reader.count(4) !== splits + 1) throw reader.error('a tree with a wrong number of leaves');
      for (let i = 0; i <= splits; i++) {
        const leaf = reader.matrix().data;
        if (leaf.length !== coordinates) throw reader.error('a leaf of wrong size');
        for (const value of leaf) leaves.push(value);
      }
    }
  }
  return { cascades, trees, splits, maxPixel, firstPixel, secondPixel, thresholds, leaves };
}

function readAnchors(reader: DatReader, cascades: number, points: number) {
  if (reader.count(2) !== cascades) throw reader.error('anchors that do not fit the cascades');
  let pixels = 0;
  const indices: number[] = [];
  for (let cascade = 0; cascade < cascades; cascade++) {
    const count = reader.count(2);
    if (cascade === 0) pixels = count;
    if (count !== pixels || pixels === 0) throw reader.error('cascades with unequal numbers of pixels');
    for (let i = 0; i < pixels; i++) {
      const anchor = reader.integer();
      if (anchor < 0 || anchor >= points) throw reader.error('an anchor that is no point');
      indices.push(anchor);
    }
  }
  return { pixels, indices: Uint16Array.from(indices) };
}

function readDeltas(reader: DatReader, cascades: number, pixels: number): Float32Array {
  const deltas = new Float32Array(cascades * pixels * 2);
  if (reader.count(2) !== cascades) throw reader.error('deltas that do not fit the cascades');
  let next = 0;
  for (let cascade = 0; cascade < cascades; cascade++) {
    if (reader.count(8) !== pixels) throw reader.error('deltas that do not fit the pixels');
    for (let i = 0; i < pixels * 2; i++) deltas[next++] = reader.float();
  }
  return deltas;
}

function isPowerOfTwo(value: number): boolean {
  return value > 1 && (value & (value - 1)) === 0;
}
