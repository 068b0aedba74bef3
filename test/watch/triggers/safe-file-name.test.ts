import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFileName } from '../../../src/watch/triggers/safe-file-name.ts';

describe('safeFileName', () => {
  it.each([
    ['Ann', 'Ann'],
    ['Zoë 山田', 'Zoë 山田'],
    ['../../etc/passwd', '_etc_passwd'],
    ['..', '_'],
    ['', '_'],
    ['CON', '_CON'],
    ['a\u0000b\\c:d', 'a_b_c_d'],
  ])('turns %j into %j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  it('is never empty, a path or a dot file, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(safeFileName(name)).toMatch(/^[^/\\.\0:]{1,61}$/u);
      }),
    );
  });
});
