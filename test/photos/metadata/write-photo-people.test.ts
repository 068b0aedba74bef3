import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPacketWriter } from '../../../src/photos/metadata/packet-writer.ts';
import type { ShareBox } from '../../../src/photos/metadata/photo-region.ts';
import { readPhotoPeople } from '../../../src/photos/metadata/read-photo-people.ts';
import { writePhotoPeople } from '../../../src/photos/metadata/write-photo-people.ts';
import { needs } from '../../programs.ts';
import { copyRealPhoto, ORIENTATIONS, realPhoto, writeTurned } from './turned-photos.ts';
import { applePacket, digikamSidecar, lightroomPacket } from './xmp-fixtures.ts';

const run = promisify(execFile);
const BOX: ShareBox = { left: 0.31, top: 0.2, width: 0.22, height: 0.3 };
const ADA = { name: 'Ada', box: BOX };
const BOB = { name: 'Bob <& "Söhne">', box: { left: 0.7, top: 0.5, width: 0.1, height: 0.2 } };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-xmp-'));
});
afterEach(() => rm(folder, { recursive: true }));

const photoIn = (name = 'photo.jpg') => copyRealPhoto(join(folder, name));

function near(box: ShareBox): Record<keyof ShareBox, unknown> {
  const close = (share: number) => expect.closeTo(share, 5);
  return { left: close(box.left), top: close(box.top), width: close(box.width), height: close(box.height) };
}

async function flatPhoto(name: string, xmp: string): Promise<string> {
  const path = join(folder, name);
  await sharp({ create: { width: 600, height: 400, channels: 3, background: '#888' } })
    .withXmp(xmp)
    .toFile(path);
  return path;
}

