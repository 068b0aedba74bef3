import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toGray, toRgb } from '../../../src/core/image/convert-color.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { readImage, readImageHeader } from '../../../src/node/image/read-image.ts';
import { needs } from '../../programs.ts';
import { sharedData } from '../../shared-data.ts';
import { gradientImage, maxDifference, noiseImage, pixel } from './images.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-image-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function encoder(image: Image): Sharp {
  const { data, width, height, channels } = image;
  const pipeline = sharp(data, { raw: { width, height, channels } });
  return channels === 1 ? pipeline.toColorspace('b-w') : pipeline;
}

describe('readImage with shrink', () => {
  const jpeg = (image: Image) => encoder(image).jpeg({ quality: 95, chromaSubsampling: '4:4:4' });

  it.each([2, 4, 8] as const)('decodes a JPEG at 1/%i of its sides, rounded down', async (shrink) => {
    const color = gradientImage(163, 97);
    for (const photo of [color, toGray(color)]) {
      const { channels } = photo;
      const small = await readImage(await jpeg(photo).toBuffer(), { shrink });
      const size = { width: Math.floor(163 / shrink), height: Math.floor(97 / shrink) };
      expect(small).toMatchObject({ ...size, channels });
      const whole = await encoder(photo).resize(size.width, size.height, { fit: 'fill' }).raw().toBuffer();
      expect(maxDifference(small, { ...small, data: whole })).toBeLessThanOrEqual(12);
    }
  });

  it('keeps pictures upright', async () => {
    const bytes = await jpeg(gradientImage(80, 40)).withMetadata({ orientation: 6 }).toBuffer();
    expect(await readImage(bytes, { shrink: 4 })).toMatchObject({ width: 10, height: 20 });
    expect(await readImageHeader(bytes, { shrink: 4 })).toMatchObject({ width: 40, height: 80 });
  });

  it('never makes a side of nothing, and decodes other formats whole', async () => {
    const bytes = await jpeg(gradientImage(5, 100)).toBuffer();
    expect(await readImage(bytes, { shrink: 8 })).toMatchObject({ width: 1, height: 12 });
    const png = await encoder(gradientImage(50, 100)).png().toBuffer();
    expect(await readImage(png, { shrink: 8 })).toMatchObject({ width: 50, height: 100 });
  });

  it('refuses other numbers', async () => {
    await expect(readImage(Buffer.from('x'), { shrink: 3 as 2 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
      message: 'Expected 1, 2, 4 or 8 for options.shrink but received 3',
    });
  });
});

describe('readImage with each format', () => {
  const photo = gradientImage(48, 32);

  it.each([
    ['png', 0],
    ['tiff', 0],
    ['jpeg', 4],
    ['webp', 12],
    ['avif', 8],
    ['gif', 12],
  ] as const)('reads %s from bytes and from a path', async (format, tolerance) => {
    const pipeline = encoder(photo);
    const bytes = await (format === 'tiff'
      ? pipeline.tiff({ compression: 'lzw' })
      : format === 'png' || format === 'gif'
        ? pipeline.toFormat(format)
        : pipeline.toFormat(format, { quality: 95, chromaSubsampling: '4:4:4' })
    ).toBuffer();
    // A misleading extension must not matter.
    const path = join(folder, `${format} ü.pdf`);
    await writeFile(path, bytes);
    for (const source of [bytes, path]) {
      const image = await readImage(source);
      expect(image).toMatchObject({ width: 48, height: 32, channels: 3 });
      expect(maxDifference(image, photo)).toBeLessThanOrEqual(tolerance);
      expect(await readImageHeader(source)).toEqual({ format, width: 48, height: 32, channels: 3 });
    }
  });

  it('gives the plain pixels of an RGB JPEG', async () => {
    const bytes = await encoder(noiseImage(61, 43, 3))
      .jpeg({ quality: 80 })
      .toBuffer();
    const image = await readImage(bytes);
    expect(Buffer.compare(image.data, await sharp(bytes).raw().toBuffer())).toBe(0);
  });

  it('gives one channel for a gray JPEG and PNG, and what colorMode asks for', async () => {
    const gray = noiseImage(20, 10, 1);
    const png = await encoder(gray).png().toBuffer();
    const jpeg = await encoder(gray).jpeg().toBuffer();
    expect(await readImage(png)).toEqual(gray);
    expect(await readImage(jpeg)).toMatchObject({ width: 20, height: 10, channels: 1 });
    expect(await readImage(png, { colorMode: 'rgb' })).toEqual(toRgb(gray));
    expect(await readImageHeader(png, { colorMode: 'rgb' })).toMatchObject({ channels: 3 });
    const color = noiseImage(20, 10, 3);
    const colorPng = await encoder(color).png().toBuffer();
    expect(await readImage(colorPng, { colorMode: 'gray' })).toEqual(toGray(color));
  });

  it('reads the first frame of an animated GIF and WebP', async () => {
    const frames = { data: new Uint8Array(8 * 12 * 3).fill(255, 8 * 6 * 3) };
    for (const format of ['gif', 'webp'] as const) {
      const bytes = await sharp(frames.data, { raw: { width: 8, height: 12, channels: 3, pageHeight: 6 } })
        .toFormat(format, { lossless: true } as object)
        .toBuffer();
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      const image = await readImage(bytes, { colorMode: 'rgb' });
      expect(image).toEqual({ data: new Uint8Array(8 * 6 * 3), width: 8, height: 6, channels: 3 });
    }
  });
});

describe('readImage with what cameras and editors write', () => {
  it('sets pictures upright for every EXIF orientation', async () => {
    // Where the corners of the stored picture belong. Source: CIPA DC-008 (Exif 2.32), tag 0x0112.
    const upright: Record<number, (image: Image, x: number, y: number) => [number, number]> = {
      1: (_, x, y) => [x, y],
      2: (image, x, y) => [image.width - 1 - x, y],
      3: (image, x, y) => [image.width - 1 - x, image.height - 1 - y],
      4: (image, x, y) => [x, image.height - 1 - y],
      5: (_, x, y) => [y, x],
      6: (image, x, y) => [y, image.height - 1 - x],
      7: (image, x, y) => [image.width - 1 - y, image.height - 1 - x],
      8: (image, x, y) => [image.width - 1 - y, x],
    };
    const stored = noiseImage(6, 4, 3);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = await encoder(stored).withMetadata({ orientation }).png().toBuffer();
      const image = await readImage(bytes);
      const turned = orientation >= 5;
      expect([image.width, image.height]).toEqual(turned ? [4, 6] : [6, 4]);
      expect(await readImageHeader(bytes)).toMatchObject({ width: image.width, height: image.height });
      for (let y = 0; y < image.height; y++) {
        for (let x = 0; x < image.width; x++) {
          const [fromX, fromY] = upright[orientation]!(stored, x, y);
          expect(pixel(image, x, y), `orientation ${orientation} at ${x}, ${y}`).toEqual(
            pixel(stored, fromX, fromY),
          );
        }
      }
    }
  });

  it('turns an oriented JPEG too', async () => {
    const bytes = await encoder(gradientImage(40, 20)).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await readImage(bytes)).toMatchObject({ width: 20, height: 40, channels: 3 });
  });

  it('makes 8 bits of 16, in color and gray', async () => {
    const wide = Uint16Array.from([0, 0x8080, 0xffff, 0x1234, 0xfedc, 0x00ff]);
    const rgb = await sharp(wide, { raw: { width: 2, height: 1, channels: 3 } })
      .toColorspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(rgb).metadata()).depth).toBe('ushort');
    expect([...(await readImage(rgb)).data]).toEqual([0, 0x80, 0xff, 0x12, 0xfe, 0x00]);
    const gray = await sharp(wide, { raw: { width: 6, height: 1, channels: 1 } })
      .toColorspace('grey16')
      .png()
      .toBuffer();
    const image = await readImage(gray);
    expect(image.channels).toBe(1);
    // libvips cuts color off and rounds gray.
    expect([...image.data]).toEqual([0, 0x80, 0xff, 0x12, 0xfe, 0x01]);
  });

  it('lays transparent pictures on white, so that no hidden color shows', async () => {
    const rgba = Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 128, 10, 20, 30, 255);
    const raw = { raw: { width: 2, height: 2, channels: 4 as const } };
    for (const bytes of [
      await sharp(rgba, raw).png().toBuffer(),
      await sharp(rgba, raw).webp({ lossless: true, exact: true }).toBuffer(),
    ]) {
      const image = await readImage(bytes);
      expect(pixel(image, 0, 0)).toEqual([255, 0, 0]);
      expect(pixel(image, 1, 0)).toEqual([255, 255, 255]);
      expect(pixel(image, 0, 1)).toEqual([127, 127, 127]);
      expect(pixel(image, 1, 1)).toEqual([10, 20, 30]);
    }
  });

  it('lays transparent gray and 16-bit pictures on white', async () => {
    const gray = await sharp(Uint8Array.of(9, 255, 9, 0), { raw: { width: 2, height: 1, channels: 2 } })
      .toColorspace('b-w')
      .png()
      .toBuffer();
    expect(await readImage(gray)).toEqual({ data: Uint8Array.of(9, 255), width: 2, height: 1, channels: 1 });
    const wide = Uint16Array.of(0, 0, 0, 0, 0x4040, 0, 0xffff, 0xffff);
    const rgba = await sharp(wide, { raw: { width: 2, height: 1, channels: 4 } })
      .toColorspace('rgb16')
      .png()
      .toBuffer();
    expect([...(await readImage(rgba)).data]).toEqual([255, 255, 255, 0x40, 0, 255]);
  });

  it('turns CMYK JPEGs into sRGB', async () => {
    const red = { data: new Uint8Array(16 * 16 * 3), width: 16, height: 16, channels: 3 } as const;
    for (let i = 0; i < red.data.length; i += 3) red.data[i] = 200;
    const bytes = await encoder(red).toColorspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const image = await readImage(bytes);
    expect(image.channels).toBe(3);
    const [r, g, b] = pixel(image, 8, 8);
    expect(r).toBeGreaterThan(150);
    expect(Math.max(g!, b!)).toBeLessThan(90);
  });

  it('converts an embedded Display P3 profile to sRGB', async () => {
    const color = { data: new Uint8Array(16 * 16 * 3), width: 16, height: 16, channels: 3 } as const;
    for (let i = 0; i < color.data.length; i += 3) color.data.set([180, 100, 60], i);
    const bytes = await encoder(color).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.subarray(0, 3)]).not.toEqual([180, 100, 60]);
    const difference = maxDifference(await readImage(bytes), color);
    expect(difference).toBeLessThanOrEqual(2);
  });

  it('leaves the pixels of a picture with an embedded sRGB profile within 1', async () => {
    const image = noiseImage(16, 16, 3);
    const bytes = await encoder(image).withIccProfile('srgb').png().toBuffer();
    expect((await sharp(bytes).metadata()).icc).toBeDefined();
    expect(maxDifference(await readImage(bytes), image)).toBeLessThanOrEqual(1);
  });
});

