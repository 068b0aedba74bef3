import { describe, expect, it } from 'vitest';
import { CoolDown, matchesTrigger } from '../../../src/watch/triggers/match-trigger.ts';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import type { Trigger } from '../../../src/watch/triggers/trigger-schema.ts';
import { sampleEvent } from './sample-events.ts';

function trigger(when: string, more = ''): Trigger {
  return parseTriggers(`triggers: [{ when: { ${when} }, do: { type: stdout }${more} }]`, { path: 't' })
    .triggers[0]!;
}

const stranger = sampleEvent({ type: 'stranger.appeared', label: null, stranger: 'stranger-1' });

describe('matchesTrigger', () => {
  it.each([
    ['', true],
    ['who: Ann', true],
    ['who: [Bob, Ann]', true],
    ['who: Bob', false],
    ['who: known', true],
    ['who: stranger', false],
    ['who: anyone', true],
    ['events: face.left', false],
    ['source: front door', true],
    ['source: "*door*"', true],
    ['source: back*', false],
    ['minProbability: 0.9', true],
    ['minProbability: 0.95', false],
    ['maxDistance: 0.2', false],
    ['minQuality: 0.8', false],
    ['hours: "11:00-13:00"', true],
    ['hours: "12:00-12:01"', true],
    ['hours: "11:00-12:00"', false],
    ['hours: "22:00-06:00"', false],
    ['hours: ["22:00-06:00", "10:00-14:00"]', true],
    ['zone: step', true],
    ['zone: [gate, "st*"]', true],
    ['zone: gate', false],
    ['place: ho*', true],
    ['place: office', false],
    ['days: wed', true],
    ['days: [sat, sun]', false],
  ])('{ %s } holds for Ann on Wednesday noon: %s', (when, expected) => {
    const event = sampleEvent({ place: 'house', zones: ['step', 'path'] });
    expect(matchesTrigger(trigger(when), event, { timeZone: 'UTC' })).toBe(expected);
  });

  it('holds for visits, whatever the quality of their faces, and only when asked', () => {
    const { version, id, time, source, timeMs, label, stranger: none } = sampleEvent();
    const seen = { camera: source, since: time, lastSeen: time, snapshot: null, personId: null };
    const base = { version, id, time, source, timeMs, label, stranger: none, ...seen };
    const event = { ...base, type: 'presence.arrived', visit: 'v1', place: 'house' } as const;
    const arrives = 'events: presence.arrived';
    for (const [when, expected] of [
      ['', false],
      [arrives, true],
      [`${arrives}, who: Ann, place: house, minQuality: 0.9, maxDistance: 0.1`, true],
      [`${arrives}, who: Bob`, false],
      [`${arrives}, zone: step`, false],
    ] as const)
      expect(matchesTrigger(trigger(when), event), when).toBe(expected);
  });

  it('holds for people on the ignore list only when asked', () => {
    const postman = sampleEvent({ ignored: true });
    expect(matchesTrigger(trigger(''), postman)).toBe(false);
    expect(matchesTrigger(trigger('who: Ann'), postman)).toBe(false);
    expect(matchesTrigger(trigger('ignored: true'), postman)).toBe(true);
    expect(matchesTrigger(trigger('ignored: true'), sampleEvent())).toBe(true);
  });

  it('knows strangers, whom no probability concerns', () => {
    expect(matchesTrigger(trigger('who: stranger, minProbability: 0.9'), stranger)).toBe(true);
    expect(matchesTrigger(trigger('who: known'), stranger)).toBe(false);
    expect(matchesTrigger(trigger('who: Ann'), stranger)).toBe(false);
  });

  it('counts the hours in the time zone of the file, over midnight too', () => {
    const late = trigger('hours: "22:00-06:00"');
    expect(matchesTrigger(late, sampleEvent(), { timeZone: 'Asia/Tokyo' })).toBe(false);
    expect(matchesTrigger(late, sampleEvent(), { timeZone: 'Pacific/Auckland' })).toBe(true);
  });

  it('takes a name in whichever Unicode form it is written, with blanks around it', () => {
    for (const [who, label] of [
      ['Jose\u0301', 'José'],
      ['José', 'Jose\u0301'],
      [' José ', 'José'],
    ]) {
      expect(matchesTrigger(trigger(`who: "${who}"`), sampleEvent({ label: label! }))).toBe(true);
    }
    expect(matchesTrigger(trigger('who: "Jose"'), sampleEvent({ label: 'José' }))).toBe(false);
  });

  it('does not take a name for a pattern', () => {
    expect(matchesTrigger(trigger('who: "*"'), sampleEvent())).toBe(false);
  });

  it('matches addresses with a star that goes over slashes', () => {
    const event = sampleEvent({ source: 'rtsp://***@cam/live/door' });
    expect(matchesTrigger(trigger('source: "rtsp://*door"'), event)).toBe(true);
  });
});

