import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Presence, type PresenceOptions } from '../../../src/home/presence/presence.ts';
import { snapshotFromEvents } from '../../../src/home/presence/presence-snapshot.ts';
import type { FaceEvent, PresenceEvent, WatchEvent } from '../../../src/watch/watch-event.ts';
import { sampleEvent } from '../../watch/triggers/sample-events.ts';

const START = Date.parse('2026-11-25T12:00:00.000Z');
const HERE = { left: 100, top: 100, width: 80, height: 80 };
const FAR = { left: 500, top: 100, width: 80, height: 80 };
const MINUTE = 60;

/** A presence whose events are written down in short, and whose clock counts seconds. */
function home(options: PresenceOptions = {}) {
  let ids = 0;
  const presence = new Presence({ createId: () => `id${++ids}`, now: () => START, ...options });
  const events: PresenceEvent[] = [];
  const all: WatchEvent[] = [];
  const keep = (told: PresenceEvent[]) => {
    events.push(...told);
    all.push(...told);
    return told.map((event) => `${event.type.slice(9)} ${event.label ?? event.stranger}`);
  };
  const see = (type: FaceEvent['type'], seconds: number, fields: Partial<FaceEvent> = {}) => {
    const event = sampleEvent({
      type,
      time: new Date(START + seconds * 1000).toISOString(),
      source: 'door',
      box: HERE,
      label: null,
      appearance: `${fields.source ?? 'door'}-${fields.track ?? 1}`,
      ...fields,
    });
    all.push(event);
    return keep(presence.handle(event));
  };
  const tick = (seconds: number) => keep(presence.tick(START + seconds * 1000));
  const who = () => presence.current().map(({ label, stranger }) => label ?? stranger);
  return { presence, events, all, see, tick, who, keep };
}

const ann = { label: 'Ann' };
const bob = { label: 'Bob' };

