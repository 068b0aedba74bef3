import { describe, expect, it } from 'vitest';
import { DetectionPacer, type DetectionPacerOptions } from '../../../src/core/track/detection-pacer.ts';

function scopes(options: DetectionPacerOptions, state: { moving: boolean; tracking: boolean }) {
  const pacer = new DetectionPacer(options);
  const all = Array.from({ length: 250 }, (_, index) => pacer.due({ index, timeMs: index * 40, ...state }));
  return all.filter((scope) => scope !== 'none');
}

function count(options: DetectionPacerOptions, state: { moving: boolean; tracking: boolean }): number {
  return scopes(options, state).length;
}

describe('DetectionPacer', () => {
  it('spends ten seconds of film as asked: on faces most, on motion some, on stillness little', () => {
    const options = { trackFps: 5, searchFps: 2.5, idleFps: 0.5 };
    expect(count(options, { moving: true, tracking: true })).toBe(50);
    expect(count(options, { moving: true, tracking: false })).toBe(25);
    expect(count(options, { moving: false, tracking: false })).toBe(5);
  });

  it('looks at the whole frame as often as it searches, and in between near the followed faces', () => {
    const options = { trackFps: 12.5, searchFps: 5 };
    const looks = scopes(options, { moving: true, tracking: true });
    expect(looks.slice(0, 6)).toEqual(['frame', 'tracks', 'tracks', 'frame', 'tracks', 'tracks']);
    expect(new Set(scopes(options, { moving: true, tracking: false }))).toEqual(new Set(['frame']));
    // A face in a still picture is looked at less often than a whole frame may be.
    expect(new Set(scopes(options, { moving: false, tracking: true }))).toEqual(new Set(['frame']));
  });

  it('looks at every n-th frame only', () => {
    const options = { everyNthFrame: 10, trackFps: 1000 };
    expect(count(options, { moving: true, tracking: true })).toBe(25);
  });

  it('always looks at the first frame', () => {
    expect(new DetectionPacer().due({ index: 0, timeMs: 0, moving: false, tracking: false })).toBe('frame');
  });

  it('stays awake for a second after a motion', () => {
    const pacer = new DetectionPacer({ searchFps: 10, idleFps: 0.1 });
    pacer.due({ index: 0, timeMs: 0, moving: true, tracking: false });
    expect(pacer.due({ index: 1, timeMs: 900, moving: false, tracking: false })).toBe('frame');
    expect(pacer.due({ index: 2, timeMs: 1900, moving: false, tracking: false })).toBe('none');
  });
});