describe('a trigger for a zone, when a face goes on into another one', () => {
  const moved = (fields: Parameters<typeof sampleEvent>[0] = {}) =>
    sampleEvent({ type: 'face.moved', zones: ['step'], entered: ['step'], ...fields });

  it.each([
    ['zone: step', true],
    ['zone: "st*", who: Ann', true],
    ['zone: step, who: Bob', false],
    ['zone: path', false],
    ['zone: step, events: person.recognized', true],
    ['zone: step, events: face.appeared', true],
    ['zone: step, events: stranger.appeared', false],
    ['zone: step, events: face.left', false],
    ['zone: step, source: yard', false],
    // Nobody asked where: whoever it is was told already.
    ['who: Ann', false],
    ['events: face.moved', true],
    ['events: face.moved, zone: step', true],
  ])('{ %s } matches a known person who comes onto the step: %s', (when, expected) => {
    expect(matchesTrigger(trigger(when), moved())).toBe(expected);
  });

  it('fires for strangers alike, and not for somebody of whom nothing was told yet', () => {
    const unknown = { label: null, stranger: 'stranger-1' };
    expect(matchesTrigger(trigger('zone: step, who: stranger'), moved(unknown))).toBe(true);
    expect(matchesTrigger(trigger('zone: step, who: known'), moved(unknown))).toBe(false);
    expect(matchesTrigger(trigger('zone: step'), moved({ label: null }))).toBe(false);
    expect(matchesTrigger(trigger('zone: step, events: face.appeared'), moved({ label: null }))).toBe(true);
  });

  it('does not fire again within the zones that it is for, nor for who leaves them', () => {
    const both = moved({ zones: ['path', 'step'], entered: ['step'] });
    expect(matchesTrigger(trigger('zone: step'), both)).toBe(true);
    expect(matchesTrigger(trigger('zone: [path, step]'), both)).toBe(false);
    expect(matchesTrigger(trigger('zone: path'), moved({ zones: ['path'], entered: [] }))).toBe(false);
  });

  it('leaves people on the ignore list alone', () => {
    expect(matchesTrigger(trigger('zone: step'), moved({ ignored: true }))).toBe(false);
    expect(matchesTrigger(trigger('zone: step, ignored: true'), moved({ ignored: true }))).toBe(true);
  });
});

describe('CoolDown', () => {
  it('holds a trigger back for each person on their own', () => {
    const coolDown = new CoolDown();
    const slow = trigger('', ', cooldownSeconds: 60');
    const at = (second: number, label = 'Ann') =>
      coolDown.allow(slow, sampleEvent({ label, time: new Date(second * 1000).toISOString() }), 0);
    expect([at(0), at(59), at(59, 'Bob'), at(60), at(61)]).toEqual([true, false, true, true, false]);
  });

  it('keeps the pauses of two triggers apart', () => {
    const coolDown = new CoolDown();
    const slow = trigger('', ', cooldownSeconds: 60');
    expect(coolDown.allow(slow, sampleEvent(), 0)).toBe(true);
    expect(coolDown.allow(slow, sampleEvent(), 1)).toBe(true);
  });
});