describe('Presence', () => {
  it('goes on with the visit of somebody who moves, whatever the face was called by then', () => {
    const { see, tick, who, events, presence } = home();
    see('face.appeared', 0);
    see('face.moved', 1, { zones: ['path'], entered: ['path'] });
    expect(who()).toEqual([]);
    expect(see('person.recognized', 2, ann)).toEqual(['arrived Ann']);
    const visitor = { personId: null, stranger: null, ignored: false };
    presence.rename({ ...visitor, ...ann }, { ...visitor, ...bob }, { time: START });
    expect(see('face.moved', 30, { ...ann, zones: ['step'], entered: ['step'] })).toEqual([]);
    expect(who()).toEqual(['Bob']);
    expect(see('face.moved', 40, { zones: ['path'], entered: ['path'] })).toEqual([]);
    see('face.left', 40);
    expect(tick(40 + 5 * MINUTE)).toEqual(['left Bob']);
    expect(events.at(-1)).toMatchObject({ visit: events[0]!.visit, durationMs: 38_000 });
  });

  it('tells of one visit: arriving, being there, leaving after a time without sight', () => {
    const { see, tick, who, events, presence } = home();
    expect(see('face.appeared', 0)).toEqual([]);
    expect(see('person.recognized', 1, ann)).toEqual(['arrived Ann']);
    expect(see('face.left', 60, ann)).toEqual([]);
    expect(tick(60 + 5 * MINUTE - 1)).toEqual([]);
    expect(who()).toEqual(['Ann']);
    expect(presence.nextTick()).toBe(START + (60 + 5 * MINUTE) * 1000);
    expect(tick(60 + 5 * MINUTE)).toEqual(['left Ann']);
    expect(who()).toEqual([]);
    const [arrived, left] = events;
    expect(left).toMatchObject({ visit: arrived!.visit, place: 'home', camera: 'door', reason: 'unseen' });
    expect(left!.durationMs).toBe(59_000);
    expect(left!.lastSeen).toBe('2026-11-25T12:01:00.000Z');
    expect(left!.time).toBe('2026-11-25T12:06:00.000Z');
    expect(presence.gone()).toMatchObject([{ label: 'Ann', camera: 'door', lastSeen: START + 60_000 }]);
    expect(presence.nextTick()).toBe(null);
  });

  it('does not let somebody leave whose face is followed, however long nothing is told', () => {
    const { see, tick } = home();
    see('person.recognized', 0, ann);
    expect(tick(24 * 60 * MINUTE)).toEqual([]);
  });

  it('makes one visit of what several cameras of a place saw, and keeps the last camera', () => {
    const { see, tick, presence } = home();
    const yard = { ...ann, source: 'yard', track: 7 };
    expect(see('person.recognized', 0, ann)).toEqual(['arrived Ann']);
    expect(see('person.recognized', 2, yard)).toEqual([]);
    expect(see('face.left', 5, ann)).toEqual([]);
    expect(see('face.left', 200, yard)).toEqual([]);
    expect(presence.current()).toMatchObject([{ camera: 'yard', since: START }]);
    expect(tick(5 + 5 * MINUTE)).toEqual([]);
    expect(tick(200 + 5 * MINUTE)).toEqual(['left Ann']);
  });

  it('takes events of several cameras in whichever order they come', () => {
    const { see, presence } = home();
    see('person.recognized', 10, ann);
    see('person.recognized', 8, { ...ann, source: 'yard', track: 7 });
    expect(presence.current()).toMatchObject([{ camera: 'door', lastSeen: START + 10_000 }]);
  });

  it('keeps places apart, and nobody in two of them who is seen in one', () => {
    const { see, who, events } = home();
    see('person.recognized', 0, { ...ann, place: 'house' });
    see('person.recognized', 1, { ...ann, place: 'office', source: 'desk', track: 2 });
    // Both see her at this moment: nobody can tell which one is wrong.
    expect(who()).toEqual(['Ann', 'Ann']);
    see('face.left', 2, { ...ann, place: 'house' });
    expect(see('person.recognized', 3, { ...ann, place: 'office', source: 'gate', track: 3 })).toEqual([
      'left Ann',
    ]);
    expect(events.at(-1)).toMatchObject({ place: 'house', reason: 'elsewhere' });
  });

  it('keeps who turned away: a face that begins where and when theirs was lost is theirs', () => {
    const { see, tick, who } = home();
    see('person.recognized', 0, ann);
    see('face.left', 10, ann);
    see('face.appeared', 14, { track: 2 });
    expect(tick(60 * MINUTE)).toEqual([]);
    // And on through another one.
    see('face.left', 60 * MINUTE, { track: 2 });
    see('face.appeared', 60 * MINUTE + 5, { track: 3 });
    expect(tick(120 * MINUTE)).toEqual([]);
    see('face.left', 120 * MINUTE, { track: 3 });
    expect(who()).toEqual(['Ann']);
    expect(tick(125 * MINUTE)).toEqual(['left Ann']);
  });

  it.each([
    ['far away', { box: FAR }, 11],
    ['too late', {}, 25],
    ['before another camera', { source: 'yard' }, 11],
    ['of another size', { box: { left: 40, top: 40, width: 200, height: 200 } }, 11],
  ] as const)('does not take a face for theirs that begins %s', (_what, fields, seconds) => {
    const { see, tick } = home();
    see('person.recognized', 0, ann);
    see('face.left', 10, ann);
    see('face.appeared', seconds, { track: 2, ...fields });
    expect(tick(10 + 5 * MINUTE)).toEqual(['left Ann']);
  });

  it('takes a face for nobody where two may have turned away', () => {
    const { see, tick } = home();
    see('person.recognized', 0, ann);
    see('person.recognized', 0, { ...bob, track: 2 });
    see('face.left', 10, ann);
    see('face.left', 10, { ...bob, track: 2 });
    see('face.appeared', 11, { track: 3 });
    expect(tick(10 + 5 * MINUTE)).toEqual(['left Ann', 'left Bob']);
  });

  it('lets the one leave who was thought to turn away when the new face is somebody else', () => {
    const { see, tick } = home();
    see('person.recognized', 0, ann);
    see('face.left', 10, ann);
    see('face.appeared', 12, { track: 2 });
    expect(see('person.recognized', 13, { ...bob, track: 2 })).toEqual(['arrived Bob']);
    expect(tick(12 + 5 * MINUTE)).toEqual(['left Ann']);
  });

  it('keeps somebody there while something moves before the camera that saw them last, but not for ever', () => {
    const { see, tick, presence } = home({ motionHoldMs: 30 * MINUTE * 1000 });
    see('person.recognized', 0, ann);
    see('face.left', 10, ann);
    const told: string[] = [];
    let seconds = 10;
    for (; told.length === 0 && seconds < 7200; seconds += MINUTE) {
      presence.motion('door', START + seconds * 1000);
      presence.motion('yard', START + seconds * 1000);
      told.push(...tick(seconds));
    }
    expect(told).toEqual(['left Ann']);
    expect(seconds / MINUTE).toBeCloseTo(36, 0);
    // What moves after they left does not bring them back.
    presence.motion('door', START + seconds * 1000);
    expect(presence.current()).toEqual([]);
  });

  it('takes what moves for somebody whose face is followed there', () => {
    const { see, tick, presence } = home();
    see('person.recognized', 0, ann);
    see('person.recognized', 0, { ...bob, track: 2 });
    see('face.left', 10, ann);
    for (let seconds = 10; seconds < 310; seconds += 10) presence.motion('door', START + seconds * 1000);
    expect(tick(10 + 5 * MINUTE)).toEqual(['left Ann']);
  });

  it('goes on with the same visit when the stranger turns out to be somebody known', () => {
    const { see, events, who } = home();
    expect(see('stranger.appeared', 0, { stranger: 'stranger 3' })).toEqual(['arrived stranger 3']);
    expect(see('person.changed', 5, ann)).toEqual(['left stranger 3', 'arrived Ann']);
    const [first, left, arrived] = events;
    expect([left!.visit, arrived!.visit]).toEqual([first!.visit, first!.visit]);
    expect(left).toMatchObject({ reason: 'changed' });
    expect(arrived!.since).toBe(first!.since);
    expect(who()).toEqual(['Ann']);
  });

  it('joins the visits when the stranger is somebody who is there already', () => {
    const { see, events, who, tick } = home();
    see('person.recognized', 0, { ...ann, source: 'yard', track: 9 });
    see('stranger.appeared', 10, { stranger: 'stranger 3' });
    see('face.left', 11, { ...ann, source: 'yard', track: 9 });
    expect(see('person.changed', 12, ann)).toEqual(['left stranger 3']);
    expect(who()).toEqual(['Ann']);
    expect(tick(60 * MINUTE)).toEqual([]);
    see('face.left', 60 * MINUTE, ann);
    expect(tick(65 * MINUTE)).toEqual(['left Ann']);
    expect(events.at(-1)!.visit).toBe(events[0]!.visit);
  });

  it('leaves a visit that others saw too to its visitor when one track changes', () => {
    const { see, who } = home();
    see('person.recognized', 0, ann);
    see('person.recognized', 1, { ...ann, source: 'yard', track: 9 });
    expect(see('person.changed', 2, { ...bob, source: 'yard', track: 9 })).toEqual(['arrived Bob']);
    expect(who()).toEqual(['Ann', 'Bob']);
  });

  it('takes back who was a picture', () => {
    const { see, events } = home();
    see('person.recognized', 0, ann);
    expect(see('spoof.detected', 2)).toEqual(['left Ann']);
    expect(events.at(-1)).toMatchObject({ reason: 'changed' });
    expect(see('face.left', 3)).toEqual([]);
  });

  it('knows people by their id, whatever they are called, and by their name in any Unicode form', () => {
    const { see, presence } = home();
    see('person.recognized', 0, { label: 'Ann', personId: 'p1' });
    expect(see('person.recognized', 1, { label: 'Anna', personId: 'p1', source: 'yard', track: 2 })).toEqual(
      [],
    );
    expect(presence.current()).toMatchObject([{ label: 'Anna', personId: 'p1' }]);
    see('person.recognized', 2, { label: 'Jose\u0301', track: 3 });
    expect(see('person.recognized', 3, { label: 'Jos\u00e9', track: 4 })).toEqual([]);
  });

  it('follows the gallery: strangers that get a name, and people that go', () => {
    const { see, presence, keep, who } = home();
    const stranger = { label: null, personId: null, stranger: 's3', ignored: false };
    const known = { label: 'Ann', personId: null, stranger: null, ignored: false };
    see('stranger.appeared', 0, { stranger: 's3' });
    expect(keep(presence.rename(stranger, known, { time: START + 5000 }))).toEqual([
      'left s3',
      'arrived Ann',
    ]);
    expect(who()).toEqual(['Ann']);
    expect(keep(presence.forget(known, { time: START + 6000 }))).toEqual(['left Ann']);
    expect(presence.gone()).toEqual([]);
    // The track that is still followed brings nobody back.
    expect(see('face.left', 7, ann)).toEqual([]);
  });

  it('says of a person with another name neither that they left nor that they came', () => {
    const { see, presence, keep } = home();
    const called = (label: string) => ({ label, personId: 'p1', stranger: null, ignored: false });
    see('person.recognized', 0, { label: 'Ann', personId: 'p1' });
    expect(keep(presence.rename(called('Ann'), called('Anna'), { time: START + 1000 }))).toEqual([]);
    expect(presence.current()).toMatchObject([{ label: 'Anna' }]);
    see('face.left', 2, { label: 'Anna', personId: 'p1' });
    keep(presence.tick(START + 3_600_000));
    presence.renameGone(called('Anna'), called('Annie'));
    expect(presence.gone()).toMatchObject([{ label: 'Annie', personId: 'p1' }]);
    presence.renameGone(called('Annie'), null);
    expect(presence.gone()).toEqual([]);
  });

  it('marks who is on the ignore list, and what may have been told before', () => {
    const { see, events } = home();
    see('person.recognized', 0, { ...ann, ignored: true, repeat: true });
    expect(events[0]).toMatchObject({ ignored: true, repeat: true });
  });

  it('goes on after a restart, from its snapshot and from the events that were kept', async () => {
    const first = home();
    first.see('person.recognized', 0, ann);
    first.see('person.recognized', 10, { ...bob, track: 2 });
    first.see('face.left', 20, { ...bob, track: 2 });
    first.see('stranger.appeared', 30, { stranger: 's1', track: 3 });
    first.see('person.changed', 31, { label: 'Eve', track: 3 });
    first.see('face.left', 32, { label: 'Eve', track: 3 });
    first.tick(20 + 5 * MINUTE);
    const visits = first.presence.current().map(({ id }) => id);
    const back = 10 * MINUTE;
    for (const snapshot of [
      JSON.parse(JSON.stringify(first.presence.snapshot())),
      await snapshotFromEvents(first.all),
    ]) {
      const next = home({ snapshot, now: () => START + back * 1000 });
      expect(
        next.presence
          .current()
          .map(({ id }) => id)
          .sort(),
      ).toEqual([...visits].sort());
      expect(next.presence.gone()).toMatchObject([
        { label: 'Bob' },
        ...(snapshot.gone.length > 1 ? [{}] : []),
      ]);
      // Eve's time is over; Ann's face was followed when the process ended.
      expect(next.tick(back)).toEqual(['left Eve']);
      expect(next.tick(back + 5 * MINUTE - 1)).toEqual([]);
      expect(next.see('person.recognized', back + 5 * MINUTE - 1, { ...ann, track: 1 })).toEqual([]);
      expect(next.tick(60 * MINUTE)).toEqual([]);
    }
  });

  it('gives whatever it is told a beginning and an end to each visit, and one visit to each visitor', () => {
    const step = fc.record({
      type: fc.constantFrom(
        'face.appeared',
        'person.recognized',
        'person.changed',
        'face.left',
        'spoof.detected',
      ),
      track: fc.integer({ min: 1, max: 4 }),
      source: fc.constantFrom('door', 'yard'),
      who: fc.constantFrom('Ann', 'Bob', 's1', null),
      pause: fc.integer({ min: 0, max: 400 }),
      box: fc.constantFrom(HERE, FAR),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { see, tick, events, presence } = home();
        let seconds = 0;
        for (const { type, who, pause, ...rest } of steps) {
          seconds += pause;
          const person = {
            label: who?.startsWith('s') ? null : who,
            stranger: who?.startsWith('s') ? who : null,
          };
          see(type as FaceEvent['type'], seconds, { ...rest, ...(type === 'spoof.detected' ? {} : person) });
          const names = presence.current().map(({ label, stranger }) => label ?? stranger);
          expect(new Set(names).size).toBe(names.length);
        }
        for (const source of ['door', 'yard'])
          for (let track = 1; track <= 4; track++) see('face.left', seconds, { source, track });
        tick(seconds + 3600);
        expect(presence.current()).toEqual([]);
        const open = new Map<string, string>();
        for (const { type, visit, label, stranger } of events) {
          const name = label ?? stranger!;
          if (type === 'presence.arrived') {
            expect(open.has(visit)).toBe(false);
            open.set(visit, name);
          } else {
            expect(open.get(visit)).toBe(name);
            open.delete(visit);
          }
        }
        expect(open.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
