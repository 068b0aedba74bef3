import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShapePredictor } from '../../../../src/convert/dlib/shape-predictor.ts';
import { createRandom } from '../../../../src/core/random/random.ts';
import {
  decodeLandmarkFile,
  encodeLandmarkFile,
  isLandmarkFile,
} from '../../../../src/models/dlib/landmarks/landmark-file.ts';
import { readLeaves, writeLeaves } from '../../../../src/models/dlib/landmarks/leaf-numbers.ts';
import type { RegressionTrees } from '../../../../src/models/dlib/landmarks/regression-trees.ts';
import { builtModel, dlibFile, readBytes } from '../../../convert/dlib-files.ts';

function someTrees(
  sizes: { cascades: number; trees: number; depth: number; points: number; pixels: number },
  seed: number,
): RegressionTrees {
  const { cascades, trees, depth, points, pixels } = sizes;
  const random = createRandom(seed);
  const splits = 2 ** depth - 1;
  const floats = (length: number) => Float32Array.from({ length }, () => random.normal());
  const below = (length: number, limit: number) => Uint16Array.from({ length }, () => random.next() * limit);
  return {
    cascades,
    trees,
    splits,
    coordinates: points * 2,
    pixels,
    initialShape: floats(points * 2),
    thresholds: Int16Array.from({ length: cascades * trees * splits }, () => random.next() * 513 - 256),
    leaves: floats(cascades * trees * (splits + 1) * points * 2),
    deltas: floats(cascades * pixels * 2),
    firstPixel: below(cascades * trees * splits, pixels),
    secondPixel: below(cascades * trees * splits, pixels),
    anchors: below(cascades * pixels, points),
  };
}

const small = (max: number, min = 1) => fc.integer({ min, max });
const sizes = fc.record({
  cascades: small(4),
  trees: small(5),
  depth: small(4),
  points: small(6, 2),
  pixels: small(9),
});

describe('encodeLandmarkFile and decodeLandmarkFile', () => {
  it('bring any trees back, at any place in memory', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 9 }),
        (given, seed, offset) => {
          const trees = someTrees(given, seed);
          const bytes = encodeLandmarkFile(trees);
          expect(isLandmarkFile(bytes)).toBe(true);
          const moved = new Uint8Array(bytes.length + offset).subarray(offset);
          moved.set(bytes);
          const { leaves, ...others } = decodeLandmarkFile(moved);
          expect({ ...others, leaves: trees.leaves }).toEqual(trees);
          // What was rounded once stays as it is.
          expect(encodeLandmarkFile({ ...trees, leaves })).toEqual(bytes);
        },
      ),
    );
  });

  it('give leaves whose sums with a coordinate are those of the leaves themselves', () => {
    const coordinate = fc.oneof(
      fc.float({ min: 2 ** -6, max: 2, noNaN: true }),
      fc.float({ min: -2, max: -(2 ** -6), noNaN: true }),
    );
    // No larger than those of dlib, of any smallness.
    const leaf = fc.tuple(
      fc.float({ min: 0.5, max: 1, noNaN: true }),
      fc.integer({ min: -40, max: -7 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, leaf), { minLength: 1, maxLength: 100 }), (pairs) => {
        const leaves = Float32Array.from(
          pairs,
          ([, [part, exponent, up]]) => part * 2 ** exponent * (up ? 1 : -1),
        );
        const { bits, numbers } = writeLeaves(leaves);
        const read = readLeaves(numbers, bits);
        pairs.forEach(([x], i) => {
          expect(Math.fround(x + read[i]!)).toBe(Math.fround(x + leaves[i]!));
        });
      }),
      { numRuns: 500 },
    );
  });

  it('reads files that were written before leaves were made smaller', () => {
    const { leaves, thresholds, ...others } = decodeLandmarkFile(
      readBytes(new URL('../../../fixtures/files-of-0.1/landmarks.trees', import.meta.url).pathname),
    );
    expect(others).toMatchObject({ cascades: 2, trees: 2, splits: 3, coordinates: 4, pixels: 5 });
    // Written with leaves of a hundredth more each, and with thresholds of -300.5 and 50 more each, the last 300.
    leaves.forEach((leaf, i) => {
      expect(leaf).toBe(Math.fround(i / 100));
    });
    expect([...thresholds]).toEqual([-256, -251, -201, -151, -101, -51, -1, 49, 99, 149, 199, 256]);
    expect([...others.firstPixel]).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]);
    expect([...others.anchors]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it('refuse leaves that no face has', () => {
    for (const leaf of [Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 31)]) {
      expect(() => writeLeaves(Float32Array.of(leaf, 0))).toThrow(/Not a usable landmark model/);
    }
  });

  it("keep dlib's 5-point model as it is in the published file", () => {
    const trees = readShapePredictor(readBytes(dlibFile('landmarks')));
    expect(trees).toMatchObject({ cascades: 15, trees: 500, splits: 15, coordinates: 10, pixels: 800 });
    expect(Buffer.compare(encodeLandmarkFile(trees), readBytes(builtModel('face-landmarks.trees')))).toBe(0);
  });
});
