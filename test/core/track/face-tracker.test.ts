import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../../src/core/geometry/box.ts';
import { FaceTracker } from '../../../src/core/track/face-tracker.ts';

const at = (left: number, top = 100, size = 80): Box => ({ left, top, width: size, height: size });

describe('FaceTracker', () => {
  it('keeps the number of a face that moves, jumps a little and grows', () => {
    const tracker = new FaceTracker();
    for (let i = 0; i < 30; i++) {
      const { matched } = tracker.update([at(50 + i * 15 + (i % 3) * 4, 100, 80 + i)], i * 100);
      expect(matched[0]?.id).toBe(1);
    }
  });

  it('confirms a face at its second sighting and forgets one that was seen once', () => {
    const tracker = new FaceTracker();
    expect(tracker.update([at(50)], 0).matched[0]?.confirmed).toBe(false);
    expect(tracker.update([], 100).ended).toHaveLength(1);
    tracker.update([at(50)], 200);
    expect(tracker.update([at(52)], 300).matched[0]).toMatchObject({ id: 2, confirmed: true });
  });

  it('keeps a track through a gap and ends it after a longer one', () => {
    const tracker = new FaceTracker({ lostMs: 1000, maxMisses: 3 });
    tracker.update([at(50)], 0);
    tracker.update([at(50)], 100);
    for (let t = 200; t <= 900; t += 100) expect(tracker.update([], t).ended).toEqual([]);
    expect(tracker.update([at(50)], 1000).matched[0]?.id).toBe(1);
    for (let t = 1100; t < 2000; t += 100) expect(tracker.update([], t).ended).toEqual([]);
    expect(tracker.update([], 2000).ended.map((track) => track.id)).toEqual([1]);
  });

  it('does not end a track for time alone: enough detections must have missed it', () => {
    const tracker = new FaceTracker({ lostMs: 1000, maxMisses: 3 });
    tracker.update([at(50)], 0);
    tracker.update([at(50)], 100);
    expect(tracker.update([], 5000).ended).toEqual([]);
    expect(tracker.update([at(50)], 9000).matched[0]?.id).toBe(1);
  });

  it('tells two people apart who cross, one hidden behind the other for a while', () => {
    const tracker = new FaceTracker();
    let last: readonly number[] = [];
    for (let i = 0; i <= 40; i++) {
      const a = at(20 + i * 15, 100);
      const b = at(620 - i * 15, 110);
      const hidden = Math.abs(a.left - b.left) < 45;
      const { matched } = tracker.update(hidden ? [a] : [a, b], i * 100);
      last = matched.map((track) => track.id);
    }
    expect(last).toEqual([1, 2]);
  });

  it('starts a new track for a box elsewhere', () => {
    const tracker = new FaceTracker();
    tracker.update([at(50)], 0);
    expect(tracker.update([at(50), at(400)], 100).matched.map((track) => track.id)).toEqual([1, 2]);
  });

  it('gives every detection a track of its own, whatever the boxes are', () => {
    const box = fc.record({
      left: fc.integer({ min: -50, max: 600 }),
      top: fc.integer({ min: -50, max: 400 }),
      width: fc.integer({ min: 1, max: 300 }),
      height: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(box, { maxLength: 5 }), { maxLength: 20 }), (frames) => {
        const tracker = new FaceTracker();
        const over = new Set<number>();
        for (const [i, boxes] of frames.entries()) {
          const { matched, ended } = tracker.update(boxes, i * 100);
          const ids = matched.map((track) => track.id);
          expect(new Set(ids).size).toBe(boxes.length);
          for (const track of ended) over.add(track.id);
          for (const id of ids) expect(over.has(id)).toBe(false);
        }
      }),
    );
  });
});