describe('readImage with odd sizes', () => {
  it('reads 1 x 1 and 1 x 20000', async () => {
    const dot = noiseImage(1, 1, 3);
    expect(await readImage(await encoder(dot).png().toBuffer())).toEqual(dot);
    const line = noiseImage(1, 20_000, 3);
    expect(await readImage(await encoder(line).png().toBuffer())).toEqual(line);
    expect(await readImage(await encoder(line).jpeg().toBuffer())).toMatchObject({
      width: 1,
      height: 20_000,
    });
  });

  it('refuses more pixels or bytes than the limits, and allows exactly as many', async () => {
    const image = noiseImage(10, 10, 3);
    const bytes = await encoder(image).png().toBuffer();
    await expect(readImage(bytes, { maxPixels: 99 })).rejects.toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
    await expect(readImageHeader(bytes, { maxPixels: 99 })).rejects.toMatchObject({
      code: 'ERR_IMAGE_TOO_LARGE',
    });
    expect(await readImage(bytes, { maxPixels: 100, maxBytes: bytes.length })).toEqual(image);
    const path = join(folder, 'limit.png');
    await writeFile(path, bytes);
    for (const source of [bytes, path]) {
      await expect(readImage(source, { maxBytes: bytes.length - 1 })).rejects.toMatchObject({
        code: 'ERR_IMAGE_TOO_LARGE',
      });
    }
  });
});

