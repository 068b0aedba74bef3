import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { readJpegStructure } from '../../../src/node/image/jpeg-structure.ts';
import { readImage, readImageHeader } from '../../../src/node/image/read-image.ts';
import { noiseImage } from './images.ts';

// Noise, so that no byte can be missing unseen.
const { data } = noiseImage(72, 56, 3);
const encode = (): Sharp => sharp(data, { raw: { width: 72, height: 56, channels: 3 } });
const JPEGS: Record<string, Buffer> = {
  baseline: await encode().jpeg().toBuffer(),
  'baseline 4:4:4': await encode().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  progressive: await encode().jpeg({ progressive: true }).toBuffer(),
  gray: await encode().grayscale().jpeg().toBuffer(),
  'progressive CMYK': await encode().toColorspace('cmyk').jpeg({ progressive: true }).toBuffer(),
  CMYK: await encode().toColorspace('cmyk').jpeg().toBuffer(),
};
const refused = { code: 'ERR_IMAGE_DECODE' };

describe.each(Object.entries(JPEGS))('a %s JPEG', (_, bytes) => {
  const END = Buffer.from('ffd9', 'hex');

  it('is read without its end marker, with half of it, and with stray bytes in its place', async () => {
    const whole = await readImage(bytes);
    expect(await readImage(bytes.subarray(0, -1))).toEqual(whole);
    expect(await readImage(bytes.subarray(0, -2))).toEqual(whole);
    expect(await readImage(Buffer.concat([bytes.subarray(0, -2), Buffer.alloc(50, 7)]))).toEqual(whole);
    expect(await readImage(Buffer.concat([bytes, Buffer.alloc(50, 7)]))).toEqual(whole);
    expect(await readImageHeader(bytes.subarray(0, -2))).toMatchObject({ width: 72, height: 56 });
  });

  it('is refused where pixels are missing', async () => {
    for (const missing of [8, 20, 100, bytes.length >> 1]) {
      await expect(readImage(bytes.subarray(0, -missing)), `${missing} bytes`).rejects.toMatchObject(refused);
    }
    const half = bytes.subarray(0, bytes.length >> 1);
    await expect(readImage(Buffer.concat([half, END]))).rejects.toMatchObject(refused);
  });

  it('is read in parts of its size too', async () => {
    const whole = await readImage(bytes, { shrink: 4 });
    expect(await readImage(bytes.subarray(0, -2), { shrink: 4 })).toEqual(whole);
  });
});

it('a progressive JPEG that ends between two of its scans is refused', async () => {
  const bytes = JPEGS['progressive']!;
  const { scans } = readJpegStructure(bytes)!;
  expect(scans.length).toBeGreaterThan(2);
  for (const { end } of scans.slice(0, -1)) {
    await expect(readImage(bytes.subarray(0, end))).rejects.toMatchObject(refused);
  }
});

it('a JPEG with restart markers is refused where it ends at one, and read without its end', async () => {
  const bytes = withRestarts();
  const whole = await readImage(bytes);
  expect(whole).toMatchObject({ width: 16, height: 8 });
  expect(await readImage(bytes.subarray(0, -2))).toEqual(whole);
  const restart = bytes.indexOf(Buffer.from('ffd0', 'hex'));
  await expect(readImage(bytes.subarray(0, restart))).rejects.toMatchObject(refused);
});

describe('other formats', () => {
  it('a PNG is read without its end, and refused where rows are missing', async () => {
    for (const progressive of [false, true]) {
      const bytes = await encode().png({ progressive }).toBuffer();
      const whole = await readImage(bytes);
      // The last chunk has 12 bytes, and 4 more are the checksum of the data.
      for (const missing of [1, 4, 8, 11, 12, 16]) {
        expect(await readImage(bytes.subarray(0, -missing)), `${missing} bytes`).toEqual(whole);
      }
      for (const missing of [40, 500, bytes.length >> 1]) {
        await expect(readImage(bytes.subarray(0, -missing))).rejects.toMatchObject(refused);
      }
    }
  });

  it('a GIF is read without its last bytes, and refused where pixels are missing', async () => {
    const bytes = await encode().gif().toBuffer();
    const whole = await readImage(bytes);
    for (const missing of [1, 2]) expect(await readImage(bytes.subarray(0, -missing))).toEqual(whole);
    for (const missing of [10, 100, bytes.length >> 1]) {
      await expect(readImage(bytes.subarray(0, -missing))).rejects.toMatchObject(refused);
    }
  });

  it('a WebP is read without the byte that fills it up, and refused where pixels are missing', async () => {
    const bytes = await encode().webp().toBuffer();
    const isFilledUp = bytes.readUInt32LE(16) % 2 === 1;
    const whole = await readImage(bytes);
    if (isFilledUp) expect(await readImage(bytes.subarray(0, -1))).toEqual(whole);
    for (const missing of [20, 100, bytes.length >> 1]) {
      await expect(readImage(bytes.subarray(0, -missing))).rejects.toMatchObject(refused);
    }
  });
});

/** Two gray blocks of one constant each, with a restart marker between them, put together by hand. */
function withRestarts(): Buffer {
  const segment = (marker: number, body: readonly number[]) => [0xff, marker, 0, body.length + 2, ...body];
  // One code of each table: DC category 4 is "0", AC end-of-block is "0" (ITU-T T.81, annex C).
  const codes = (id: number, value: number) => segment(0xc4, [id, 1, ...Array<number>(15).fill(0), value]);
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(16)]),
    ...segment(0xc0, [8, 0, 8, 0, 16, 1, 1, 0x11, 0]),
    ...codes(0x00, 4),
    ...codes(0x10, 0),
    ...segment(0xdd, [0, 1]),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
    // DC difference 10 (1010), then end of block; DC difference 12 (1100), then end of block.
    ...[0b0101_0011, 0xff, 0xd0, 0b0110_0011, 0xff, 0xd9],
  ]);
}
