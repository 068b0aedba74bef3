import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/display-width.ts';
import { formatTable, TextTable } from '../../src/cli/text-table.ts';
import { printable } from '../../src/text/printable.ts';

describe('printable', () => {
  it('shows terminal commands, line breaks and turned text instead of printing them', () => {
    expect(printable('a\u001b[31m\nb\u202ejpg')).toBe('a\\u{1b}[31m\\u{a}b\\u{202e}jpg');
  });

  it('leaves names in any language alone', () => {
    expect(printable('Zoë 李小龍 محمد.jpg')).toBe('Zoë 李小龍 محمد.jpg');
  });

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/\p{Cc}/u);
        expect(printable(text).isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('formatTable', () => {
  it('lines columns up, also where characters are two columns wide', () => {
    const columns = [{ title: 'NAME' }, { title: 'N', align: 'right' as const }];
    const lines = formatTable(columns, [
      ['李小龍', 7],
      ['Ada Lovelace', 10],
    ]).split('\n');
    expect(lines).toEqual(['NAME           N', '李小龍         7', 'Ada Lovelace  10']);
    expect(new Set(lines.map(displayWidth)).size).toBe(1);
  });
});

describe('TextTable', () => {
  it('leaves out what a short row does not have and puts no blanks at the end', () => {
    const table = new TextTable([{ title: 'A', width: 5 }, { title: 'B' }]);
    expect(table.row(['x'])).toBe('x');
  });
});
