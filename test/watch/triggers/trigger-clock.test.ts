import { describe, expect, it } from 'vitest';
import { describeHours } from '../../../src/watch/triggers/describe-hours.ts';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { matchesClock, parseHours } from '../../../src/watch/triggers/trigger-clock.ts';

describe('parseHours', () => {
  it.each([
    ['07:00-22:00', { from: 420, to: 1320 }],
    ['00:00-24:00', { from: 0, to: 1440 }],
    ['22:00-06:00', { from: 1320, to: 360 }],
    ['22:00-00:00', { from: 1320, to: 0 }],
    ['22:00-22:00', null],
    ['00:00-00:00', null],
    ['25:00-26:00', null],
    ['22:00-24:30', null],
    ['24:00-06:00', null],
    ['7:00-9:00', null],
    ['07:60-08:00', null],
    ['22:00', null],
    ['22:00 - 06:00', null],
  ])('%s is %j', (text, expected) => {
    expect(parseHours(text)).toEqual(expected);
  });
});

describe('matchesClock', () => {
  // 2026-11-27 is a Friday.
  const at = (day: number, time: string) => new Date(`2026-11-${day}T${time}:00Z`);
  const night = { days: ['fri'] as const, hours: ['22:00-06:00'] };

  it.each([
    [27, '21:59', false],
    [27, '22:00', true],
    [28, '00:00', true],
    [28, '05:59', true],
    [28, '06:00', false],
    [28, '22:00', false],
    [27, '05:00', false],
  ])('gives a night to the day on which it begins: November %i at %s: %s', (day, time, expected) => {
    expect(matchesClock({ ...night, days: ['fri'] }, at(day, time), 'UTC')).toBe(expected);
  });

  it('takes the night of Saturday into Sunday, the first day of its week', () => {
    expect(matchesClock({ days: ['sat'], hours: ['22:00-06:00'] }, at(29, '01:00'), 'UTC')).toBe(true);
    expect(matchesClock({ days: ['sun'], hours: ['22:00-06:00'] }, at(29, '01:00'), 'UTC')).toBe(false);
  });

  it('goes by the clock on the wall on days when clocks change', () => {
    const paris = (iso: string, hours: string) =>
      matchesClock({ hours: [hours], days: undefined }, new Date(iso), 'Europe/Paris');
    // 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
    expect(paris('2026-03-29T00:59:00Z', '02:00-03:00')).toBe(false);
    expect(paris('2026-03-29T01:00:00Z', '02:00-03:00')).toBe(false);
    expect(paris('2026-03-29T01:00:00Z', '03:00-04:00')).toBe(true);
    expect(paris('2026-10-25T00:30:00Z', '02:00-03:00')).toBe(true);
    expect(paris('2026-10-25T01:30:00Z', '02:00-03:00')).toBe(true);
    expect(paris('2026-10-25T02:30:00Z', '02:00-03:00')).toBe(false);
  });

  it.each([
    ['forward', '2026-03-28T21:00Z', '2026-03-29T04:00Z'],
    ['back', '2026-10-24T20:00Z', '2026-10-25T05:00Z'],
  ])('holds a whole night without a gap when the clocks of Berlin go %s', (_, from, to) => {
    const [begins, ends] = [Date.parse(from), Date.parse(to)];
    const hour = 3_600_000;
    for (let time = begins - 2 * hour; time < ends + 2 * hour; time += 60_000) {
      const holds = (when: Parameters<typeof matchesClock>[0]) =>
        matchesClock(when, new Date(time), 'Europe/Berlin');
      const isNight = time >= begins && time < ends;
      expect(holds({ hours: ['22:00-06:00'], days: ['sat'] }), new Date(time).toISOString()).toBe(isNight);
      expect(isNight && holds({ hours: ['22:00-06:00'], days: ['fri'] })).toBe(false);
    }
  });
});

describe('describeHours', () => {
  const lines = (when: string, timeZone = 'Europe/Paris') =>
    describeHours(
      parseTriggers(
        `timeZone: ${timeZone}\ntriggers: [{ name: t, when: { ${when} }, do: { type: stdout } }]`,
        {
          path: 't',
        },
      ),
      new Date('2026-11-27T00:00:00Z'),
    );

  it('says nothing of triggers that always hold', () => {
    expect(lines('who: Ada')).toEqual([]);
  });

  it('says which day a night belongs to', () => {
    expect(lines('hours: "22:00-06:00", days: [Friday, SAT]')).toEqual([
      'trigger 1 (t): 22:00-06:00, fri, sat (Europe/Paris)',
      'trigger 1 (t): 22:00-06:00 goes over midnight and belongs to the day on which it begins: fri 22:00 to sat 06:00',
    ]);
  });

  it('tells hours that the change of the clocks leaves out', () => {
    expect(lines('hours: "02:00-03:00"').at(-1)).toBe(
      'trigger 1 (t): 02:00-03:00 does not come on 2027-03-28, when the clocks go forward',
    );
    expect(lines('hours: "02:00-03:00", days: mon')).toHaveLength(1);
    expect(lines('hours: "02:00-03:01"')).toHaveLength(1);
    expect(lines('hours: "02:00-03:00"', 'Asia/Tokyo')).toHaveLength(1);
    // Lord Howe's clocks change by half an hour, Beirut's at midnight.
    expect(lines('hours: "02:00-02:30"', 'Australia/Lord_Howe').at(-1)).toContain('2027-10-03');
    expect(lines('hours: "00:00-01:00"', 'Asia/Beirut').at(-1)).toContain('2027-03-28');
  });
});
