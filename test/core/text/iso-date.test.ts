import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDateTime, parseDate, parseDateTime } from '../../../src/core/text/iso-date.ts';

const NO_DAYS = [
  ...['2027-02-29', '2027-02-30', '2027-04-31', '2027-06-00', '2027-00-10', '2027-13-01', '2100-02-29'],
  ...['2027-6-30', '27-06-30', '20270630', '2027/06/30', '30.06.2027', '+002027-06-30', '-2027-06-30'],
  ...[
    '',
    ' 2027-06-30',
    '2027-06-30 ',
    '2027-06',
    '2027',
    '2027-W26-3',
    '2027-181',
    'tomorrow',
    '1814313600000',
  ],
  '\u0662\u0660\u0662\u0667-06-30',
];

const NO_TIMES = [
  // Without a zone it would mean another moment on another machine.
  ...['T12:00:00', 'T12:00'],
  ...['T24:00:00Z', 'T25:00:00Z', 'T12:60:00Z', 'T12:00:60Z', 'T23:59:60Z', 'T1:00:00Z', 'T12Z'],
  ...[' 12:00:00Z', 't12:00:00z', 'T12:00:00+0200', 'T12:00:00+02', 'T12:00:00+24:00', 'T12:00:00 CET'],
  ...['T12:00:00.Z', 'T12:00:00.1234567890Z', 'T12:00:00Z\n', 'T', 'Z'],
];

describe('parseDate', () => {
  it.each(NO_DAYS)('refuses "%s", which is no day of the calendar', (text) => {
    expect(() => parseDate(text, '--expires')).toThrow('Expected a day that exists');
    expect(() => parseDate(`${text}T12:00:00Z`, '--expires')).toThrow('for --expires');
  });

  it.each(NO_TIMES)('refuses a day followed by "%s"', (text) => {
    expect(() => parseDate(`2027-06-30${text}`, 'expiresAt')).toThrow('with a zone');
    expect(isDateTime(`2027-06-30${text}`)).toBe(false);
  });

  it('takes a day for its first moment in UTC, wherever it is read', () => {
    expect(parseDate('2027-06-30', 'day').toISOString()).toBe('2027-06-30T00:00:00.000Z');
    expect(parseDate('2028-02-29', 'day').toISOString()).toBe('2028-02-29T00:00:00.000Z');
    expect(parseDate('2000-02-29', 'day').toISOString()).toBe('2000-02-29T00:00:00.000Z');
    expect(parseDate('0050-01-01', 'day').toISOString()).toBe('0050-01-01T00:00:00.000Z');
  });

  it('takes times with a zone', () => {
    expect(parseDate('2027-06-30T23:30:00-05:00', 'at').toISOString()).toBe('2027-07-01T04:30:00.000Z');
    expect(parseDate('2027-06-30T18:00Z', 'at').toISOString()).toBe('2027-06-30T18:00:00.000Z');
    expect(parseDate('2027-06-30T18:00:00.123456Z', 'at').toISOString()).toBe('2027-06-30T18:00:00.123Z');
  });

  it('gives every day back as it came', () => {
    const day = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, (date) => {
        const text = date.toISOString();
        expect(parseDateTime(text, 'at')).toEqual(date);
        expect(parseDate(text.slice(0, 10), 'at').toISOString().slice(0, 10)).toBe(text.slice(0, 10));
      }),
    );
  });
});

describe('parseDateTime', () => {
  it('refuses a day alone, and what is no text', () => {
    expect(() => parseDateTime('2027-06-30', 'consent.at')).toThrow('Expected a date and time with a zone');
    for (const value of [null, 5, {}, new Date()] as unknown as string[]) {
      expect(() => parseDateTime(value, 'at')).toThrow('for at');
      expect(() => parseDate(value, 'at')).toThrow('for at');
    }
  });
});
