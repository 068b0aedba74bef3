import { expect, it } from 'vitest';
import { dayRange } from '../../../src/photos/find/day-range.ts';

it('reads years, months and days, each until before the next', () => {
  const days = (text: string) => {
    const { from, to } = dayRange(text, '--since');
    return [from, to].map((date) => date.toISOString().slice(0, 10));
  };
  expect(days('2020')).toEqual(['2020-01-01', '2021-01-01']);
  expect(days('2020-12')).toEqual(['2020-12-01', '2021-01-01']);
  expect(days('2020-02-29')).toEqual(['2020-02-29', '2020-03-01']);
  for (const text of ['2021-02-29', '2020-13', '2020-00-01', '20', 'yesterday', ''])
    expect(() => dayRange(text, '--since'), text).toThrow(/--since/);
});
