import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../../src/core/text/glob-pattern.ts';
import { temporaryFolder } from '../../watch/ffmpeg-tools.ts';

const folder = temporaryFolder();

describe('compileGlob', () => {
  it.each([
    ['*', '', true],
    ['*door*', 'front door', true],
    ['*door', 'front door 2', false],
    ['!*door*', 'front door', false],
    ['!*door*', 'garden', true],
    ['rtsp://*/door', 'rtsp://cam/live/door', true],
    ['**/door', 'a/b/door', true],
    ['cam?', 'cam1', true],
    ['cam?', 'cam', false],
    ['cam?', 'cam12', false],
    ['cam😀?', 'cam😀😀', true],
    ['cam[1-3]', 'cam2', true],
    ['cam[!1-3]', 'cam2', false],
    ['cam[^1-3]', 'cam4', true],
    ['cam[]x]', 'cam]', true],
    ['cam[a-]', 'cam-', true],
    ['{front,back} door', 'back door', true],
    ['{front,back} door', 'side door', false],
    ['{front,} door', ' door', true],
    ['cam{1..12}', 'cam12', true],
    ['cam{1..12}', 'cam13', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['\\{a,b\\}', '{a,b}', true],
    ['cam(1)', 'cam(1)', true],
    ['a{b}c', 'a{b}c', true],
    ['a{b', 'a{b', true],
    ['', '', true],
    ['', 'a', false],
  ])('%j matches %j: %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it.each([
    '*(a)',
    '+(a|b)',
    'x@(a)',
    '!(a)',
    '?(a)',
    'a[b',
    '[[:alpha:]]',
    '{a,{b,c}}',
    '{1..999}',
    '{a,b}'.repeat(9),
  ])('refuses %j and says why', (pattern) => {
    expect(() => compileGlob(pattern)).toThrow(/pattern/);
  });

  it('agrees with a regular expression on patterns of stars and question marks', () => {
    const piece = fc.constantFrom('*', '?', 'a', 'b');
    const pieces = (max: number) => fc.array(piece, { maxLength: max }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pieces(6), fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }), (pattern, letters) => {
        const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        expect(compileGlob(pattern)(letters.join(''))).toBe(new RegExp(`^${source}$`).test(letters.join('')));
      }),
    );
  });

  it('is quick with patterns that keep backtracking matchers busy for ever', () => {
    const source = readFileSync(new URL('../../../src/core/text/glob-pattern.ts', import.meta.url), 'utf8');
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    writeFileSync(join(folder, 'glob.mjs'), ts.transpileModule(source, { compilerOptions }).outputText);
    const script = join(folder, 'hostile.mjs');
    writeFileSync(
      script,
      `import { compileGlob } from './glob.mjs';
const text = 'a'.repeat(5000);
for (const pattern of ['*a'.repeat(499) + 'b', '*'.repeat(999) + 'b', '?*'.repeat(400) + 'b', '[a-z]*'.repeat(160) + 'B',
  '{a,*a}*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b', '!' + '*a'.repeat(499)]) compileGlob(pattern)(text);
for (const pattern of ['*('.repeat(300) + 'a', '{a,b}'.repeat(200), '{1..999999999}', '{'.repeat(1000), '['.repeat(1000)])
  try { compileGlob(pattern)(text); } catch {}
console.log('done');`,
    );
    const { stdout, signal } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 });
    expect([stdout, signal]).toEqual(['done\n', null]);
  }, 90_000);
});
