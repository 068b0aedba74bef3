import { describe, expect, it } from 'vitest';
import {
  type ChipTemplate,
  landmarksFor,
  layoutsOf,
  placesFor,
} from '../../../src/core/align/chip-template.ts';
import { cutFaceChip, locateFaceChip } from '../../../src/core/align/face-chip.ts';
import type { Point } from '../../../src/core/geometry/point.ts';
import type { LandmarkLayout, Landmarks } from '../../../src/core/landmark/landmarks.ts';
import { ARCFACE_PLACES, arcfaceChip } from '../../../src/models/arcface-chip.ts';
import { DLIB_FIVE_POINTS } from '../../../src/models/dlib/five-points.ts';

const named = (name: string, count: number): LandmarkLayout => ({
  name,
  points: Array.from({ length: count }, (_, i) => `point ${i}`),
  leftEye: [1],
  rightEye: [0],
  nose: 2,
  noseDrop: 0.5,
});

/** Three points of its own, and four of another layout, of which one does not count. */
const template: ChipTemplate = {
  size: 40,
  layout: named('own', 3),
  points: [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.5, 0.75],
  ],
  fit: 'affine',
  others: [{ layout: 'other', points: [[0.5, 0.75], null, [0.25, 0.25], [0.75, 0.25]] }],
};

const OWN: readonly Point[] = [
  [10, 10],
  [30, 10],
  [20, 30],
];
const OTHER: Landmarks = {
  layout: named('other', 4),
  points: [OWN[2]!, [900, -5], OWN[0]!, OWN[1]!],
};

describe('a chip template', () => {
  it('lays pixel on pixel where the landmarks are at its places', () => {
    const place = locateFaceChip(landmarksFor(template, OWN), template);
    for (const [side, value] of Object.entries({ left: 0, top: 0, right: 39, bottom: 39, angle: 0 })) {
      expect(place[side as keyof typeof place]).toBeCloseTo(value, 9);
    }
    const data = Uint8Array.from({ length: 60 * 50 * 3 }, (_, i) => (i * 7) % 251);
    const chip = cutFaceChip({ data, width: 60, height: 50, channels: 3 }, place, 40);
    for (let row = 1; row < 38; row++) {
      const from = row * 60 * 3;
      // A place that is a hair beside the pixel may lose one step when truncated.
      for (let i = 3; i < 38 * 3; i++) {
        expect(Math.abs(chip.data[row * 40 * 3 + i]! - data[from + i]!)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('cuts the same chip by the points of another layout, whatever a point says that does not count', () => {
    const place = locateFaceChip(OTHER, template);
    expect(place).toEqual(locateFaceChip(landmarksFor(template, OWN), template));
  });

  it('names the layouts that it can cut by', () => {
    expect(layoutsOf(template)).toEqual(['own', 'other']);
    expect(placesFor(template, OTHER).points).toEqual([OWN[2], OWN[0], OWN[1]]);
  });

  it.each([
    [
      'a layout that it has no places for',
      { layout: named('third', 3), points: OWN },
      /"own", "other".*"?third/,
    ],
    ['too few points of another layout', { layout: named('other', 3), points: OWN }, /4 points/],
    ['points that are none', { layout: named('other', 4), points: [...OWN, [Number.NaN, 1]] }, /4 points/],
  ])('refuses %s, and never cuts a wrong chip', (_, landmarks, message) => {
    const cut = () => locateFaceChip(landmarks as Landmarks, template);
    expect(cut).toThrow(expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }));
    expect(cut).toThrow(message);
  });

  it('survives points that all coincide', () => {
    const place = locateFaceChip(landmarksFor(template, [OWN[0]!, OWN[0]!, OWN[0]!]), template);
    expect(Object.values(place).every(Number.isFinite)).toBe(true);
  });
});

describe("ArcFace's chip", () => {
  it.each([
    [112, 1, 0],
    [224, 2, 0],
    [128, 1, 8],
    [256, 2, 16],
    [160, 160 / 112, 0],
  ])('has its places scaled to a side of %i', (size, scale, shift) => {
    const { points, fit } = arcfaceChip(size);
    expect(fit).toBe('affine');
    points.forEach(([x, y], i) => {
      expect(x * size).toBeCloseTo(ARCFACE_PLACES[i]![0] * scale + shift, 9);
      expect(y * size).toBeCloseTo(ARCFACE_PLACES[i]![1] * scale, 9);
    });
  });

  it("is cut by dlib's five points too, eyes and nose where they belong", () => {
    const chip = arcfaceChip();
    const places = chip.others!.find(({ layout }) => layout === DLIB_FIVE_POINTS.name)!.points as Point[];
    const mean = (indices: readonly number[]) => indices.reduce((sum, i) => sum + places[i]![0], 0) / 2;
    expect(Math.abs(mean(DLIB_FIVE_POINTS.leftEye) - chip.points[1]![0])).toBeLessThan(1 / 112);
    expect(Math.abs(mean(DLIB_FIVE_POINTS.rightEye) - chip.points[0]![0])).toBeLessThan(1 / 112);
    const landmarks = { layout: DLIB_FIVE_POINTS, points: places.map(([x, y]): Point => [x * 112, y * 112]) };
    expect(locateFaceChip(landmarks, chip).right).toBeCloseTo(111, 6);
  });
});
