import { describe, expect, it } from 'vitest';
import { largestDetection } from '../../../src/core/detect/face-detector.ts';

const detection = (width: number, score: number) => ({
  box: { left: 0, top: 0, width, height: width },
  score,
});
const FRAME = { width: 100, height: 100 };

describe('largestDetection', () => {
  it('takes the largest box, not the best score', () => {
    const faces = [detection(20, 2), detection(50, 0.1), detection(40, 1)];
    expect(largestDetection(faces, FRAME)).toBe(faces[1]);
  });

  it('takes the better of two equally large ones', () => {
    const faces = [detection(20, 2), detection(20, 1)];
    expect(largestDetection(faces, FRAME)).toBe(faces[0]);
  });

  it('counts a face that covers exactly the wanted share', () => {
    expect(largestDetection([detection(50, 1)], FRAME, 0.25)).not.toBeNull();
    expect(largestDetection([detection(50, 1)], FRAME, 0.2501)).toBeNull();
  });

  it('finds nobody in nothing', () => {
    expect(largestDetection([], FRAME)).toBeNull();
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses a share of %s', (share) => {
    expect(() => largestDetection([], FRAME, share)).toThrow(/options\.minAreaRatio/);
  });
});
