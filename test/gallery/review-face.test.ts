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
      eyeDistance: 80,
      sharpness: 200,
      brightness: 120,
      yaw: 0.1,
      pitch: -0.1,
      roll: 20,
    };
    for (const level of ['off', 'standard', 'strict'] as const) {
      expect(codes(good, level)).toEqual([true]);
      expect(codes({}, level)).toEqual([true]);
    }
  });

  it.each([
    ['several-faces', { faceCount: 2 }],
    ['tiny', { eyeDistance: 15 }],
    ['blurred', { sharpness: 5 }],
    ['dark', { brightness: 10 }],
    ['overexposed', { brightness: 250 }],
    ['pose', { yaw: -0.5 }],
    ['pose', { pitch: 0.6 }],
    ['pose', { roll: 100 }],
  ] as const)('refuses a useless photo (%s) unless the review is off', (code, facts) => {
    expect(codes(facts)).toEqual([false, code]);
    expect(codes(facts, 'strict')).toEqual([false, code]);
    expect(codes(facts, 'off')).toEqual([true]);
  });

  it.each([
    ['tiny', { eyeDistance: 31 }],
    ['blurred', { sharpness: 15 }],
    ['dark', { brightness: 40 }],
    ['overexposed', { brightness: 220 }],
    ['pose', { yaw: 0.3 }],
  ] as const)('flags a poor photo (%s), and refuses it when strict', (code, facts) => {
    expect(codes(facts)).toEqual([true, code]);
    expect(codes(facts, 'strict')).toEqual([false, code]);
  });

  it('gives all reasons in words', () => {
    const { reasons } = reviewFace({ faceCount: 3, eyeDistance: 12.3, sharpness: 1.2 });
    expect(reasons.map(({ message }) => message)).toEqual([
      'the photo shows 3 faces',
      'the eyes are 12 pixels apart; 32 are good',
      'the face is blurred: sharpness 1; 20 is good',
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
