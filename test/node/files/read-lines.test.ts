import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../../src/node/files/read-lines.ts';
import { makeTree } from '../../dataset/photo-tree.ts';

async function linesOf(path: string, maxBytes = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const { number, text } of readLines(path, { maxBytes })) {
    lines.push(text);
    expect(number).toBe(lines.length);
  }
  return lines;
}

describe('readLines', () => {
  it('gives every line of any text', async () => {
    const path = join(await makeTree([]), 'text');
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\ufeff]/g, ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        async (lines, end) => {
          await writeFile(path, lines.map((text) => text + end).join(''));
          expect(await linesOf(path, 100_000)).toEqual(lines);
        },
      ),
    );
  });

  it('needs no end of the last line and drops a byte order mark, across chunks too', async () => {
    const path = join(await makeTree([]), 'text');
    const long = 'é'.repeat(100_000);
    await writeFile(path, `\ufeffone\r\n\n${long}\n${long}x`);
    expect(await linesOf(path, 300_000)).toEqual(['one', '', long, `${long}x`]);
  });

  it('names the line that is too long or in another encoding, and a file that is not there', async () => {
    const folder = await makeTree([]);
    const path = join(folder, 'text');
    await writeFile(path, `a\n${'b'.repeat(1001)}`);
    await expect(linesOf(path)).rejects.toThrow(`Line 2 of ${path} has more than 1000 bytes`);
    await writeFile(path, Buffer.from('a\nb\nJosé\nc', 'latin1'));
    await expect(linesOf(path)).rejects.toThrow(`Line 3 of ${path} is not UTF-8 text`);
    await expect(linesOf(join(folder, 'no'))).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(linesOf(folder)).rejects.toMatchObject({ code: 'ERR_FILE_READ' });
  });
});