describe('writePhotoPeople, into a sidecar', () => {
  it.each(ORIENTATIONS)('writes what it reads back, in orientation %i', async (orientation) => {
    const path = join(folder, 'turned.jpg');
    await writeTurned(await realPhoto(), orientation, path);
    const before = await readFile(path);
    const { file, changed, notes } = await writePhotoPeople(path, [ADA, BOB]);
    expect({ file, changed, notes }).toEqual({ file: `${path}.xmp`, changed: true, notes: [] });
    expect((await readPhotoPeople(path)).regions).toEqual([
      { name: 'Ada', box: near(BOX), form: 'mwg' },
      { name: 'Bob <& "Söhne">', box: near(BOB.box), form: 'mwg' },
    ]);
    expect(await readFile(path)).toEqual(before);
  });

  it('writes nothing where everything is there already, and nothing for nobody', async () => {
    const path = await photoIn();
    expect(await writePhotoPeople(path, [])).toMatchObject({ changed: false });
    await writePhotoPeople(path, [ADA, BOB]);
    const { mtimeMs } = await stat(`${path}.xmp`);
    expect(await writePhotoPeople(path, [BOB, ADA])).toMatchObject({ changed: false });
    expect((await stat(`${path}.xmp`)).mtimeMs).toBe(mtimeMs);
    expect((await readdir(folder)).sort()).toEqual(['photo.jpg', 'photo.jpg.xmp']);
  });

  it('says what it would write, and writes nothing, in a dry run', async () => {
    const path = await photoIn();
    expect(await writePhotoPeople(path, [ADA], { dryRun: true })).toMatchObject({ changed: true });
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it('takes out whom it wrote before and nobody else', async () => {
    const path = await flatPhoto('photo.jpg', lightroomPacket({ width: 600, height: 400 }));
    await writeFile(`${path}.xmp`, digikamSidecar({ width: 600, height: 400 }));
    const untouched = await readFile(`${path}.xmp`, 'utf8');
    await writePhotoPeople(path, [BOB]);
    await writePhotoPeople(path, [{ ...BOB, name: 'Robert' }]);
    const renamed = await readFile(`${path}.xmp`, 'utf8');
    expect(renamed).not.toContain('Söhne');
    expect(renamed.match(/Robert/g)).toHaveLength(7);
    expect((await readPhotoPeople(path)).regions.map(({ name }) => name).sort()).toEqual([
      'Ada Lovelace',
      'Grace Hopper',
      'Robert',
    ]);
    await writePhotoPeople(path, []);
    const blank = (text: string) =>
      text
        .replace(/\s+/g, '')
        .replaceAll("'", '"')
        .replaceAll(/xmlns:\w+="[^"]*"/g, '');
    expect(blank(await readFile(`${path}.xmp`, 'utf8'))).toBe(blank(untouched));
  });

  it("leaves somebody else's word about a face, and tells where it is another", async () => {
    const path = await flatPhoto('photo.jpg', applePacket({ width: 600, height: 400 }));
    await writeFile(`${path}.xmp`, digikamSidecar({ width: 600, height: 400 }));
    const there = { left: 0.21, top: 0.19, width: 0.1, height: 0.2 };
    const before = await readFile(`${path}.xmp`, 'utf8');
    await writePhotoPeople(path, [{ name: 'Ada Lovelace', box: there }]);
    const kept = await readFile(`${path}.xmp`, 'utf8');
    expect(kept.match(/mwg-rs:Name/g)).toHaveLength(before.match(/mwg-rs:Name/g)!.length);
    const { notes } = await writePhotoPeople(path, [{ name: 'Countess', box: there }]);
    expect(notes).toEqual(['Countess is Ada Lovelace by the metadata, and stays so there']);
  });

  it("takes the file's own regions and keywords along into a new sidecar", async () => {
    const path = await flatPhoto('photo.jpg', lightroomPacket({ width: 600, height: 400 }));
    await writePhotoPeople(path, [BOB]);
    const sidecar = await readFile(`${path}.xmp`, 'utf8');
    expect(sidecar).toContain('Grace Hopper');
    expect(sidecar).not.toContain('Exposure2012');
  });

  it('adds nothing to regions of a photo that was cropped since, but the keywords', async () => {
    const path = await flatPhoto('photo.jpg', lightroomPacket({ width: 600, height: 900 }));
    const { notes } = await writePhotoPeople(path, [BOB]);
    expect(notes).toEqual([expect.stringContaining('it was cropped since')]);
    expect(await readFile(`${path}.xmp`, 'utf8')).toContain('<rdf:li>Bob');
  });

  it('never replaces a sidecar that it cannot read', async () => {
    const path = await photoIn();
    await writeFile(`${path}.xmp`, 'precious notes');
    await expect(writePhotoPeople(path, [ADA])).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect(await readFile(`${path}.xmp`, 'utf8')).toBe('precious notes');
  });

  it('is read by exiftool', async (context) => {
    needs(context, 'exiftool');
    for (const orientation of ORIENTATIONS) {
      const path = join(folder, `turned-${orientation}.jpg`);
      await writeTurned(await realPhoto(), orientation, path);
      await writePhotoPeople(path, [ADA]);
      const { stdout } = await run('exiftool', ['-j', '-struct', '-n', '-XMP:all', `${path}.xmp`]);
      const [said] = JSON.parse(stdout);
      const { width, height } = await sharp(path).metadata();
      expect(said).toMatchObject({
        Subject: ['Ada'],
        HierarchicalSubject: ['People|Ada'],
        PersonInImage: ['Ada'],
      });
      expect(said.RegionInfo.AppliedToDimensions).toEqual({ W: width, H: height, Unit: 'pixel' });
      const [{ Area, Name, Type }] = said.RegionInfo.RegionList;
      expect({ Name, Type }).toEqual({ Name: 'Ada', Type: 'Face' });
      expect(Area.Unit).toBe('normalized');
      // The pixels at exiftool's place in the file as it is stored are those of the face as it is shown.
      const stored = { left: Area.X - Area.W / 2, top: Area.Y - Area.H / 2, width: Area.W, height: Area.H };
      const there = await meanOf(path, stored, false);
      const shown = await meanOf(path, BOX, true);
      for (const [channel, mean] of shown.entries())
        expect(Math.abs(there[channel]! - mean), `orientation ${orientation}`).toBeLessThan(3);
    }
  });
});

describe('writePhotoPeople, into the file', () => {
  it.for(['jpg', 'png', 'webp', 'tiff'])('keeps all else in a .%s as it was', async (extension, context) => {
    needs(context, 'perl');
    const path = join(folder, `photo.${extension}`);
    await sharp(await readFile(await photoIn('source.jpg')))
      .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'Somebody', Artist: 'Else' } } })
      .withIccProfile('p3')
      .withXmp(lightroomPacket({ width: 600, height: 400 }).replace('600', '10').replace('400', '10'))
      .toFile(path);
    await chmod(path, 0o640);
    const before = await facts(path);
    await using into = await openPacketWriter();
    const written = await writePhotoPeople(path, [ADA], { into });
    expect(written).toMatchObject({ file: path, changed: true });
    expect(await facts(path)).toEqual(before);
    expect((await sharp(path).metadata()).xmp!.toString()).toContain('Exposure2012="+0.35"');
    expect(await writePhotoPeople(path, [ADA], { into })).toMatchObject({ changed: false });
    expect((await readdir(folder)).sort()).toEqual([`photo.${extension}`, 'source.jpg'].sort());
  });

  it.for(ORIENTATIONS)('writes what it reads back, in orientation %i', async (orientation, context) => {
    needs(context, 'perl');
    const path = join(folder, 'turned.jpg');
    await writeTurned(await realPhoto(), orientation, path);
    const segments = segmentsOf(await readFile(path));
    await using into = await openPacketWriter();
    await writePhotoPeople(path, [ADA], { into });
    expect((await readPhotoPeople(path)).regions).toEqual([{ name: 'Ada', box: near(BOX), form: 'mwg' }]);
    const after = segmentsOf(await readFile(path));
    expect(after.filter((segment) => !segment.includes('ns.adobe.com/xap'))).toEqual(segments);
  });

  it('leaves a file that it cannot write as it was', async (context) => {
    needs(context, 'perl');
    const path = join(folder, 'gradient.bmp');
    await writeFile(path, BMP);
    await using into = await openPacketWriter();
    await expect(writePhotoPeople(path, [ADA], { into })).rejects.toMatchObject({ code: 'ERR_FILE_WRITE' });
    expect(await readFile(path)).toEqual(BMP);
    expect(await readdir(folder)).toEqual([basename(path)]);
  });
});

