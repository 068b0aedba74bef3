import { describe, expect, it } from 'vitest';
import { Presence } from '../../../src/home/presence/presence.ts';
import { PresenceClock } from '../../../src/home/presence/presence-clock.ts';
import type { FaceEvent } from '../../../src/watch/watch-event.ts';
import { jumpingClocks } from '../../watch/jumping-clocks.ts';
import { sampleEvent } from '../../watch/triggers/sample-events.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function home() {
  const clocks = jumpingClocks();
  const presence = new Presence({ now: clocks.wall });
  const clock = new PresenceClock(presence, () => Promise.resolve(), clocks);
  const see = (type: FaceEvent['type'], fields: Partial<FaceEvent> = {}) =>
    clock.follow(
      sampleEvent({
        ...{ type, time: new Date(clocks.wall()).toISOString(), source: 'door', label: 'Ann' },
        ...{ appearance: 'one', ...fields },
      }),
    );
  // Something else that is seen lets those leave whose time is over.
  const look = () => see('face.moved', { appearance: 'other' }).map(({ type, label }) => `${type} ${label}`);
  const who = () => presence.current().map(({ label }) => label);
  return { clocks, presence, clock, see, look, who };
}

describe('PresenceClock', () => {
  for (const by of [HOUR_MS, -HOUR_MS, 30 * 24 * HOUR_MS]) {
    it(`lets people leave after their time without sight where the clock is set by ${by / HOUR_MS} hours`, () => {
      const { clocks, clock, presence, see, look, who } = home();
      see('person.recognized');
      clocks.pass(MINUTE_MS);
      see('face.left');
      clocks.pass(2 * MINUTE_MS);
      clocks.set(by);
      expect(look()).toEqual([]);
      expect(who()).toEqual(['Ann']);
      expect(presence.current()[0]!.lastSeen).toBe(clocks.wall() - 2 * MINUTE_MS);
      clocks.pass(2 * MINUTE_MS);
      expect(look()).toEqual([]);
      clocks.pass(MINUTE_MS);
      const [left] = see('face.moved', { appearance: 'other' });
      expect(left).toMatchObject({ type: 'presence.left', label: 'Ann', durationMs: MINUTE_MS });
      expect(left!.time).toBe(new Date(clocks.wall()).toISOString());
      clock.close();
    });
  }

  it('takes what was seen just before the clock was set back for what it is: no time has passed', () => {
    const { clocks, clock, see, who } = home();
    see('person.recognized');
    clocks.pass(1000);
    see('face.left');
    const before = new Date(clocks.wall()).toISOString();
    clocks.set(-HOUR_MS);
    expect(see('face.moved', { appearance: 'other', time: before })).toEqual([]);
    expect(who()).toEqual(['Ann']);
    clock.motion('door', Date.parse(before));
    clocks.pass(4 * MINUTE_MS);
    expect(see('face.moved', { appearance: 'other' })).toEqual([]);
    clocks.pass(2 * MINUTE_MS);
    expect(see('face.moved', { appearance: 'other' })).toMatchObject([{ type: 'presence.left' }]);
    clock.close();
  });
});
