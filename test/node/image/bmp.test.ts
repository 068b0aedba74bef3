import { describe, expect, it } from 'vitest';
import { readImage, readImageHeader } from '../../../src/node/image/read-image.ts';
import { readOpencvGolden } from './opencv-golden.ts';

interface BmpParts {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  readonly headerSize?: number;
  readonly masks?: readonly number[];
  /** Bytes of the palette, as they are stored. */
  readonly palette?: readonly number[];
  readonly pixels: readonly number[];
  readonly colors?: number;
}

function bmp(parts: BmpParts): Buffer {
  const headerSize = parts.headerSize ?? 40;
  const header = Buffer.alloc(headerSize);
  header.writeUInt32LE(headerSize, 0);
  if (headerSize === 12) {
    header.writeUInt16LE(parts.width, 4);
    header.writeUInt16LE(parts.height, 6);
    header.writeUInt16LE(1, 8);
    header.writeUInt16LE(parts.bits, 10);
  } else {
    header.writeInt32LE(parts.width, 4);
    header.writeInt32LE(parts.height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(parts.bits, 14);
    header.writeUInt32LE(parts.compression ?? 0, 16);
    header.writeUInt32LE(parts.colors ?? 0, 32);
  }
  const masks = Buffer.alloc(headerSize === 40 ? 4 * (parts.masks?.length ?? 0) : 0);
  parts.masks?.forEach((mask, i) => {
    if (headerSize === 40) masks.writeUInt32LE(mask, 4 * i);
    else header.writeUInt32LE(mask, 40 + 4 * i);
  });
  const body = [header, masks, Buffer.from(parts.palette ?? [])];
  const start = Buffer.alloc(14);
  start.write('BM');
  start.writeUInt32LE(14 + body.reduce((sum, part) => sum + part.length, 0), 10);
  return Buffer.concat([start, ...body, Buffer.from(parts.pixels)]);
}

describe('reading BMP', () => {
  it("reads OpenCV 4.14.0's files", async () => {
    const { files } = readOpencvGolden();
    const read = (text: string) => readImage(Buffer.from(text, 'base64'));
    expect(await read(files.bmp24)).toEqual(files.pixels);
    expect(await read(files.bmp32)).toEqual(files.pixels);
    expect(await read(files.bmp8)).toEqual(files.grayPixels);
  });

  it('reads rows from the bottom up or from the top down', async () => {
    const pixels = [1, 2, 3, 0, 4, 5, 6, 0];
    const up = await readImage(bmp({ width: 1, height: 2, bits: 24, pixels }));
    expect([...up.data]).toEqual([6, 5, 4, 3, 2, 1]);
    const down = await readImage(bmp({ width: 1, height: -2, bits: 24, pixels }));
    expect([...down.data]).toEqual([3, 2, 1, 6, 5, 4]);
  });

  it('reads palettes with 1, 4 and 8 bits a pixel', async () => {
    const palette = [0, 0, 0, 0, 30, 20, 10, 0];
    const one = await readImage(
      bmp({ width: 10, height: 1, bits: 1, palette, pixels: [0b10000001, 0b01000000, 0, 0] }),
    );
    const on = [0, 7, 9];
    expect([...one.data]).toEqual(
      Array.from({ length: 10 }, (_, x) => (on.includes(x) ? [10, 20, 30] : [0, 0, 0])).flat(),
    );
    const four = await readImage(
      bmp({ width: 3, height: 1, bits: 4, palette, colors: 2, pixels: [0x10, 0x10, 0, 0] }),
    );
    expect([...four.data]).toEqual([10, 20, 30, 0, 0, 0, 10, 20, 30]);
    const eight = await readImage(
      bmp({ width: 2, height: 1, bits: 8, palette, colors: 2, pixels: [1, 0, 0, 0] }),
    );
    expect([...eight.data]).toEqual([10, 20, 30, 0, 0, 0]);
  });

  it('gives one channel for a palette of grays', async () => {
    const bytes = bmp({
      width: 2,
      height: 1,
      bits: 1,
      palette: [5, 5, 5, 0, 250, 250, 250, 0],
      pixels: [0x40, 0, 0, 0],
    });
    expect(await readImage(bytes)).toEqual({ data: Uint8Array.of(5, 250), width: 2, height: 1, channels: 1 });
    expect(await readImageHeader(bytes)).toEqual({ format: 'bmp', width: 2, height: 1, channels: 1 });
  });

  it('reads the short header of OS/2', async () => {
    const palette = [0, 0, 0, 3, 2, 1];
    const bytes = bmp({ headerSize: 12, width: 2, height: 1, bits: 1, palette, pixels: [0x40, 0, 0, 0] });
    expect([...(await readImage(bytes)).data]).toEqual([0, 0, 0, 1, 2, 3]);
  });

  it('reads 16 bits as 5-5-5, or as the masks say', async () => {
    const fiveFiveFive = bmp({ width: 2, height: 1, bits: 16, pixels: [0x00, 0x7c, 0xe0, 0x03] });
    expect([...(await readImage(fiveFiveFive)).data]).toEqual([255, 0, 0, 0, 255, 0]);
    const masks = [0xf800, 0x07e0, 0x001f];
    const pixels = [0xe0, 0x07, 0x1f, 0x80];
    const fiveSixFive = bmp({ width: 2, height: 1, bits: 16, compression: 3, masks, pixels });
    expect([...(await readImage(fiveSixFive)).data]).toEqual([0, 255, 0, 132, 0, 255]);
  });

  it('ignores the fourth byte of 32 bits without an alpha mask', async () => {
    const bytes = bmp({ width: 2, height: 1, bits: 32, pixels: [1, 2, 3, 0, 4, 5, 6, 99] });
    expect([...(await readImage(bytes)).data]).toEqual([3, 2, 1, 6, 5, 4]);
  });

  it('lays alpha on white, and takes a picture without any alpha as opaque', async () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const parts = { headerSize: 108, width: 2, height: 1, bits: 32, compression: 3, masks } as const;
    const mixed = bmp({ ...parts, pixels: [1, 2, 3, 0, 4, 5, 6, 255] });
    expect([...(await readImage(mixed)).data]).toEqual([255, 255, 255, 6, 5, 4]);
    const unset = bmp({ ...parts, pixels: [1, 2, 3, 0, 4, 5, 6, 0] });
    expect([...(await readImage(unset)).data]).toEqual([3, 2, 1, 6, 5, 4]);
  });

  const pixels = [1, 2, 3, 4, 5, 6, 7, 8];
  it.each<[string, BmpParts]>([
    ['run-length encoding', { width: 1, height: 1, bits: 8, compression: 1, palette: [0, 0, 0, 0], pixels }],
    ['an embedded PNG', { width: 1, height: 1, bits: 32, compression: 5, pixels }],
    ['2 bits a pixel', { width: 1, height: 1, bits: 2, pixels }],
    ['no width', { width: 0, height: 1, bits: 24, pixels }],
    ['a negative width', { width: -3, height: 1, bits: 24, pixels }],
    ['the height -2147483648', { width: 1, height: -2_147_483_648, bits: 24, pixels }],
    ['missing rows', { width: 1, height: 3, bits: 24, pixels }],
    ['no palette', { width: 1, height: 1, bits: 8, pixels }],
    [
      'a palette of 300 entries',
      { width: 1, height: 1, bits: 8, colors: 300, palette: [0, 0, 0, 0], pixels },
    ],
    [
      'a pixel outside the palette',
      { width: 1, height: 1, bits: 8, colors: 1, palette: [0, 0, 0, 0], pixels: [1, 0, 0, 0] },
    ],
    [
      'masks with gaps',
      { width: 1, height: 1, bits: 32, compression: 3, masks: [0xf0f, 0xf0, 0xf000], pixels },
    ],
    [
      'masks that overlap',
      { width: 1, height: 1, bits: 32, compression: 3, masks: [0xff, 0xff, 0xff00], pixels },
    ],
    ['an unknown header', { headerSize: 44, width: 1, height: 1, bits: 24, pixels }],
  ])('refuses %s', async (_, parts) => {
    const outcome = readImage(bmp(parts));
    await expect(outcome).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_IMAGE_(DECODE|TOO_LARGE)$/),
    });
  });

  it('refuses pixels that begin outside the file or in the header', async () => {
    for (const offset of [0, 20, 1_000_000]) {
      const bytes = bmp({ width: 1, height: 1, bits: 24, pixels });
      bytes.writeUInt32LE(offset, 10);
      await expect(readImage(bytes)).rejects.toMatchObject({ code: 'ERR_IMAGE_DECODE' });
    }
  });
});
