import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeImage, writeImage } from '../../../src/node/image/encode-image.ts';
import { readImage, readImageHeader } from '../../../src/node/image/read-image.ts';
import { gradientImage, maxDifference, noiseImage } from './images.ts';

describe('encodeImage', () => {
  it('keeps every pixel of color and gray images as PNG', async () => {
    for (const image of [noiseImage(13, 9, 3), noiseImage(13, 9, 1)]) {
      expect(await readImage(await encodeImage(image, { format: 'png' }))).toEqual(image);
    }
  });

  it('keeps JPEG and WebP close, the closer the higher the quality', async () => {
    const image = gradientImage(64, 48);
    for (const format of ['jpeg', 'webp'] as const) {
      const good = await encodeImage(image, { format, quality: 95 });
      const poor = await encodeImage(image, { format, quality: 5 });
      expect(await readImageHeader(good)).toEqual({ format, width: 64, height: 48, channels: 3 });
      expect(maxDifference(await readImage(good), image)).toBeLessThanOrEqual(12);
      expect(poor.length).toBeLessThan(good.length);
    }
  });

  it('writes gray JPEGs from gray images', async () => {
    const bytes = await encodeImage(noiseImage(8, 8, 1), { format: 'jpeg' });
    expect(await readImageHeader(bytes)).toMatchObject({ channels: 1 });
  });

  it('refuses other formats, impossible qualities and sides longer than the format allows', async () => {
    const image = noiseImage(4, 4, 3);
    const code = (value: string) => expect.objectContaining({ code: value });
    await expect(encodeImage(image, { format: 'bmp' as never })).rejects.toEqual(
      code('ERR_INVALID_ARGUMENT'),
    );
    await expect(encodeImage(image, { format: 'jpeg', quality: 0 })).rejects.toEqual(
      code('ERR_INVALID_ARGUMENT'),
    );
    await expect(encodeImage(image, { format: 'png', quality: 90 })).rejects.toEqual(
      code('ERR_UNSUPPORTED_OPTION'),
    );
    await expect(encodeImage(noiseImage(70_000, 1, 1), { format: 'jpeg' })).rejects.toEqual(
      code('ERR_IMAGE_TOO_LARGE'),
    );
  });
});

describe('writeImage', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'face-trigger-encode-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('chooses the format by the extension, whatever its case, and replaces files', async () => {
    const image = noiseImage(6, 5, 3);
    const expected = { 'a.png': 'png', 'b.JPG': 'jpeg', 'c.jpeg': 'jpeg', 'd é.WebP': 'webp' };
    for (const [name, format] of Object.entries(expected)) {
      const path = join(folder, name);
      await writeFile(path, 'old');
      await writeImage(path, image);
      expect(await readImageHeader(path)).toMatchObject({ format, width: 6, height: 5 });
    }
    expect((await readdir(folder)).sort()).toEqual(Object.keys(expected).sort());
  });

  it('refuses unknown extensions and missing folders', async () => {
    const image = noiseImage(2, 2, 3);
    await expect(writeImage(join(folder, 'x.bmp'), image)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(writeImage(join(folder, 'x'), image)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(writeImage(join(folder, 'none', 'x.png'), image)).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    });
  });
});
