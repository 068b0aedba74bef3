import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableLines } from '../../../src/core/text/printable.ts';

/** One of each kind: escape and bell, DEL, C1's CSI and NEL, line breaks, every bidi control, old shaping controls. */
const DANGEROUS = [
  ...['\u001b', '\u0007', '\b', '\r', '\n', '\t', '\u0000', '\u007f', '\u009b', '\u0085', '\u0090'],
  ...[
    '\u2028',
    '\u2029',
    '\u061c',
    '\u200e',
    '\u200f',
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2069',
    '\u206a',
    '\ufff9',
  ],
];
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

describe('printable', () => {
  it.each(DANGEROUS)('shows %j as its number', (char) => {
    expect(printable(`a${char}b`)).toBe(`a\\u{${char.codePointAt(0)!.toString(16)}}b`);
  });

  it('leaves nothing that steers a terminal or turns text around, whatever the text', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...DANGEROUS),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(text, (value) => {
        expect(printable(value)).not.toMatch(STEERING);
      }),
    );
  });

  it('leaves letters of all scripts, emoji with joiners, and flags as they are', () => {
    const text = 'José 漢字 عربى עברית 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 किताब';
    expect(printable(text)).toBe(text);
  });

  it('keeps the lines of text that has several', () => {
    expect(printableLines('one\ntwo\u001b[2J\n')).toBe('one\ntwo\\u{1b}[2J\n');
  });
});

describe('printableJson', () => {
  it('escapes every such character and reads back the same', () => {
    const value = { [DANGEROUS.join('')]: DANGEROUS, lone: '\ud800', plain: 'José' };
    expect(printableJson(value)).not.toMatch(STEERING);
    expect(JSON.parse(printableJson(value))).toEqual(value);
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        expect(JSON.parse(printableJson(any))).toEqual(JSON.parse(JSON.stringify(any)));
      }),
    );
  });
});
