import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ShareBox } from '../../../src/photos/metadata/photo-region.ts';
import { readPicasaContacts } from '../../../src/photos/metadata/picasa-ini.ts';
import { readPhotoPeople } from '../../../src/photos/metadata/read-photo-people.ts';
import { ORIENTATIONS, realPhoto, writeTurned } from './turned-photos.ts';
import {
  applePacket,
  digikamSidecar,
  type FixtureSides,
  lightroomPacket,
  microsoftPacket,
  picasaIni,
} from './xmp-fixtures.ts';

const SIDES: FixtureSides = { width: 600, height: 400 };
/** Where all fixtures have their first face, in the stored picture. */
const STORED: ShareBox = { left: 0.2, top: 0.2, width: 0.1, height: 0.2 };
/** The same in the upright picture, by the words of EXIF 2.32: where the stored row 0 and column 0 are shown. */
const UPRIGHT: Readonly<Record<number, ShareBox>> = {
  1: STORED,
  2: { left: 0.7, top: 0.2, width: 0.1, height: 0.2 },
  3: { left: 0.7, top: 0.6, width: 0.1, height: 0.2 },
  4: { left: 0.2, top: 0.6, width: 0.1, height: 0.2 },
  5: { left: 0.2, top: 0.2, width: 0.2, height: 0.1 },
  6: { left: 0.6, top: 0.2, width: 0.2, height: 0.1 },
  7: { left: 0.6, top: 0.7, width: 0.2, height: 0.1 },
  8: { left: 0.2, top: 0.7, width: 0.2, height: 0.1 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-xmp-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function flatPhoto(
  options: { orientation?: number; xmp?: string; name?: string } = {},
): Promise<string> {
  const path = join(folder, options.name ?? 'photo.jpg');
  const picture = sharp({ create: { ...SIDES, channels: 3, background: '#888' } });
  if (options.xmp !== undefined) picture.withXmp(options.xmp);
  await picture.withMetadata({ orientation: options.orientation ?? 1 }).toFile(path);
  return path;
}

function near(box: ShareBox): Record<keyof ShareBox, unknown> {
  const close = (share: number) => expect.closeTo(share, 4);
  return { left: close(box.left), top: close(box.top), width: close(box.width), height: close(box.height) };
}

describe('readPhotoPeople', () => {
  it.each(ORIENTATIONS)('knows where a face is shown in a photo of orientation %i', async (orientation) => {
    const path = await flatPhoto({ orientation });
    await writeFile(`${path}.xmp`, digikamSidecar(SIDES));
    const { regions, notes } = await readPhotoPeople(path);
    expect(regions).toEqual([{ name: 'Ada Lovelace', box: near(UPRIGHT[orientation]!), form: 'mwg' }]);
    expect(notes).toEqual([]);
  });

  it('finds the same pixels that the stored picture has there', async () => {
    const photo = await realPhoto();
    for (const orientation of ORIENTATIONS) {
      const path = join(folder, `turned-${orientation}.png`);
      await writeTurned(photo, orientation, path);
      const { width, height } = await sharp(path).metadata();
      await writeFile(`${path}.xmp`, digikamSidecar({ width, height }));
      const { box } = (await readPhotoPeople(path)).regions[0]!;
      const stored = await meanOf(sharp(path), STORED, { width, height });
      const shown = await meanOf(sharp(await sharp(path).autoOrient().toBuffer()), box, photo);
      for (const [channel, mean] of stored.entries())
        expect(Math.abs(shown[channel]! - mean), `orientation ${orientation}`).toBeLessThan(3);
    }
  });

  it('reads what Lightroom wrote into a file', async () => {
    const path = await flatPhoto({ xmp: lightroomPacket(SIDES), orientation: 6 });
    expect((await readPhotoPeople(path)).regions).toEqual([
      { name: 'Grace Hopper', box: near(UPRIGHT[6]!), form: 'mwg' },
    ]);
  });

  it.each(['png', 'webp', 'tiff'])('reads the packet in a %s', async (extension) => {
    const path = await flatPhoto({ xmp: lightroomPacket(SIDES), name: `photo.${extension}` });
    expect((await readPhotoPeople(path)).regions[0]?.name).toBe('Grace Hopper');
  });

  it('reads faces of an iPhone, which have no names', async () => {
    const path = await flatPhoto({ xmp: applePacket(SIDES), orientation: 6 });
    expect((await readPhotoPeople(path)).regions).toEqual([
      { name: null, box: near(UPRIGHT[6]!), form: 'mwg' },
    ]);
  });

  it('reads what Windows Photo Gallery wrote, and tells of a person without a place', async () => {
    const path = await flatPhoto({ xmp: microsoftPacket(), orientation: 8 });
    const { regions, notes } = await readPhotoPeople(path);
    expect(regions).toEqual([{ name: 'Alan Turing', box: near(UPRIGHT[8]!), form: 'microsoft' }]);
    expect(notes).toEqual(['the file: Somebody Near has no place in the picture']);
  });

  it("reads Picasa's file of a folder", async () => {
    const path = await flatPhoto({ name: 'IMG_1.JPG', orientation: 3 });
    await writeFile(join(folder, '.picasa.ini'), picasaIni('IMG_1.JPG'));
    const { regions } = await readPhotoPeople(path);
    expect(regions).toEqual([
      { name: 'Katherine Johnson', box: near(UPRIGHT[3]!), form: 'picasa' },
      { name: null, box: expect.anything(), form: 'picasa' },
    ]);
  });

  it("takes names from Picasa's contacts where the folder's file has none", async () => {
    const path = await flatPhoto();
    await writeFile(
      join(folder, '.picasa.ini'),
      picasaIni('photo.jpg').replace(/\[Contacts2\]\r\n.*\r\n/, ''),
    );
    expect((await readPhotoPeople(path)).regions[0]!.name).toBeNull();
    const picasaContacts = readPicasaContacts(
      '<contacts>\n <contact id="d10a8325c557b085" name="Katherine &quot;K&quot; Johnson" modified_time="1"/>\n</contacts>',
    );
    expect((await readPhotoPeople(path, { picasaContacts })).regions[0]!.name).toBe('Katherine "K" Johnson');
  });

  it('counts a face once that several programs wrote down, with its name', async () => {
    const path = await flatPhoto({ xmp: applePacket(SIDES) });
    await writeFile(`${path}.xmp`, digikamSidecar(SIDES));
    const { regions } = await readPhotoPeople(path);
    expect(regions.map(({ name }) => name)).toEqual(['Ada Lovelace']);
  });

  it('believes the size that was written with regions that a program turned itself', async () => {
    const path = await flatPhoto({ orientation: 6 });
    await writeFile(`${path}.xmp`, digikamSidecar({ width: SIDES.height, height: SIDES.width }));
    expect((await readPhotoPeople(path)).regions[0]!.box).toEqual(near(STORED));
  });

  it('leaves out regions of a photo that was cropped since, and says so', async () => {
    const path = await flatPhoto();
    await writeFile(`${path}.xmp`, lightroomPacket({ width: 600, height: 900 }));
    const { regions, notes } = await readPhotoPeople(path);
    expect(regions).toEqual([]);
    expect(notes).toEqual([
      'photo.jpg.xmp: its 1 regions are for a picture of 600 x 900 pixels, which has another shape: it was cropped since',
    ]);
  });

  it("reads Adobe's sidecar, unless it is that of a RAW file beside the photo", async () => {
    const path = await flatPhoto();
    await writeFile(join(folder, 'photo.xmp'), lightroomPacket(SIDES));
    expect((await readPhotoPeople(path)).regions).toHaveLength(1);
    const ofRaw = lightroomPacket(SIDES).replace(
      'crs:Exposure2012',
      'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:SidecarForExtension="NEF" crs:Exposure2012',
    );
    await writeFile(join(folder, 'photo.xmp'), ofRaw);
    expect((await readPhotoPeople(path)).regions).toEqual([]);
  });

  it('tells of a sidecar that is none, and reads the rest', async () => {
    const path = await flatPhoto({ xmp: lightroomPacket(SIDES) });
    await writeFile(`${path}.xmp`, 'no XML at all');
    const { regions, notes } = await readPhotoPeople(path);
    expect(regions).toHaveLength(1);
    expect(notes).toEqual([expect.stringMatching(/^photo\.jpg\.xmp: The XMP cannot be read: /)]);
  });
});

/** Mean colors of a part of a picture as it is stored. */
async function meanOf(picture: Sharp, box: ShareBox, { width, height }: FixtureSides): Promise<number[]> {
  const { channels } = await picture
    .extract({
      left: Math.round(box.left * width),
      top: Math.round(box.top * height),
      width: Math.round(box.width * width),
      height: Math.round(box.height * height),
    })
    .toColorspace('srgb')
    .stats();
  return channels.slice(0, 3).map(({ mean }) => mean);
}
