import { describe, expect, it } from 'vitest';
import { compilePathGlob } from '../../../src/core/text/path-glob.ts';

describe('compilePathGlob', () => {
  it.each([
    ['*.jpg', '', 1, ['a.jpg'], ['a.png', 'b/a.jpg', '.a.jpg']],
    ['photos/*/*.jpg', 'photos', 2, ['ann/1.jpg'], ['1.jpg', 'ann/x/1.jpg', '.git/1.jpg']],
    ['photos/**', 'photos', Infinity, ['1.jpg', 'ann/1.jpg'], ['.git/1.jpg', 'ann/.1.jpg']],
    ['photos/**/*.jpg', 'photos', Infinity, ['1.jpg', 'a/b/1.jpg'], ['a/b/1.png', 'a/.b/1.jpg']],
    ['photos/**/ann/**/1.jpg', 'photos', Infinity, ['ann/1.jpg', 'x/ann/y/ann/z/1.jpg'], ['x/1.jpg']],
    ['photos/.hidden/*', 'photos/.hidden', 1, ['1.jpg'], []],
    ['/*', '/', 1, ['a'], ['a/b']],
    ['/data/{a,b}/*.{jpg,png}', '/data', 2, ['a/1.jpg', 'b/1.png'], ['c/1.jpg']],
    ['/data/{a,b/c}/*', '/data', 3, ['a/1.jpg', 'b/c/1.jpg'], ['b/1.jpg']],
    ['../x\\[1\\]/*', '../x[1]', 1, ['a'], []],
    ['a//b/*', 'a//b', 1, ['1.jpg'], []],
  ] as const)('%s lies below %j, %s levels', (pattern, base, depth, yes, no) => {
    const glob = compilePathGlob(pattern);
    expect([glob.base, glob.depth]).toEqual([base, depth]);
    for (const path of yes) expect([path, glob.matches(path)]).toEqual([path, true]);
    for (const path of no) expect([path, glob.matches(path)]).toEqual([path, false]);
  });

  it('takes the time of both lengths and no more for stars and folders that go wrong at the end', () => {
    const deep = `${'a/'.repeat(2000)}b`;
    expect(compilePathGlob(`${'**/a/'.repeat(500)}c`).matches(deep)).toBe(false);
    expect(compilePathGlob(`${'*a'.repeat(100)}b`).matches('a'.repeat(255))).toBe(false);
  });

  it('refuses what it does not understand', () => {
    for (const pattern of ['*(a)/*.jpg', 'x/[a', '{a,b}'.repeat(20)])
      expect(() => compilePathGlob(pattern)).toThrow(/pattern/);
  });
});
