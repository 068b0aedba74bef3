import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../src/core/geometry/point.ts';
import { rotatePoint } from '../../../src/core/geometry/point.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { facePose, faceQuality, laplacianVariance } from '../../../src/core/quality/face-quality.ts';
import { DLIB_FIVE_POINTS } from '../../../src/models/dlib/five-points.ts';

// dlib's mean face in a chip of 200 pixels.
const FRONTAL: readonly Point[] = [
  [171.9, 42.7],
  [129.2, 45.8],
  [24.1, 42.7],
  [66.8, 45.8],
  [98.0, 125.6],
];

function chip(pixel: (x: number, y: number) => number): Image {
  const data = new Uint8Array(150 * 150);
  for (let y = 0; y < 150; y++) for (let x = 0; x < 150; x++) data[y * 150 + x] = pixel(x, y);
  return { data, width: 150, height: 150, channels: 1 };
}

const sharp = chip((x, y) => 128 + 60 * Math.sin(x / 3) * Math.cos(y / 3));
const blurred = chip((x, y) => 128 + 60 * Math.sin(x / 25) * Math.cos(y / 25));

const quality = (chip: Image, points: readonly Point[]) =>
  faceQuality({ chip, landmarks: { layout: DLIB_FIVE_POINTS, points } });
const pose = (points: readonly Point[]) => facePose({ layout: DLIB_FIVE_POINTS, points });

describe('faceQuality', () => {
  it('likes a sharp face better than a blurred, a small, a dark and a turned one', () => {
    const best = quality(sharp, FRONTAL).score;
    expect(best).toBeGreaterThan(0.8);
    expect(quality(blurred, FRONTAL).score).toBeLessThan(best - 0.1);
    const small = FRONTAL.map(([x, y]): Point => [x / 10, y / 10]);
    expect(quality(sharp, small).score).toBeLessThan(best - 0.1);
    expect(
      quality(
        chip((x, y) => (sharp.data[y * 150 + x] ?? 0) / 12),
        FRONTAL,
      ).score,
    ).toBeLessThan(best - 0.2);
    const turned = [...FRONTAL.slice(0, 4), [145, 125] as Point];
    expect(quality(sharp, turned).score).toBeLessThan(best - 0.1);
  });

  it('gives the same for gray and for the same gray in three channels', () => {
    const data = new Uint8Array(150 * 150 * 3);
    for (let i = 0; i < data.length; i++) data[i] = sharp.data[Math.floor(i / 3)] ?? 0;
    const rgb: Image = { data, width: 150, height: 150, channels: 3 };
    expect(quality(rgb, FRONTAL)).toEqual(quality(sharp, FRONTAL));
  });

  it('refuses other than five points and chips that are not square', () => {
    expect(() => quality(sharp, FRONTAL.slice(1))).toThrow(/5 points/);
    expect(() => quality({ ...sharp, width: 75, height: 300 }, FRONTAL)).toThrow(/square/);
  });
});

describe('facePose', () => {
  it('is about 0 for the mean face', () => {
    const found = pose(FRONTAL);
    expect(Math.abs(found.roll)).toBeLessThan(1);
    expect(Math.abs(found.yaw)).toBeLessThan(0.02);
    expect(Math.abs(found.pitch)).toBeLessThan(0.02);
  });

  it('measures roll in degrees, and yaw and pitch do not depend on roll, place or size', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -170, max: 170, noNaN: true }),
        fc.double({ min: 0.2, max: 9, noNaN: true }),
        fc.double({ min: -500, max: 500, noNaN: true }),
        (degrees, scale, shift) => {
          const face = [...FRONTAL.slice(0, 4), [120, 110] as Point];
          const moved = face
            .map((point) => rotatePoint([0, 0], point, (degrees * Math.PI) / 180))
            .map(([x, y]): Point => [x * scale + shift, y * scale - shift]);
          const before = pose(face);
          const after = pose(moved);
          expect(after.yaw).toBeCloseTo(before.yaw, 6);
          expect(after.pitch).toBeCloseTo(before.pitch, 6);
          expect(after.roll - before.roll).toBeCloseTo(degrees, 6);
        },
      ),
    );
  });
});

describe('laplacianVariance', () => {
  it('is 0 for a flat picture and for a ramp, and the known value for a checkerboard', () => {
    const gray = (pixel: (x: number, y: number) => number) => chip(pixel).data;
    expect(
      laplacianVariance(
        gray(() => 9),
        150,
        150,
      ),
    ).toBe(0);
    expect(
      laplacianVariance(
        gray((x) => x),
        150,
        150,
      ),
    ).toBe(0);
    // Each inner pixel differs by 10 from its four neighbors: +40 and -40 in equal number.
    expect(
      laplacianVariance(
        gray((x, y) => ((x + y) % 2) * 10),
        150,
        150,
      ),
    ).toBeCloseTo(1600, 6);
  });
});