describe('readImage with arguments that are wrong', () => {
  it('refuses a pipe', async (context) => {
    needs(context, 'mkfifo');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readImage(pipe)).rejects.toMatchObject({ code: 'ERR_FILE_READ' });
  });

  it('refuses missing files, folders and devices', async () => {
    await expect(readImage(join(folder, 'none.jpg'))).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(readImage(folder)).rejects.toMatchObject({
      code: 'ERR_FILE_READ',
      message: expect.stringContaining('a folder'),
    });
    if (process.platform === 'win32') return;
    await expect(readImage('/dev/zero')).rejects.toMatchObject({ code: 'ERR_FILE_READ' });
  });

  it('refuses empty paths, other types and limits that are no limits', async () => {
    for (const source of ['', 'a\0b', null, 5, [1, 2]]) {
      await expect(readImage(source as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    }
    for (const options of [
      { maxBytes: 0 },
      { maxPixels: 1.5 },
      { maxPixels: Number.NaN },
      { colorMode: 'cmyk' },
    ]) {
      await expect(readImage(Uint8Array.of(1), options as never)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARGUMENT',
      });
    }
  });

  it('stops at an aborted signal', async () => {
    const bytes = await encoder(noiseImage(4, 4, 3))
      .png()
      .toBuffer();
    await expect(readImage(bytes, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    });
  });
});

describe('the AT&T faces', () => {
  const path = sharedData('att', 's1', '1.pgm');
  it.skipIf(path === null)(
    'are read as gray pictures whose samples are the bytes after the header',
    async () => {
      const image = await readImage(path!);
      const bytes = await readFile(path!);
      expect(image.channels).toBe(1);
      expect(Buffer.compare(image.data, bytes.subarray(bytes.length - image.width * image.height))).toBe(0);
    },
  );
});
