import { describe, expect, it } from 'vitest';
import type { Image } from '../../../src/core/image/image.ts';
import { contactSheet } from '../../../src/node/image/contact-sheet.ts';
import { noiseImage, pixel } from './images.ts';

function flat(width: number, height: number, value: number): Image {
  return { data: new Uint8Array(width * height * 3).fill(value), width, height, channels: 3 };
}

describe('contactSheet', () => {
  it('lays tiles out in reading order with borders by tone', async () => {
    const tiles = [
      { image: flat(60, 60, 10), tone: 'known' as const },
      { image: flat(60, 60, 20), tone: 'unknown' as const },
      { image: flat(60, 60, 30) },
    ];
    const sheet = await contactSheet(tiles, { columns: 2, tileWidth: 60 });
    // Gap 8, border 2, tile 60: two columns and two rows.
    expect([sheet.width, sheet.height, sheet.channels]).toEqual([8 + 2 * 72, 8 + 2 * 72, 3]);
    expect(pixel(sheet, 40, 40)).toEqual([10, 10, 10]);
    expect(pixel(sheet, 112, 40)).toEqual([20, 20, 20]);
    expect(pixel(sheet, 40, 112)).toEqual([30, 30, 30]);
    expect(pixel(sheet, 8, 40)).toEqual([21, 128, 61]);
    expect(pixel(sheet, 80, 40)).toEqual([194, 65, 12]);
    expect(pixel(sheet, 112, 112)).toEqual([246, 247, 249]);
  });

  it('fits wide, tall, tiny and gray pictures whole into their cards', async () => {
    const tiles = [flat(400, 10, 0), flat(10, 400, 0), flat(1, 1, 0), noiseImage(30, 40, 1)].map((image) => ({
      image,
    }));
    const sheet = await contactSheet(tiles, { columns: 4, tileWidth: 64 });
    expect(sheet.data.length).toBe(sheet.width * sheet.height * 3);
  });

  it('makes room for a title and captions and cuts long ones', async () => {
    const image = flat(60, 60, 128);
    const bare = await contactSheet([{ image }], { tileWidth: 100 });
    const captioned = await contactSheet([{ image, caption: 'A very long caption & <more> of it' }], {
      tileWidth: 100,
    });
    const titled = await contactSheet([{ image }], {
      tileWidth: 100,
      title: 'A title that is far too long for one tile',
    });
    expect(captioned.height).toBeGreaterThan(bare.height);
    expect(titled.height).toBeGreaterThan(bare.height);
    expect([captioned.width, titled.width]).toEqual([bare.width, bare.width]);
    const dark = (sheet: Image) => sheet.data.filter((value) => value < 60).length;
    expect(dark(captioned)).toBeGreaterThan(100);
    expect(dark(titled)).toBeGreaterThan(100);
  });

  it('refuses no tiles, bad options and sheets that are too large', async () => {
    const tile = { image: flat(10, 10, 0) };
    const code = (value: string) => expect.objectContaining({ code: value });
    await expect(contactSheet([])).rejects.toEqual(code('ERR_INVALID_ARGUMENT'));
    await expect(contactSheet([tile], { columns: 0 })).rejects.toEqual(code('ERR_INVALID_ARGUMENT'));
    await expect(contactSheet([tile], { tileWidth: 5 })).rejects.toEqual(code('ERR_INVALID_ARGUMENT'));
    await expect(contactSheet([{ ...tile, tone: 'red' as never }])).rejects.toEqual(
      code('ERR_INVALID_ARGUMENT'),
    );
    await expect(contactSheet([tile], { tileWidth: 20_000 })).rejects.toEqual(code('ERR_IMAGE_TOO_LARGE'));
  });
});