/** One gray pixel, 24 bits. */
const BMP = Buffer.from(
  '424d3a0000000000000036000000280000000100000001000000010018000000000004000000130b0000130b0000000000000000000080808000',
  'hex',
);

async function facts(path: string) {
  const { exif, icc, orientation, width, height } = await sharp(path).metadata();
  const pixels = createHash('sha256')
    .update(await sharp(path).raw().toBuffer())
    .digest('hex');
  return { exif, icc, orientation, width, height, pixels, mode: (await stat(path)).mode };
}

/** The segments of a JPEG, and its compressed pixels, as text. */
function segmentsOf(jpeg: Buffer): string[] {
  const segments: string[] = [];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    segments.push(jpeg.toString('latin1', at, end));
    at = end;
  }
  return [...segments, jpeg.toString('latin1', at)];
}

async function meanOf(path: string, box: ShareBox, upright: boolean): Promise<number[]> {
  const bytes = upright ? await sharp(path).autoOrient().png().toBuffer() : await readFile(path);
  const { width, height } = await sharp(bytes).metadata();
  const { channels } = await sharp(
    await sharp(bytes)
      .extract({
        left: Math.round(box.left * width),
        top: Math.round(box.top * height),
        width: Math.round(box.width * width),
        height: Math.round(box.height * height),
      })
      .png()
      .toBuffer(),
  ).stats();
  return channels.slice(0, 3).map(({ mean }) => mean);
}
