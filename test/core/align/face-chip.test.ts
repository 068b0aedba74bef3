import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutFaceChip, locateFaceChip } from '../../../src/core/align/face-chip.ts';
import { halveBinomial } from '../../../src/core/align/halve-binomial.ts';
import type { Point } from '../../../src/core/geometry/point.ts';
import { toRgb } from '../../../src/core/image/convert-color.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { asLandmarks } from '../../../src/core/landmark/landmarks.ts';
import { dlibChip, extractFaceChip } from '../../../src/models/dlib/chip.ts';
import { DLIB_FIVE_POINTS, MEAN_FACE } from '../../../src/models/dlib/five-points.ts';

interface GoldenChips {
  readonly width: number;
  readonly height: number;
  readonly cases: readonly {
    readonly landmarks: readonly Point[];
    readonly place: readonly [number, number, number, number, number];
    readonly color: string;
    readonly gray: string;
  }[];
}

/** Made by scripts/goldens/chips.cpp with native dlib 19.24. */
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/align/chips.json', import.meta.url), 'utf8'),
) as GoldenChips;

/** The picture of scripts/goldens/chips.cpp. */
function texture(channels: 1 | 3): Image {
  const { width, height } = golden;
  const data = new Uint8Array(width * height * channels);
  let i = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        data[i++] = (x * (3 + c) + y * (7 - c) + ((x * y) >> 6)) ^ ((x >> 3) * 29 + c * 85);
      }
    }
  }
  return { data, width, height, channels };
}

