import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findRawPreview } from '../../../../src/node/image/foreign/raw-preview.ts';
import { readImage, readImageHeader } from '../../../../src/node/image/read-image.ts';
import { gradientImage, pixel } from '../images.ts';
import { isoBox, tiffFile } from './raw-file.ts';

async function jpeg(width: number, height: number, orientation?: number): Promise<Buffer> {
  const { data } = gradientImage(width, height);
  const picture = sharp(data, { raw: { width, height, channels: 3 } }).jpeg();
  return (orientation ? picture.withMetadata({ orientation }) : picture).toBuffer();
}
const small = await jpeg(32, 24);
const large = await jpeg(96, 64);
/** Orientation, photometric interpretation of a color filter array, and places of a JPEG. */
const ORIENTATION = 0x112;
const SENSOR = { 262: 32803, 259: 1 };
const byTags = (bytes: Uint8Array) => ({ 513: { jpeg: bytes }, 514: bytes.length });
const byStrip = (bytes: Uint8Array, compression: number) => ({
  259: compression,
  273: { jpeg: bytes },
  279: bytes.length,
});

const KINDS: Record<string, Buffer> = {
  'a DNG (preview in a directory below)': tiffFile([
    { [ORIENTATION]: 1, 50706: 0x01040000, 330: [SENSOR, byStrip(large, 7)], ...byTags(small) },
  ]),
  'a NEF, big-endian': tiffFile([{ [ORIENTATION]: 1, 330: [byTags(large), SENSOR] }], { bigEndian: true }),
  'a CR2 (marked by Canon)': tiffFile([{ [ORIENTATION]: 1, ...byStrip(large, 6) }, byTags(small)], {
    marker: 'CR\x02\0\0\0\0\0',
  }),
  'an ARW (preview beside the sensor data)': tiffFile([{ ...byTags(large), 330: [SENSOR] }, byTags(small)]),
  'a PEF (preview in the last directory)': tiffFile([SENSOR, byTags(small), byTags(large)]),
  'an RW2 (a tag of Panasonic)': tiffFile([{ 46: large }], { magic: 'IIU\0' }),
  'an ORF (in the notes of Olympus)': orf(large),
  'a RAF': raf(large),
  'a CR3': cr3({ track: large, preview: small }),
  'a CR3 with the preview only': cr3({ track: Buffer.from('no picture'), preview: large }),
};

describe.each(Object.entries(KINDS))('%s', (_, bytes) => {
  it('gives its largest JPEG', async () => {
    expect(await readImageHeader(bytes)).toEqual({ format: 'raw', width: 96, height: 64, channels: 3 });
    expect(await readImage(bytes)).toEqual(await readImage(large));
  });

  it('is refused or read where it is cut off, never anything else', async () => {
    for (const share of [0.01, 0.2, 0.5, 0.9]) {
      const outcome = await readImage(bytes.subarray(0, bytes.length * share)).catch((error: Error) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'ERR_IMAGE_DECODE' });
      else expect(outcome.data.length).toBe(outcome.width * outcome.height * outcome.channels);
    }
  });

  it('with any byte changed gives a place inside the file, or none', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        const found = findRawPreview(changed);
        if (found === null || found === 'none') return;
        expect(found.jpeg.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      }),
    );
  });
});

describe('orientation of RAW files', () => {
  it.each([
    [1, 96, 64, [40, 40]],
    [2, 96, 64, [198, 40]],
    [3, 96, 64, [198, 197]],
    [4, 96, 64, [40, 197]],
    [5, 64, 96, [40, 40]],
    [6, 64, 96, [40, 197]],
    [7, 64, 96, [198, 197]],
    [8, 64, 96, [198, 40]],
  ] as const)(
    '%i of the file turns the preview, whose own is not followed too',
    async (value, width, height, first) => {
      const own = await jpeg(96, 64, 6);
      const bytes = tiffFile([{ [ORIENTATION]: value, 330: [SENSOR], ...byTags(own) }]);
      const image = await readImage(bytes);
      expect(image).toMatchObject({ width, height });
      expect(await readImageHeader(bytes)).toMatchObject({ width, height });
      const [red, green] = pixel(image, 0, 0);
      expect(Math.abs(red! - first[0])).toBeLessThan(8);
      expect(Math.abs(green! - first[1])).toBeLessThan(8);
    },
  );

  it("is that of the JPEG where the file has none, as Fuji's have not", async () => {
    const turned = await jpeg(96, 64, 6);
    expect(await readImage(raf(turned))).toEqual(await readImage(turned));
  });
});

