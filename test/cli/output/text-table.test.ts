import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutTo, displayWidth } from '../../../src/cli/output/display-width.ts';
import { formatTable, TextTable } from '../../../src/cli/output/text-table.ts';
import { printable } from '../../../src/core/text/printable.ts';

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

describe('a table on a terminal', () => {
  const columns = [
    { title: 'IMAGE', cut: 'start' as const },
    { title: 'FACE', align: 'right' as const },
    { title: 'NAME' },
    { title: 'DISTANCE', align: 'right' as const },
  ];
  const rows = [
    ['a/very/long/folder/with/many/parts/of/photos/1.jpg', 1, 'Ada', '0.312'],
    [
      'party/李小龍李小龍李小龍李小龍李小龍李小龍.jpg',
      12,
      'Somebody with a name of very many words',
      '0.500',
    ],
  ];

  it.each([200, 80, 60, 50])('of %d columns has no line that is longer, and keeps all numbers', (fit) => {
    const lines = formatTable(columns, rows, { fit }).split('\n');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(fit);
    for (const number of ['1', '12', '0.312', '0.500']) expect(lines.join(' ')).toContain(` ${number}`);
    // The end of a path, and the beginning of a name, say most.
    expect(lines[1]).toContain('/1.jpg ');
    expect(lines[2]).toContain('Somebod');
  });

  it('is cut as little as it must be, and not at all where it fits or goes elsewhere', () => {
    const whole = formatTable(columns, rows, { fit: 200 });
    expect(whole).toContain(rows[0]![0]);
    expect(whole).toContain(rows[1]![2]);
    expect(whole).toBe(formatTable(columns, rows));
    const tight = formatTable(columns, rows, { fit: 100 }).split('\n');
    expect(Math.max(...tight.map(displayWidth))).toBe(100);
  });

  it('of which nothing can be cut any more is printed as it is', () => {
    const numbers = columns.filter(({ align }) => align === 'right');
    expect(formatTable(numbers, [[1, 2]], { fit: 5 })).toBe('FACE  DISTANCE\n   1         2');
  });

  it('too narrow for all columns is printed without those that can be done without', () => {
    const right = { align: 'right' as const };
    const boxes = ['LEFT', 'TOP'].map((title) => ({ title, width: 5, ...right, dispensable: true }));
    const all = [{ title: 'IMAGE', width: 30 }, ...boxes, { title: 'SCORE', width: 6, ...right }];
    const shownAt = (fit?: number) => {
      const table = new TextTable(all, { fit });
      return [table.header().split(/ +/), table.row(['a.jpg', 12, 34, '1.043']).split(/ +/), table.leftOut];
    };
    const [everything, nothing] = [['IMAGE', 'LEFT', 'TOP', 'SCORE'], []];
    const numbers = ['a.jpg', '12', '34', '1.043'];
    expect(shownAt(30)).toEqual([everything, numbers, nothing]);
    // Half of a box says nothing.
    expect(shownAt(29)).toEqual([
      ['IMAGE', 'SCORE'],
      ['a.jpg', '1.043'],
      ['LEFT', 'TOP'],
    ]);
  });

  it('gives its last column what is left of the line', () => {
    const table = new TextTable([{ title: 'ID', width: 4 }, { title: 'SOURCE' }], { fit: 20 });
    expect(table.row(['1234', 'a source of many words'])).toBe('1234  a source of m…');
  });
});

describe('cutTo', () => {
  it('never gives more than the width, keeps a start or an end and no half of a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const shown = printable(text);
        for (const side of ['start', 'end'] as const) {
          const cut = cutTo(shown, width, side);
          expect(displayWidth(cut)).toBeLessThanOrEqual(width);
          if (cut === shown) continue;
          expect(side === 'end' ? shown.startsWith(cut.slice(0, -1)) : shown.endsWith(cut.slice(1))).toBe(
            true,
          );
        }
      }),
    );
    expect(cutTo('party/1.jpg', 6, 'start')).toBe('…1.jpg');
    expect(cutTo('👩‍👩‍👧👩‍👩‍👧', 3, 'end')).toBe('👩‍👩‍👧…');
  });
});
