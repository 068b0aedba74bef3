import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalName, sameName } from '../../../src/core/text/person-name.ts';

// One name in different code points: letters with marks, marks in another order, Hangul, signs with a twin (Å, Ω),
// Vietnamese with two marks.
const TWINS = [
  ['Jos\u00e9', 'Jose\u0301'],
  ['\u00c5sa', 'A\u030asa', '\u212bsa'],
  ['Nguy\u1ec5n', 'Nguye\u0302\u0303n', 'Nguy\u00ea\u0303n'],
  ['\uae40', '\u1100\u1175\u11b7'],
  ['q\u0307\u0323', 'q\u0323\u0307'],
  ['Zo\u00eb', ' Zoe\u0308\u00a0'],
  ['Mary Ann', 'Mary\u00a0Ann', 'Mary  Ann', ' Mary\u2009\u3000Ann'],
  ['Ada', 'Ada\u200b', '\ufeffAda', '\u202aAda\u202c', 'A\u00adda\u200e', '\u2068Ada\u2069'],
  ['Jos\u00e9', 'Jose\u200b\u0301'],
];

describe('canonicalName', () => {
  it.each(TWINS)('takes %s for one name in all its forms', (first, ...others) => {
    for (const other of others) {
      expect(canonicalName(other)).toBe(canonicalName(first!));
      expect(sameName(other, first!)).toBe(true);
    }
  });

  it('keeps names apart that differ in case, in an accent or in a letter that looks alike', () => {
    expect(sameName('Ada', 'ada')).toBe(false);
    expect(sameName('Jose', 'Jos\u00e9')).toBe(false);
    expect(sameName('Ada', '\u0410da')).toBe(false);
  });

  it('keeps what some scripts spell with, and leaves nothing of a name that nobody sees', () => {
    const persian = '\u0639\u0644\u06cc\u200c\u0631\u0636\u0627';
    expect(canonicalName(persian)).toBe(persian);
    expect(canonicalName(' \u200b\u202e ')).toBe('');
  });

  it('gives the same for its own answer, and for every form of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = canonicalName(text);
        expect(canonicalName(name)).toBe(name);
        expect(canonicalName(text.normalize('NFD'))).toBe(name);
      }),
    );
  });
});
