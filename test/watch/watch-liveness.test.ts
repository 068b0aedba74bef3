import { describe, expect, it } from 'vitest';
import type { Detection } from '../../src/core/detect/face-detector.ts';
import type { Image } from '../../src/core/image/image.ts';
import { matchesTrigger } from '../../src/watch/triggers/match-trigger.ts';
import { parseTriggers } from '../../src/watch/triggers/read-triggers.ts';
import { watch } from '../../src/watch/watch.ts';
import type { FaceEvent } from '../../src/watch/watch-event.ts';
import { type Actor, scriptedAnalyzer, scriptedSource } from './scripted-watch.ts';

const box = (left: number) => ({ left, top: 100, width: 120, height: 120 });
const unit = (axis: number) => new Float32Array(8).map((_, i) => (i === axis ? 1 : 0));
const actor = (label: string | null, axis: number, left = 100): Actor => ({
  label,
  embedding: unit(axis),
  at: (t) => (t < 5000 ? box(left) : null),
});

/** Watches faces that score as the function says, left ones and right ones. */
async function watched(actors: readonly Actor[], score: (timeMs: number, left: number) => number) {
  const analyzer = {
    ...scriptedAnalyzer(actors),
    livenessThreshold: 0.5,
    async checkLiveness(image: Image, detection: Detection) {
      const timeMs = new DataView(image.data.buffer, image.data.byteOffset).getFloat32(0);
      const found = score(timeMs, detection.box.left);
      return { live: found >= 0.5, score: found, attackKind: found >= 0.5 ? null : '2d' };
    },
  };
  const events: FaceEvent[] = [];
  for await (const event of watch(scriptedSource(6000), { analyzer, startTime: 0 })) {
    if ('track' in event) events.push(event);
  }
  return events;
}

const summary = (events: readonly FaceEvent[]) =>
  events.map(({ type, label, stranger }) => `${type} ${label ?? stranger ?? '-'}`);

describe('a watch that checks liveness', () => {
  it('tells of a spoof as such and never as the arrival of the person it shows', async () => {
    const events = await watched([actor('Ann', 0)], () => 0.1);
    expect(summary(events)).toEqual(['face.appeared -', 'spoof.detected -', 'face.left -']);
    expect(events[1]).toMatchObject({
      label: null,
      probability: null,
      distance: null,
      why: null,
      shows: 'Ann',
      liveness: { live: false, score: 0.1, attackKind: '2d' },
    });
    expect(events[2]).toMatchObject({ liveness: { live: false } });
  });

  it('makes no stranger of a spoof of somebody unknown', async () => {
    const events = await watched([actor(null, 0)], () => 0.1);
    expect(summary(events)).toEqual(['face.appeared -', 'spoof.detected -', 'face.left -']);
    expect(events[1]).toMatchObject({ shows: null, stranger: null });
  });

  it('names live faces as ever, beside a spoof in the same frames, and says how live they are', async () => {
    const events = await watched([actor('Ann', 0, 50), actor('Bob', 1, 400)], (_, left) =>
      left > 200 ? 0.2 : 0.9,
    );
    expect(summary(events).filter((line) => !line.startsWith('face.'))).toEqual(
      expect.arrayContaining(['person.recognized Ann', 'spoof.detected -']),
    );
    expect(events.find(({ label }) => label === 'Ann')).toMatchObject({ liveness: { live: true } });
    expect(events.some(({ label }) => label === 'Bob')).toBe(false);
  });

  it('lets a bad frame or two decide nothing', async () => {
    const events = await watched([actor('Ann', 0)], (timeMs) => (timeMs < 300 ? 0.3 : 0.95));
    expect(summary(events)).toEqual(['face.appeared -', 'person.recognized Ann', 'face.left Ann']);
  });

  it('tells once of somebody who was live and then is shown, and of the arrival when it is live again', async () => {
    const shown = await watched([actor('Ann', 0)], (timeMs) => (timeMs < 1500 ? 0.9 : 0));
    expect(summary(shown)).toEqual([
      'face.appeared -',
      'person.recognized Ann',
      'spoof.detected -',
      'face.left -',
    ]);
    expect(shown[2]).toMatchObject({ previous: { label: 'Ann', stranger: null } });
    const revealed = await watched([actor('Ann', 0)], (timeMs) => (timeMs < 1500 ? 0 : 1));
    expect(summary(revealed)).toEqual([
      'face.appeared -',
      'spoof.detected -',
      'person.recognized Ann',
      'face.left Ann',
    ]);
  });

  it('says nothing of liveness where it is not checked', async () => {
    const analyzer = scriptedAnalyzer([actor('Ann', 0)]);
    for await (const event of watch(scriptedSource(6000), { analyzer, startTime: 0 })) {
      expect(event).not.toHaveProperty('liveness');
      expect(event).not.toHaveProperty('shows');
    }
  });

  it('fires triggers that are for spoofs, and none that are for known people', async () => {
    const events = await watched([actor('Ann', 0)], () => 0.1);
    const { triggers } = parseTriggers(
      'triggers:\n' +
        '  - {name: door, when: {who: Ann}, do: [{type: stdout}]}\n' +
        '  - {name: known, when: {events: spoof.detected, who: known}, do: [{type: stdout}]}\n' +
        '  - {name: alarm, when: {events: spoof.detected}, do: [{type: stdout}]}\n',
      { path: 't' },
    );
    const fired = triggers.filter((trigger) => events.some((event) => matchesTrigger(trigger, event)));
    expect(fired.map(({ name }) => name)).toEqual(['alarm']);
  });
});