function fnv1a(bytes: Uint8Array): string {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const uniform = (value: number): Image => ({
  data: new Uint8Array(300 * 200).fill(value),
  width: 300,
  height: 200,
  channels: 1,
});
const face = (side: number, x: number, y: number): readonly Point[] =>
  MEAN_FACE.map(([u, v]): [number, number] => [x + u * side, y + v * side]);

describe('extractFaceChip, against native dlib 19.24', () => {
  it('cuts bit-identical color chips, halved up to three times, turned and over the border', () => {
    const image = texture(3);
    const chips = golden.cases.map(({ landmarks }) => fnv1a(extractFaceChip(image, landmarks).data));
    expect(chips).toEqual(golden.cases.map(({ color }) => color));
  });

  it('cuts bit-identical gray chips', () => {
    const image = texture(1);
    const chips = golden.cases.map(({ landmarks }) => fnv1a(extractFaceChip(image, landmarks).data));
    expect(chips).toEqual(golden.cases.map(({ gray }) => gray));
  });

  it('finds the same place and angle, to nine digits', () => {
    for (const { landmarks, place } of golden.cases) {
      const { left, top, right, bottom, angle } = locateFaceChip(
        asLandmarks(landmarks, DLIB_FIVE_POINTS),
        dlibChip(),
      );
      [left, top, right, bottom, angle].forEach((value, i) => {
        expect(Math.abs(value - place[i]!)).toBeLessThan(1e-5);
      });
    }
  });

  it('was checked on chips that need no, one, two and three halvings', () => {
    const halvings = golden.cases.map(({ place: [left, , right] }) =>
      Math.max(0, Math.floor(Math.log2((right - left + 1) / 150))),
    );
    expect(new Set(halvings)).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe('extractFaceChip', () => {
  it('gives the same chip for a gray image and for its three equal channels', () => {
    const gray = texture(1);
    const rgb = toRgb(gray);
    for (const { landmarks } of golden.cases.slice(0, 12)) {
      expect(fnv1a(extractFaceChip(rgb, landmarks).data)).toBe(fnv1a(extractFaceChip(gray, landmarks).data));
    }
  });

  it('leaves a picture of one value that value, and black what is outside', () => {
    const inside = extractFaceChip(uniform(77), face(60, 100, 60));
    expect(new Set(inside.data)).toEqual(new Set([77]));
    const over = extractFaceChip(uniform(77), face(60, -30, 60));
    expect(new Set(over.data)).toEqual(new Set([0, 77]));
    const outside = extractFaceChip(uniform(77), face(60, 5_000, 60));
    expect(new Set(outside.data)).toEqual(new Set([0]));
  });

  it('makes chips of the wanted size', () => {
    for (const size of [16, 112, 150, 224]) {
      const chip = extractFaceChip(uniform(9), face(60, 100, 60), { size });
      expect([chip.width, chip.height, chip.channels, chip.data.length]).toEqual([
        size,
        size,
        3,
        size * size * 3,
      ]);
    }
  });

  it('puts the landmarks where the mean face has them', () => {
    const { left, top, right, bottom, angle } = locateFaceChip(
      asLandmarks(face(100, 40, 30), DLIB_FIVE_POINTS),
      dlibChip({ padding: 0.25 }),
    );
    expect(angle).toBeCloseTo(0, 9);
    // The unit square of the mean face is the chip without a quarter of a side around it.
    expect(left).toBeCloseTo(40 - 25 + 0.5, 6);
    expect(right).toBeCloseTo(140 + 25 - 0.5, 6);
    expect(top).toBeCloseTo(30 - 25 + 0.5, 6);
    expect(bottom).toBeCloseTo(130 + 25 - 0.5, 6);
  });

  it.each([
    ['four points', face(60, 0, 0).slice(1)],
    ['six points', [...face(60, 0, 0), [1, 1]]],
    ['a point of three numbers', [[1, 2, 3], ...face(60, 0, 0).slice(1)]],
    ['NaN', [[Number.NaN, 2], ...face(60, 0, 0).slice(1)]],
    ['infinity', [[1, Number.POSITIVE_INFINITY], ...face(60, 0, 0).slice(1)]],
    ['null', null],
    ['text', '12345'],
    ['holes', [null, null, null, null, null]],
  ])('refuses %s as landmarks', (_, landmarks) => {
    expect(() => extractFaceChip(uniform(1), landmarks as readonly Point[])).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }),
    );
  });

  it('refuses sizes and paddings out of range', () => {
    for (const size of [0, 15, 16.5, 5_000, Number.NaN]) {
      expect(() => extractFaceChip(uniform(1), face(60, 0, 0), { size })).toThrow(/for size/);
    }
    for (const padding of [-0.1, 2.1, Number.NaN]) {
      expect(() => extractFaceChip(uniform(1), face(60, 0, 0), { padding })).toThrow(/options\.padding/);
    }
  });

  it('comes back from any finite landmarks, however far apart or close together', () => {
    const coordinate = fc.oneof(
      fc.double({ min: -400, max: 400, noNaN: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 1e9, -1e15, 1e300, -1e307, Number.MAX_VALUE),
    );
    const landmarks = fc.array(fc.tuple(coordinate, coordinate), { minLength: 5, maxLength: 5 });
    const image = uniform(50);
    fc.assert(
      fc.property(landmarks, (points) => {
        const chip = extractFaceChip(image, points, { size: 16 });
        expect(chip.data).toHaveLength(16 * 16 * 3);
        expect(chip.data.every((value) => value <= 50)).toBe(true);
      }),
    );
  });

  it('comes back from a place of infinite size', () => {
    const place = { left: -1e308, top: -1e308, right: 1e308, bottom: 1e308, angle: 0 };
    expect(cutFaceChip(uniform(50), place, 16).data).toHaveLength(16 * 16 * 3);
  });
});

describe('halveBinomial', () => {
  it('keeps a picture of one value and gives floor((side - 3) / 2) a side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 80 }), fc.integer({ min: 9, max: 80 }), (width, height) => {
        const half = halveBinomial(uniform(201), { left: 3, top: 5, width, height });
        expect([half.width, half.height]).toEqual([
          Math.floor((width - 3) / 2),
          Math.floor((height - 3) / 2),
        ]);
        expect(half.data.every((value) => value === 201)).toBe(true);
      }),
    );
  });

  it('gives nothing for eight or fewer rows or columns', () => {
    expect(halveBinomial(uniform(1), { left: 0, top: 0, width: 8, height: 50 })).toMatchObject({
      width: 0,
      height: 0,
    });
  });
});
