import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeName, UniqueNames } from '../../../src/photos/export/safe-name.ts';

it('makes a name of anything that stays in its folder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const name = safeName(text);
      expect(name).not.toMatch(/[\\/:*?"<>|\p{Cc}]/u);
      expect(name).not.toMatch(/^\.|[. ]$/);
      expect(name).not.toBe('');
      expect(new TextEncoder().encode(name).length).toBeLessThan(200);
    }),
  );
  expect(['..', '', 'CON', 'Ada Lovelace', 'Zoë'].map(safeName)).toEqual([
    'unnamed',
    'unnamed',
    '_CON',
    'Ada Lovelace',
    'Zoë',
  ]);
});

it('gives no name twice, also where capital letters count for nothing', () => {
  const names = new UniqueNames();
  expect(['Ada', 'ADA', 'Ada'].map((name) => names.take(name, '.jpg'))).toEqual([
    'Ada.jpg',
    'ADA (2).jpg',
    'Ada (3).jpg',
  ]);
});
