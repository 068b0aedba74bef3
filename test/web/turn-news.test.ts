import { describe, expect, it } from 'vitest';
import { turnNews } from '../../web/src/pages/live/turn-news.ts';

const frame = {
  state: 'going' as const,
  done: 1,
  of: 8,
  wanted: 'left' as const,
  hint: null,
  width: 640,
  height: 480,
  box: null,
};

describe('turnNews', () => {
  it('says what to do next, and what hinders', () => {
    const at = { isOn: true, isRunning: true };
    expect(turnNews({ ...at, frame: null }).text).toBe('Look ahead.');
    expect(turnNews({ ...at, frame })).toMatchObject({
      done: 1,
      of: 8,
      text: expect.stringMatching(/your left/),
    });
    expect(turnNews({ ...at, frame: { ...frame, hint: 'several faces' } }).text).toMatch(/^Only one person/);
  });

  it('says how it ended, and how to begin', () => {
    const at = { isOn: true, isRunning: false };
    expect(turnNews({ ...at, isOn: false, frame: null }).text).toMatch(/camera first/);
    expect(turnNews({ ...at, frame: null }).text).toMatch(/^Begin/);
    const failed = { ...frame, state: 'failed' as const, hint: 'flat' as const };
    expect(turnNews({ ...at, frame: failed })).toMatchObject({
      tone: 'unknown',
      text: expect.stringMatching(/like a picture/),
    });
    const passed = { ...frame, state: 'passed' as const, candidates: [] };
    expect(turnNews({ ...at, frame: passed })).toMatchObject({
      tone: 'known',
      text: 'Passed: somebody unknown is there.',
    });
  });
});
