import sharp from 'sharp';
import { expect, it } from 'vitest';
import { readTakenAt } from '../../../src/node/image/taken-at.ts';

const picture = (format: 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif', date: string) =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: 'gray' } })
    .withExif({ IFD0: { DateTime: '2001:01:01 01:01:01' }, IFD2: { DateTimeOriginal: date } })
    .toFormat(format)
    .toBuffer();

it.each(['jpeg', 'png', 'webp', 'avif'] as const)('reads when a %s was taken', async (format) => {
  const bytes = await picture(format, '2019:12:24 18:30:05');
  expect(readTakenAt(bytes)).toEqual(new Date('2019-12-24T18:30:05Z'));
});

it('takes another date where the first is none, and none where there is none', async () => {
  expect(readTakenAt(await picture('jpeg', '0000:00:00 00:00:00'))).toEqual(new Date('2001-01-01T01:01:01Z'));
  const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  expect(readTakenAt(plain)).toBeNull();
  expect(readTakenAt(new Uint8Array())).toBeNull();
});

it('reads whatever damaged bytes hold without failing', async () => {
  const bytes = await picture('jpeg', '2019:12:24 18:30:05');
  for (let end = 0; end < bytes.length; end += 7) {
    const date = readTakenAt(bytes.subarray(0, end));
    expect(date === null || !Number.isNaN(date.getTime())).toBe(true);
  }
});
