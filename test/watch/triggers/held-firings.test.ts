import { describe, expect, it, onTestFinished } from 'vitest';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { TriggerRunner } from '../../../src/watch/triggers/trigger-runner.ts';
import type { FaceEvent, PresenceEvent, WatchEvent } from '../../../src/watch/watch-event.ts';
import { jumpingClocks } from '../jumping-clocks.ts';
import { sampleEvent } from './sample-events.ts';

const START = Date.parse('2026-11-25T12:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const face = (type: FaceEvent['type'], seconds: number, more: Partial<FaceEvent> = {}) =>
  sampleEvent({ type, time: at(seconds), appearance: `${more.source}-${more.track}`, ...more });

function visit(type: PresenceEvent['type'], seconds: number): PresenceEvent {
  const { version, id, source, timeMs, label, stranger } = sampleEvent();
  const seen = { camera: source, since: at(0), lastSeen: at(seconds), snapshot: null };
  const base = { version, id, source, timeMs, label, stranger, personId: null, place: 'home' };
  return { ...base, ...seen, type, visit: 'v1', time: at(seconds) };
}

async function fired(when: string, events: readonly WatchEvent[], { live = false, waitMs = 0 } = {}) {
  const lines: string[] = [];
  const runner = await TriggerRunner.create({
    triggers: parseTriggers(`triggers: [{ when: { ${when} }, do: { type: stdout } }]`, { path: 't' }),
    queuePath: 'unused',
    write: (line) => lines.push(line),
    log: (message) => lines.push(message),
    live,
  });
  onTestFinished(() => runner.close());
  for (const event of events) await runner.handle(event);
  if (waitMs > 0) await expect.poll(() => lines.length, { timeout: waitMs }).toBeGreaterThan(0);
  return lines.map((line) => (JSON.parse(line) as WatchEvent).time);
}

const lost: WatchEvent = {
  ...{ version: 1, id: 'x', source: 'front door', timeMs: 0, time: at(5) },
  ...{ type: 'source.lost', reason: 'x', retryInMs: 1 },
};

describe('a trigger with for', () => {
  it.each([
    [
      'fires once somebody was there for so long',
      [face('person.recognized', 0), face('face.left', 11)],
      [at(0)],
    ],
    ['does not fire for who left before', [face('person.recognized', 0), face('face.left', 9)], []],
    [
      'fires for each who was there for so long',
      [
        face('person.recognized', 0),
        face('person.recognized', 4, { track: 2, label: 'Bob' }),
        face('face.left', 11),
      ],
      [at(0), at(4)],
    ],
    [
      'begins anew when the face is taken for somebody else',
      [face('person.recognized', 0), face('person.changed', 6, { label: 'Bob' }), face('face.left', 12)],
      [],
    ],
    [
      'does not fire when the camera was lost',
      [face('person.recognized', 0), lost, face('face.left', 20)],
      [],
    ],
    [
      'keeps faces of several cameras apart',
      [face('person.recognized', 0), face('face.left', 5, { source: 'yard' }), face('face.left', 12)],
      [at(0)],
    ],
  ] as [string, WatchEvent[], string[]][])('%s', async (_what, events, expected) => {
    const more = face('face.appeared', 60, { track: 99 });
    expect(await fired('for: 10s', [...events, more])).toEqual(expected);
  });

  it.each([
    [
      'fires for who comes into the zone and stays there',
      [
        face('person.recognized', 0, { zones: ['path'] }),
        face('face.moved', 5, { zones: ['step'], entered: ['step'] }),
        face('face.left', 16),
      ],
      [at(5)],
    ],
    [
      'does not fire for who leaves the zone before that',
      [
        face('person.recognized', 0, { zones: ['step'] }),
        face('face.moved', 9, { zones: ['path'], entered: ['path'] }),
        face('face.left', 30),
      ],
      [],
    ],
    [
      'goes on for who moves into one more zone',
      [
        face('person.recognized', 0, { zones: ['step'] }),
        face('face.moved', 6, { zones: ['step', 'mat'], entered: ['mat'] }),
        face('face.left', 12),
      ],
      [at(0)],
    ],
    [
      'begins anew when somebody comes back',
      [
        face('person.recognized', 0, { zones: ['step'] }),
        face('face.moved', 5, { zones: [], entered: [] }),
        face('face.moved', 8, { zones: ['step'], entered: ['step'] }),
        face('face.left', 19),
      ],
      [at(8)],
    ],
  ] as [string, WatchEvent[], string[]][])('in a zone %s', async (_what, events, expected) => {
    const more = face('face.appeared', 60, { track: 99 });
    expect(await fired('zone: step, for: 10s', [...events, more])).toEqual(expected);
  });

  it('goes on for who moves, where it is for no zone', async () => {
    const moves = [
      face('person.recognized', 0, { zones: ['path'] }),
      face('face.moved', 5, { zones: ['step'], entered: ['step'] }),
      face('face.left', 12),
    ];
    expect(await fired('for: 10s', moves)).toEqual([at(0)]);
  });

  it('follows visits as well', async () => {
    const when = 'events: presence.arrived, for: 10s';
    const stays = [visit('presence.arrived', 0), visit('presence.left', 400)];
    expect(await fired(when, stays)).toEqual([at(0)]);
    expect(await fired(when, [visit('presence.arrived', 0), visit('presence.left', 9)])).toEqual([]);
  });

  it('fires by itself where events come as they happen', async () => {
    const now = { ...face('person.recognized', 0), time: new Date().toISOString() };
    expect(await fired('for: 50ms', [now], { live: true, waitMs: 5000 })).toEqual([now.time]);
  });

  it.each([
    ['for: 10', /Expected a time such as 10s/],
    ['for: 0s', /more than nothing/],
    ['for: 25h', /a day at most/],
    ['for: 10s, events: face.left', /face\.left does not go on/],
    ['zone: "+(a)"', /pattern/i],
  ])('refuses { %s }', (when, message) => {
    const text = `triggers: [{ when: { ${when} }, do: { type: stdout } }]`;
    expect(() => parseTriggers(text, { path: 't' })).toThrow(message);
  });
});

describe('a trigger with for, where the clock on the wall is set', () => {
  async function held(byMs: number) {
    const clocks = jumpingClocks();
    const lines: string[] = [];
    const runner = await TriggerRunner.create({
      triggers: parseTriggers('triggers: [{ when: { for: 10s }, do: { type: stdout } }]', { path: 't' }),
      ...{ queuePath: 'unused', clocks },
      ...{ write: (line) => void lines.push(line), log: (message) => void lines.push(message) },
    });
    onTestFinished(() => runner.close());
    const see = (type: FaceEvent['type'], more: Partial<FaceEvent> = {}) =>
      runner.handle(
        sampleEvent({ type, time: new Date(clocks.wall()).toISOString(), appearance: 'a', ...more }),
      );
    const other = () => see('face.appeared', { appearance: 'b', track: 9 });
    await see('person.recognized');
    clocks.pass(4000);
    clocks.set(byMs);
    await other();
    const early = lines.length;
    clocks.pass(6000);
    await other();
    return { early, late: lines.length };
  }

  it.each([3_600_000, -3_600_000])('fires after its time, and not before: by %i ms', async (byMs) => {
    expect(await held(byMs)).toEqual({ early: 0, late: 1 });
  });
});
