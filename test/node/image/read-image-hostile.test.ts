import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImage, readImageHeader } from '../../../src/node/image/read-image.ts';
import { gradientImage } from './images.ts';

const photo = gradientImage(64, 64);

function encoder() {
  return sharp(photo.data, { raw: { width: 64, height: 64, channels: 3 } });
}

describe('readImage refuses what is no supported picture and says so', () => {
  it.each([
    ['nothing at all', '', 'empty'],
    ['one byte', 'x', 'supported are JPEG, PNG'],
    ['text', 'not an image, just words', 'supported are JPEG, PNG'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>', 'an SVG drawing'],
    [
      'an SVG with a prolog',
      '<?xml version="1.0"?>\n<!-- x -->\n<svg width="10" height="10"/>',
      'an SVG drawing',
    ],
    ['a PDF', '%PDF-1.7\n', 'a PDF document'],
    ['an HTML page', '<!DOCTYPE html><html></html>', 'an HTML page'],
    ['a HEIC photo', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'a HEIC photo'],
    ['an MP4 video', '\0\0\0\x18ftypisom\0\0\0\0isommp41', 'a video'],
    ['a bitmap of Netpbm', 'P4\n8 1\n\xff', 'a bitmap, PAM or PFM file'],
    ['a ZIP', 'PK\x03\x04', 'a ZIP archive'],
  ])('%s', async (_, content, message) => {
    await expect(readImage(Buffer.from(content, 'latin1'))).rejects.toMatchObject({
      name: 'FaceTriggerError',
      code: 'ERR_IMAGE_DECODE',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    'ffd8ff',
    '89504e470d0a1a0a',
    '474946383961',
    '49492a00',
    '4d4d002a',
    '424d',
    '50350a',
    '000000206674797061766966',
  ])('the first bytes %s alone', async (hex) => {
    await expect(readImage(Buffer.from(hex, 'hex'))).rejects.toMatchObject({ code: 'ERR_IMAGE_DECODE' });
  });
});

describe('readImage refuses pictures that are cut off', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)(
    '%s, wherever the cut is',
    async (format) => {
      const bytes = await encoder().toFormat(format).toBuffer();
      expect(await readImage(bytes)).toMatchObject({ width: 64, height: 64 });
      for (const share of [0.02, 0.3, 0.5, 0.8, 0.9]) {
        await expect(
          readImage(bytes.subarray(0, bytes.length * share)),
          `${share} of it`,
        ).rejects.toMatchObject({
          code: 'ERR_IMAGE_DECODE',
        });
      }
    },
  );

  it('a progressive JPEG', async () => {
    const bytes = await encoder().jpeg({ progressive: true }).toBuffer();
    await expect(readImage(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
      code: 'ERR_IMAGE_DECODE',
    });
  });

  it('but reads a JPEG with stray bytes at its end', async () => {
    const bytes = await encoder().jpeg().toBuffer();
    const clean = await readImage(bytes);
    expect(await readImage(Buffer.concat([bytes, Buffer.alloc(100, 7)]))).toEqual(clean);
  });
});

describe('readImage checks the size before it decodes', () => {
  it('a small PNG of 30000 x 30000', async () => {
    const bytes = bombPng(30_000);
    expect(bytes.length).toBeLessThan(500_000);
    for (const read of [readImage, readImageHeader]) {
      await expect(read(bytes)).rejects.toMatchObject({
        code: 'ERR_IMAGE_TOO_LARGE',
        message: expect.stringContaining('30000 x 30000'),
      });
    }
  });

  it('a GIF whose first frame is 65535 x 65535', async () => {
    const bytes = Buffer.from(await encoder().gif().toBuffer());
    const descriptor = bytes.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 64, 0, 64, 0]));
    for (const at of [6, 8, descriptor + 5, descriptor + 7]) bytes.writeUInt16LE(65_535, at);
    await expect(readImage(bytes)).rejects.toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
  });

  it('a JPEG that claims 65000 x 65000', async () => {
    const bytes = Buffer.from(await encoder().jpeg().toBuffer());
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(65_000, frame + 5);
    bytes.writeUInt16BE(65_000, frame + 7);
    await expect(readImage(bytes)).rejects.toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
  });

  it('an AVIF whose coded picture is larger than it claims', async () => {
    const background = '#808080';
    const bytes = await sharp({ create: { width: 2000, height: 2000, channels: 3, background } })
      .avif()
      .toBuffer();
    expect(await readImageHeader(bytes)).toMatchObject({ format: 'avif', width: 2000 });
    // ImageSpatialExtentsProperty: version and flags, width, height (ISO/IEC 23008-12).
    const extents = bytes.indexOf('ispe');
    bytes.writeUInt32BE(100, extents + 8);
    bytes.writeUInt32BE(100, extents + 12);
    await expect(readImage(bytes)).rejects.toMatchObject({ code: 'ERR_IMAGE_DECODE' });
  });

  it('a PGM, a PPM and a BMP that claim more than they hold', async () => {
    await expect(readImage(Buffer.from('P5 30000 30000 255\n'))).rejects.toMatchObject({
      code: 'ERR_IMAGE_TOO_LARGE',
    });
    await expect(readImage(Buffer.from('P6 9000 9000 255\n'))).rejects.toMatchObject({
      code: 'ERR_IMAGE_DECODE',
    });
    await expect(readImage(Buffer.from('P3 9000 9000 255\n1 2 3'))).rejects.toMatchObject({
      code: 'ERR_IMAGE_DECODE',
    });
    const bmp = Buffer.alloc(54);
    bmp.write('BM');
    bmp.writeUInt32LE(54, 10);
    bmp.writeUInt32LE(40, 14);
    bmp.writeInt32LE(30_000, 18);
    bmp.writeInt32LE(-30_000, 22);
    bmp.writeUInt16LE(24, 28);
    await expect(readImage(bmp)).rejects.toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
  });

  it('every byte of a small picture changed in turn gives an image or a FaceTriggerError', async () => {
    const small = sharp(photo.data.subarray(0, 8 * 8 * 3), { raw: { width: 8, height: 8, channels: 3 } });
    for (const format of ['png', 'gif', 'jpeg'] as const) {
      const bytes = await small.clone().toFormat(format).toBuffer();
      for (let at = 0; at < bytes.length; at += 3) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 0xff;
        const outcome = await readImage(changed, { maxPixels: 1e6 }).catch((error: Error) => error);
        if (outcome instanceof Error) expect(outcome.name).toBe('FaceTriggerError');
        else expect(outcome.data.length).toBe(outcome.width * outcome.height * outcome.channels);
      }
    }
  });
});

function bombPng(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
