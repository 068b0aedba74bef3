import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPhotoLibrary } from '../../../src/photos/photo-library.ts';
import { scanPhotos } from '../../../src/photos/scan/scan-photos.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { findFfmpeg } from '../../../src/watch/find-ffmpeg.ts';
import { describeWithPostgres } from '../../gallery/stores/postgres/postgres-test.ts';
import { tiffFile } from '../../node/image/foreign/raw-file.ts';
import { ffmpeg, media } from '../../watch/ffmpeg-tools.ts';

const EVERY_MS = 1000;
const FILM_SECONDS = 3;
const TAGS = { orientation: 0x112, subdirectories: 330, photometric: 262, compression: 259 };
const SENSOR = { [TAGS.photometric]: 32803, [TAGS.compression]: 1 };

let root: string;
let album: string;
let pipeline: FacePipeline;
const hasFfmpeg = await findFfmpeg({}).then(
  () => true,
  () => false,
);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'face-trigger-kinds-'));
  album = join(root, 'album');
  await mkdir(album);
  await copyFile(media('audrey.jpg'), join(album, 'a.jpg'));
  for (const name of ['a.jpg.xmp', 'notes.txt']) await writeFile(join(album, name), '');
  // Laid out as cameras do, not a camera's: a small JPEG first, the full one in a directory below, sensor data beside it.
  const small = await sharp(media('cage.jpg')).resize(120).jpeg().toBuffer();
  const whole = await sharp(await readFile(media('cage.jpg')))
    .rotate(270)
    .jpeg()
    .toBuffer();
  const full = { 513: { jpeg: whole }, 514: whole.length };
  const first = { 513: { jpeg: small }, 514: small.length, [TAGS.orientation]: 6 };
  await writeFile(join(album, 'b.nef'), tiffFile([{ ...first, [TAGS.subdirectories]: [full, SENSOR] }]));
  if (hasFfmpeg) ffmpeg('-i', media('franck.mp4'), '-t', String(FILM_SECONDS), '-an', join(album, 'c.mp4'));
  pipeline = await FacePipeline.create({ detection: 'fast', threads: 1 });
  return async () => {
    await pipeline.dispose();
    await rm(root, { recursive: true, force: true });
  };
}, 120_000);

function scansAllKinds(address: () => Promise<string> | string): void {
  it('reads pictures, the JPEG in RAW files, and films by frames', async () => {
    const { profile } = pipeline.embedder;
    await using library = await openPhotoLibrary(await address(), { embedder: profile });
    const { store } = library;
    const leftOut: string[] = [];
    const scan = () =>
      scanPhotos(library, [album], {
        analyze: (image, settings) => pipeline.analyze(image, settings),
        ...{ profile, everyMs: EVERY_MS },
        onFile: ({ path, outcome }) => void (outcome === 'skipped' && leftOut.push(path)),
      });
    const first = await scan();
    expect(first).toMatchObject({ scanned: hasFfmpeg ? 3 : 2, failed: 0 });
    // A sidecar is no photo that was missed.
    expect(leftOut).toEqual([join(album, 'notes.txt')]);

    const raw = (await store.photoAt(join(album, 'b.nef')))!;
    const { width, height } = await sharp(media('cage.jpg')).metadata();
    expect(raw).toMatchObject({ kind: 'raw', width, height });
    const [face] = await store.facesOf([raw.id]);
    expect(face).toMatchObject({ frameMs: null, hasThumbnail: true });
    expect(face!.box.top + face!.box.height / 2).toBeLessThan(height);

    if (hasFfmpeg) {
      const film = (await store.photoAt(join(album, 'c.mp4')))!;
      expect(film.kind).toBe('film');
      expect(film.durationMs! / 1000).toBeCloseTo(FILM_SECONDS, 0);
      const times = (await store.facesOf([film.id])).map(({ frameMs }) => frameMs);
      expect(new Set(times).size).toBeGreaterThanOrEqual(FILM_SECONDS);
      expect(times.map((ms) => ms! % EVERY_MS)).toEqual(times.map(() => 0));
    }
    expect(await scan()).toMatchObject({ scanned: 0, same: first.scanned, failed: 0 });
  }, 120_000);
}

describe('a scan into SQLite', () => scansAllKinds(() => join(root, 'photos.db')));

describeWithPostgres('a scan into PostgreSQL', (server) =>
  scansAllKinds(async () => `${await server.createDatabase()}?gallery=kinds`),
);
