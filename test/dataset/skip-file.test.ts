import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { describeSkipped } from '../../src/dataset/describe-skipped.ts';
import { skipFile } from '../../src/dataset/skip-file.ts';
import { makeTree } from './photo-tree.ts';

const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .jpeg()
  .toBuffer();

async function reasonOf(name: string, content: Uint8Array | string): Promise<string | null> {
  const folder = await makeTree([name], content);
  return (await skipFile(name, join(folder, name)))?.reason ?? null;
}

describe('skipFile', () => {
  it.each([
    'a.jpg',
    'a.JPG',
    'a.JpEg',
    'a.jfif',
    'a.jpe',
    'a.PNG',
    'a.apng',
    'a.TIF',
    'a.dib',
    'a.pnm',
    'a.b.webp',
  ])('takes %s by its name alone', async (name) => expect(await reasonOf(name, 'x')).toBeNull());

  it.each(['IMG_0001', 'photo.dat', 'photo.psd', 'photo.mov', 'photo.txt', 'photo.'])(
    'takes %s for the picture that it holds',
    async (name) => expect(await reasonOf(name, jpeg)).toBeNull(),
  );

  it.each([
    ['a.psd', 'unsupported'],
    ['a.SVG', 'unsupported'],
    ['a.pdf', 'unsupported'],
    ['a.jp2', 'unsupported'],
    ['a.xcf', 'unsupported'],
    ['a.MP4', 'video'],
    ['a.mov', 'video'],
    ['a.3gp', 'video'],
    ['a.txt', 'not-a-picture'],
    ['a.xmp', 'not-a-picture'],
    ['a', 'not-a-picture'],
    ['a.jpg.part', 'unfinished'],
    ['a.jpg.tmp', 'unfinished'],
    ['a.jpg~', 'unfinished'],
    ['Thumbs.db', 'system'],
    ['DESKTOP.INI', 'system'],
    ['._a.jpg', 'system'],
    ['.DS_Store', 'system'],
    ['.a.jpg', 'hidden'],
    ['.a.HEIC.icloud', 'not-downloaded'],
  ])('leaves %s out: %s', async (name, reason) =>
    expect(await reasonOf(name, 'words, just words')).toBe(reason),
  );

  it.each([
    ['a PDF', '%PDF-1.7\n', 'unsupported'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'unsupported'],
    ['a Photoshop document', '8BPS\0\u0001', 'unsupported'],
    ['a video', '\0\0\0\u0018ftypisom\0\0\0\0isommp41', 'video'],
    ['an archive', 'PK\u0003\u0004', 'not-a-picture'],
    ['words that begin like a bitmap', 'BMW is a maker of cars', 'not-a-picture'],
    ['words that begin like a PPM', 'P5 is what we call it', 'not-a-picture'],
  ])('tells %s without an extension by its first bytes', async (_, content, reason) =>
    expect(await reasonOf('file', content)).toBe(reason),
  );
});

describe('describeSkipped', () => {
  it('counts each kind in a line, with the first few as examples', () => {
    const photo = (path: string) => ({ path, reason: 'unsupported' as const, message: 'a HEIC photo' });
    const lines = describeSkipped([
      ...['1', '2', '3', '4'].map(photo),
      { path: '@eaDir', reason: 'system', message: 'a folder of the system' },
    ]);
    expect(lines).toEqual([
      'left out 4, each a HEIC photo (1, 2, 3 and 1 more)',
      'left out @eaDir: a folder of the system',
    ]);
  });
});