describe('other files', () => {
  it('a RAW file without a JPEG is refused and says so', async () => {
    const lossless = Buffer.from('ffd8ffc3000b0800400060010111 00ffd9'.replaceAll(' ', ''), 'hex');
    for (const bytes of [tiffFile([SENSOR]), tiffFile([{ ...SENSOR, 330: [byStrip(lossless, 7)] }])]) {
      await expect(readImage(bytes)).rejects.toMatchObject({
        code: 'ERR_IMAGE_DECODE',
        message: expect.stringContaining("camera's RAW file without a JPEG"),
      });
    }
  });

  it('a TIFF stays a TIFF', async () => {
    const { data } = gradientImage(96, 64);
    for (const compression of ['none', 'jpeg', 'lzw'] as const) {
      const raw = { width: 96, height: 64, channels: 3 } as const;
      const bytes = await sharp(data, { raw }).tiff({ compression }).toBuffer();
      expect(findRawPreview(bytes)).toBeNull();
      expect(await readImageHeader(bytes)).toMatchObject({ format: 'tiff', width: 96, height: 64 });
    }
  });

  it('directories that refer to each other come to an end', () => {
    const bytes = tiffFile([{ ...SENSOR, 330: 8 }, byTags(small)]);
    bytes.writeUInt32LE(8, 4);
    expect(() => findRawPreview(bytes)).not.toThrow();
  });
});

function raf(picture: Buffer): Buffer {
  const head = Buffer.alloc(100);
  head.write('FUJIFILMCCD-RAW 0201FF129502X-T1', 'latin1');
  head.writeUInt32BE(100, 84);
  head.writeUInt32BE(picture.length, 88);
  return Buffer.concat([head, picture]);
}

// Offsets in the notes count from their start; 0x2020 leads to a directory with the place of the preview.
function orf(picture: Buffer): Buffer {
  const row = (tag: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag);
    bytes.writeUInt16LE(4, 2);
    bytes.writeUInt32LE(1, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const count = (value: number) => Buffer.from([value, 0]);
  const notes = Buffer.concat([
    Buffer.from('OLYMPUS\0II\x03\0', 'latin1'),
    ...[count(1), row(0x2020, 30), Buffer.alloc(4)],
    ...[count(2), row(0x101, 60), row(0x102, picture.length), Buffer.alloc(4)],
    picture,
  ]);
  return tiffFile([{ [ORIENTATION]: 1, 34665: [{ 37500: notes }] }], { magic: 'IIRO' });
}

function cr3({ track, preview }: { readonly track: Buffer; readonly preview: Buffer }): Buffer {
  const id = (hex: string) => Buffer.from(hex, 'hex');
  const numbers = (...values: readonly number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
    return bytes;
  };
  const build = (offset: number) => {
    const table = isoBox(
      'stbl',
      isoBox('stsz', numbers(0, track.length, 1)),
      isoBox('co64', numbers(0, 1, 0, offset)),
    );
    const notes = isoBox(
      'uuid',
      id('85c0b687820f11e08111f4ce462b6a48'),
      isoBox('CMT1', tiffFile([{ [ORIENTATION]: 1 }])),
    );
    const movie = isoBox('moov', notes, isoBox('trak', isoBox('mdia', isoBox('minf', table))));
    const previewBox = isoBox('PRVW', Buffer.alloc(16), preview);
    const previews = isoBox('uuid', id('eaf42b5e1c984b88b9fbb7dc406e4d16'), Buffer.alloc(8), previewBox);
    const head = Buffer.concat([
      isoBox('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1')),
      movie,
      previews,
    ]);
    return { file: Buffer.concat([head, isoBox('mdat', track)]), offset: head.length + 8 };
  };
  return build(build(0).offset).file;
}
