import { describe, expect, it } from 'vitest';
import { DetectionPacer, type DetectionPacerOptions } from '../../src/watch/detection-pacer.ts';

function count(options: DetectionPacerOptions, state: { moving: boolean; tracking: boolean }): number {
  const pacer = new DetectionPacer(options);
  let detections = 0;
  for (let index = 0; index < 250; index++) {
    if (pacer.due({ index, timeMs: index * 40, ...state })) detections++;
  }
  return detections;
}

describe('DetectionPacer', () => {
  it('spends ten seconds of film as asked: on faces most, on motion some, on stillness little', () => {
    const options = { trackFps: 5, searchFps: 2.5, idleFps: 0.5 };
    expect(count(options, { moving: true, tracking: true })).toBe(50);
    expect(count(options, { moving: true, tracking: false })).toBe(25);
    expect(count(options, { moving: false, tracking: false })).toBe(5);
  });

  it('looks at every n-th frame only', () => {
    const options = { everyNthFrame: 10, trackFps: 1000 };
    expect(count(options, { moving: true, tracking: true })).toBe(25);
  });

  it('always looks at the first frame', () => {
    expect(new DetectionPacer().due({ index: 0, timeMs: 0, moving: false, tracking: false })).toBe(true);
  });

  it('stays awake for a second after a motion', () => {
    const pacer = new DetectionPacer({ searchFps: 10, idleFps: 0.1 });
    pacer.due({ index: 0, timeMs: 0, moving: true, tracking: false });
    expect(pacer.due({ index: 1, timeMs: 900, moving: false, tracking: false })).toBe(true);
    expect(pacer.due({ index: 2, timeMs: 1900, moving: false, tracking: false })).toBe(false);
  });
});
