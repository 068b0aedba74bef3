import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../../src/core/image/image.ts';
import { orientImage } from '../../../../src/node/image/exif-orientation.ts';
import { readHeifHeader } from '../../../../src/node/image/foreign/heif-header.ts';
import { findBox } from '../../../../src/node/image/foreign/isobmff.ts';
import { readImage, readImageHeader } from '../../../../src/node/image/read-image.ts';
import { pixel } from '../images.ts';
import { smallBox, withProperty } from './heif-file.ts';

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/image/${name}`, import.meta.url));

// Red grows to the right and green downwards, in a picture of 96 x 64.
function corners(image: Image): readonly (readonly number[])[] {
  const { width, height } = image;
  const at = [0.1, 0.9];
  return at.flatMap((y) => at.map((x) => pixel(image, Math.floor(x * width), Math.floor(y * height))));
}

function expectUpright(image: Image): void {
  expect(image).toMatchObject({ width: 96, height: 64, channels: 3 });
  const [topLeft, topRight, bottomLeft, bottomRight] = corners(image);
  for (const [color, red, green] of [
    [topLeft, 56, 56],
    [topRight, 184, 56],
    [bottomLeft, 56, 184],
    [bottomRight, 184, 184],
  ] as const) {
    expect(Math.abs(color![0]! - red), `red of ${color}`).toBeLessThan(12);
    expect(Math.abs(color![1]! - green), `green of ${color}`).toBeLessThan(12);
  }
}

describe('readImage', () => {
  it.each([
    'gradient.heic',
    'gradient-exif-6.heic',
    'gradient.jxl',
    'gradient-exif-6.jxl',
    'gradient-from-jpeg.jxl',
  ])('reads %s upright', async (name) => {
    const bytes = fixture(name);
    const format = name.endsWith('jxl') ? 'jxl' : 'heic';
    expect(await readImageHeader(bytes)).toEqual({ format, width: 96, height: 64, channels: 3 });
    expectUpright(await readImage(bytes));
  });

  it('gives a gray picture of it where one is wanted', async () => {
    expect(await readImage(fixture('gradient.heic'), { colorMode: 'gray' })).toMatchObject({ channels: 1 });
  });

  it('follows the properties of a HEIC file where it has them, and not EXIF a second time', async () => {
    // Stored turned to the left; the property turns it by three quarters to the left, as EXIF's 6 does.
    const both = withProperty(fixture('gradient-exif-6.heic'), smallBox('irot', 3));
    expect(await readImageHeader(both)).toMatchObject({ width: 96, height: 64 });
    expectUpright(await readImage(both));
  });

  it('turns and mirrors by properties', async () => {
    const file = fixture('gradient.heic');
    const [topLeft, topRight, bottomLeft, bottomRight] = corners(await readImage(file));
    const turned = await readImage(withProperty(file, smallBox('irot', 1)));
    expect(turned).toMatchObject({ width: 64, height: 96 });
    expect(corners(turned)).toEqual([topRight, bottomRight, topLeft, bottomLeft]);
    const half = await readImage(withProperty(file, smallBox('irot', 2)));
    expect(corners(half)[0]![0]).toBeGreaterThan(170);
    const mirrored = await readImage(withProperty(file, smallBox('imir', 1)));
    expect(corners(mirrored)[0]![0]).toBeGreaterThan(170);
    expect(corners(mirrored)[0]![1]).toBeLessThan(70);
  });

  it.each([
    ['irot', 0],
    ['irot', 1],
    ['irot', 2],
    ['irot', 3],
    ['imir', 0],
    ['imir', 1],
  ] as const)('says in the words of EXIF what %s %i does to the picture', async (type, value) => {
    const file = fixture('gradient.heic');
    const changed = withProperty(file, smallBox(type, value));
    const { shownBy } = readHeifHeader(changed)!;
    expect(corners(await readImage(changed))).toEqual(corners(orientImage(await readImage(file), shownBy)));
  });
});

describe('readImage keeps hostile and damaged HEIC and JPEG XL files within bounds', () => {
  it.each(['gradient.heic', 'gradient.jxl', 'gradient-from-jpeg.jxl'])(
    '%s, cut off anywhere',
    async (name) => {
      const bytes = fixture(name);
      for (const share of [0.05, 0.3, 0.6, 0.9]) {
        await expect(readImage(bytes.subarray(0, bytes.length * share)), `${share}`).rejects.toMatchObject({
          code: 'ERR_IMAGE_DECODE',
          message: expect.stringMatching(
            /looks like a (HEIC photo|JPEG XL picture).*Convert it to JPEG|known picture/,
          ),
        });
      }
    },
  );

  it('a picture of more pixels than allowed, before it is decoded', async () => {
    for (const name of ['flat-3000.heic', 'gradient.jxl']) {
      const limits = { maxPixels: name.startsWith('flat') ? 8_999_999 : 96 * 64 - 1 };
      for (const read of [readImage, readImageHeader]) {
        await expect(read(fixture(name), limits)).rejects.toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
      }
    }
  });

  it('a picture that is larger or smaller than its header says', async () => {
    for (const side of [16, 20_000]) {
      const bytes = fixture('flat-3000.heic');
      const extents = findBox(bytes, 'meta/iprp/ipco/ispe')!;
      bytes.writeUInt32BE(side, extents.start + 4);
      bytes.writeUInt32BE(side, extents.start + 8);
      await expect(readImage(bytes, { maxPixels: 1e9 })).rejects.toMatchObject({
        code: expect.stringMatching(/ERR_IMAGE_DECODE|ERR_IMAGE_TOO_LARGE/),
      });
    }
  });

  it('bytes changed here and there give an image or a FaceTriggerError', async () => {
    for (const name of ['gradient.heic', 'gradient.jxl']) {
      const bytes = fixture(name);
      for (let at = 13; at < bytes.length; at += Math.ceil(bytes.length / 12)) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 0x55;
        const outcome = await readImage(changed, { maxPixels: 1e6 }).catch((error: Error) => error);
        if (outcome instanceof Error) expect(outcome.name).toBe('FaceTriggerError');
        else expect(outcome.data.length).toBe(outcome.width * outcome.height * 3);
      }
    }
  });

  it('reading that is canceled ends at once', async () => {
    const controller = new AbortController();
    const reading = readImage(fixture('flat-3000.heic'), { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});
