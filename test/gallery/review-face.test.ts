import { describe, expect, it } from 'vitest';
import { type FaceQualityFacts, reviewFace } from '../../src/gallery/review-face.ts';

const codes = (facts: FaceQualityFacts, level?: 'off' | 'standard' | 'strict') => {
  const { accepted, reasons } = reviewFace(facts, level);
  return [accepted, ...reasons.map(({ code }) => code)];
};

describe('reviewFace', () => {
  it('takes a good photo, and one of which nothing is known', () => {
    const good = {
      faceCount: 1,
      faceSize: 180,
      sharpness: 0.8,
      brightness: 0.5,
      yaw: 5,
      pitch: -8,
      roll: 20,
    };
    for (const level of ['off', 'standard', 'strict'] as const) {
      expect(codes(good, level)).toEqual([true]);
      expect(codes({}, level)).toEqual([true]);
    }
  });

  it.each([
    ['several-faces', { faceCount: 2 }],
    ['tiny', { faceSize: 39 }],
    ['blurred', { sharpness: 0.1 }],
    ['dark', { brightness: 0.05 }],
    ['overexposed', { brightness: 0.99 }],
    ['pose', { yaw: -50 }],
    ['pose', { pitch: 60 }],
    ['pose', { roll: 100 }],
  ] as const)('refuses a useless photo (%s) unless the review is off', (code, facts) => {
    expect(codes(facts)).toEqual([false, code]);
    expect(codes(facts, 'strict')).toEqual([false, code]);
    expect(codes(facts, 'off')).toEqual([true]);
  });

  it.each([
    ['tiny', { faceSize: 79 }],
    ['blurred', { sharpness: 0.3 }],
    ['dark', { brightness: 0.15 }],
    ['overexposed', { brightness: 0.9 }],
    ['pose', { yaw: 30 }],
  ] as const)('flags a poor photo (%s), and refuses it when strict', (code, facts) => {
    expect(codes(facts)).toEqual([true, code]);
    expect(codes(facts, 'strict')).toEqual([false, code]);
  });

  it('gives all reasons in words', () => {
    const { reasons } = reviewFace({ faceCount: 3, faceSize: 12.3, sharpness: 0.012 });
    expect(reasons.map(({ message }) => message)).toEqual([
      'the photo shows 3 faces',
      'the face is 12 pixels wide; 80 are good',
      'the face is blurred: sharpness 0.01; 0.35 is good',
    ]);
  });

  it('refuses other levels and facts that are no numbers', () => {
    const call = (facts: unknown, level: unknown) => () =>
      reviewFace(facts as FaceQualityFacts, level as 'off');
    expect(call({}, 'lax')).toThrow('options.review');
    expect(call({ yaw: Number.NaN }, 'standard')).toThrow('face.quality.yaw');
    expect(call({ yaw: '3' }, 'standard')).toThrow('face.quality.yaw');
    expect(call(null, 'standard')).toThrow('face.quality');
  });
});
