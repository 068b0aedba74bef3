import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeNetpbm } from '../../../src/node/image/netpbm.ts';
import { readImage, readImageHeader } from '../../../src/node/image/read-image.ts';
import { noiseImage } from './images.ts';
import { readOpencvGolden } from './opencv-golden.ts';

function file(header: string, samples: readonly number[] = []): Buffer {
  return Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(samples)]);
}

describe('reading PGM and PPM', () => {
  it("reads OpenCV 4.14.0's files", async () => {
    const { files } = readOpencvGolden();
    const read = (text: string) => readImage(Buffer.from(text, 'base64'));
    expect(await read(files.ppm)).toEqual(files.pixels);
    expect(await read(files.plainPpm)).toEqual(files.pixels);
    expect(await read(files.pgm)).toEqual(files.grayPixels);
    const scaled = files.wide.map((value) => Math.round((value * 255) / 65_535));
    expect([...(await read(files.pgm16)).data]).toEqual(scaled);
  });

  it('gets back what encodeNetpbm wrote', async () => {
    const size = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        fc.constantFrom(1 as const, 3 as const),
        async (width, height, channels) => {
          const image = noiseImage(width, height, channels, width * 31 + height);
          const bytes = encodeNetpbm(image);
          expect(await readImage(bytes)).toEqual(image);
          expect(await readImageHeader(bytes)).toEqual({ format: 'pnm', width, height, channels });
        },
      ),
    );
  });

  it('skips comments and any white space in headers and plain samples', async () => {
    const raw = file('P5# made by hand\n# width 99\n 2\t\r\n1 # height\n255\n', [7, 9]);
    expect(await readImage(raw)).toEqual({ data: Uint8Array.of(7, 9), width: 2, height: 1, channels: 1 });
    const plain = file('P2\n# c\n2 2\n10\n0 5 # five\n10\n1');
    expect([...(await readImage(plain)).data]).toEqual([0, 128, 255, 26]);
  });

  it('takes the byte after a single white space as the first sample, even if it looks like white space or #', async () => {
    expect([...(await readImage(file('P5 3 1 255\n', [0x20, 0x23, 0x0a]))).data]).toEqual([0x20, 0x23, 0x0a]);
  });

  it('scales other maximum values to 255', async () => {
    expect([...(await readImage(file('P5 3 1 1\n', [0, 1, 1]))).data]).toEqual([0, 255, 255]);
    expect([...(await readImage(file('P6 1 1 65535\n', [0, 0, 0x80, 0x80, 0xff, 0xff]))).data]).toEqual([
      0, 128, 255,
    ]);
    expect([...(await readImage(file('P3 1 1 1000\n0 500 1000'))).data]).toEqual([0, 128, 255]);
  });

  it('reads the first of several pictures', async () => {
    const bytes = Buffer.concat([file('P5 1 1 255\n', [42]), file('P5 9 9 255\n')]);
    expect([...(await readImage(bytes)).data]).toEqual([42]);
  });

  it.each([
    ['no size', 'P5\n'],
    ['a word as size', 'P5 ten 1 255\n1'],
    ['a negative size', 'P5 -1 1 255\n1'],
    ['no width', 'P5 0 1 255\n'],
    ['a size beyond 31 bits', 'P5 99999999999999999999 1 255\n1'],
    ['maximum value 0', 'P5 1 1 0\n1'],
    ['maximum value 65536', 'P5 1 1 65536\n11'],
    ['nothing after the header', 'P5 1 1 255'],
    ['too few samples', 'P5 2 2 255\nabc'],
    ['too few wide samples', 'P5 2 1 256\nabc'],
    ['a sample above the maximum', 'P5 1 1 10\n\x0b'],
    ['a plain sample above the maximum', 'P2 1 1 10\n11'],
    ['a plain sample that is no number', 'P2 2 1 10\n1 x'],
    ['too few plain samples', 'P2 3 1 10\n1      2   '],
    ['a header of comments without end', `P5 #${'x'.repeat(100_000)}`],
  ])('refuses %s', async (_, text) => {
    await expect(readImage(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'ERR_IMAGE_DECODE' });
  });
});
