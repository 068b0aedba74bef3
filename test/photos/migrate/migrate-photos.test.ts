import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricOf } from '../../../src/core/metric/metric.ts';
import { migrateGallery } from '../../../src/gallery/migrate/migrate-gallery.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { ignoreFaces } from '../../../src/photos/decide/decide-faces.ts';
import { nameFaces } from '../../../src/photos/decide/name-faces.ts';
import { groupPhotos } from '../../../src/photos/group/group-photos.ts';
import { migratePhotos } from '../../../src/photos/migrate/migrate-photos.ts';
import { openPhotoLibrary, type PhotoLibrary } from '../../../src/photos/photo-library.ts';
import { scanPhotos } from '../../../src/photos/scan/scan-photos.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { media } from '../../cli/run-cli.ts';
import { temporaryGalleries } from '../../gallery/temporary-gallery.ts';

const { folder } = temporaryGalleries();
const NAMES = ['franck_01829.jpg', 'franck_02221.jpg', 'audrey.jpg', 'joconde.jpg'];
const INT8 = { models: 'dlib', precision: 'int8', threads: 1 } as const;

let pipeline: FacePipeline;
let int8: FacePipeline;
let mobile: FacePipeline;
beforeAll(async () => {
  pipeline = await FacePipeline.create({ detection: 'fast' });
  int8 = await FacePipeline.create({ ...INT8, detection: 'fast' });
  mobile = await FacePipeline.create({ models: 'mobilefacenet', threads: 1 });
});
afterAll(async () => {
  for (const one of [pipeline, int8, mobile]) await one.dispose();
});

const scan = (library: PhotoLibrary, photos: string, by = pipeline) =>
  scanPhotos(library, [photos], {
    analyze: (image, settings) => by.analyze(image, settings),
    profile: by.embedder.profile,
  });
const open = (path: string) => openPhotoLibrary(path, { create: false });

/** What is known of the face in the photo of a name. */
async function faceIn(library: PhotoLibrary, name: string) {
  for (const photo of await library.store.listPhotos({ limit: 99 }))
    if (photo.paths.some((path) => basename(path) === name))
      return (await library.store.facesOf([photo.id]))[0]!;
  throw new Error(name);
}

/** A library of four photos; Franck is named, Joconde ignored. */
async function collection() {
  const photos = join(folder(), 'photos');
  await mkdir(photos);
  // Turned as cameras do it: boxes and points are those of the upright picture.
  for (const name of NAMES)
    await sharp(media(name))
      .rotate()
      .resize({ width: 700, withoutEnlargement: true })
      .withMetadata({ orientation: 1 })
      .toFile(join(photos, name));
  const path = join(folder(), 'photos.db');
  const { profile } = pipeline.embedder;
  await using library = await openPhotoLibrary(path, {
    embedder: profile,
    distances: DLIB_FACTS,
    models: 'dlib',
    thumbnails: true,
  });
  await scan(library, photos);
  const franck = await Promise.all(NAMES.slice(0, 2).map((name) => faceIn(library, name)));
  await nameFaces(
    library,
    franck.map(({ id }) => id),
    'Franck',
  );
  await ignoreFaces(library, [(await faceIn(library, 'joconde.jpg')).id]);
  await groupPhotos(library);
  return { photos, path };
}

/** Embeddings as a new scan by other models makes them, by the photos' names. */
async function fresh(photos: string, by: FacePipeline) {
  await using library = await openPhotoLibrary(join(folder(), `fresh-${by.embedder.profile.id}.db`), {
    embedder: by.embedder.profile,
  });
  await scan(library, photos, by);
  return new Map(
    await Promise.all(NAMES.map(async (name) => [name, (await faceIn(library, name)).embedding] as const)),
  );
}

describe('migratePhotos', () => {
  it('embeds faces anew as a scan with the new models does, and keeps names and decisions', async () => {
    const { photos, path } = await collection();
    await using before = await open(path);
    const faces = new Map(
      await Promise.all(NAMES.map(async (name) => [name, await faceIn(before, name)] as const)),
    );
    const done = await migratePhotos(path, { ...INT8, force: true });
    expect(done).toMatchObject({
      switched: true,
      faces: 4,
      resumed: 0,
      fromPhotos: 4,
      fromCrops: 0,
      missing: 0,
    });
    expect(done.groups).toMatchObject({ changed: true, faces: 3, ofOtherModels: 0 });

    await using library = await open(path);
    expect(library.gallery.embedder.sha256).toBe(int8.embedder.profile.sha256);
    const wanted = await fresh(photos, int8);
    for (const [name, { embedding: _, model, groupConfidence: __, ...known }] of faces) {
      const face = await faceIn(library, name);
      expect(face).toMatchObject(known);
      expect(face.model).not.toBe(model);
      expect(metricOf('euclidean').distance(face.embedding, wanted.get(name)!)).toBeLessThan(1e-5);
    }
    const [match] = await library.gallery.search(wanted.get(NAMES[0]!)!, { limit: 1 });
    expect(match?.person.name).toBe('Franck');
    expect(await migratePhotos(path, INT8)).toMatchObject({ switched: false, faces: 0 });
  }, 120_000);

  it('takes kept crops where a photo is gone or has another content, and finds faces by other landmarks', async () => {
    const { photos, path } = await collection();
    const wanted = await fresh(photos, mobile);
    await rm(join(photos, NAMES[0]!));
    await sharp(media('audrey.jpg')).rotate(180).toFile(join(photos, 'turned.jpg'));
    await sharp(join(photos, 'turned.jpg')).toFile(join(photos, 'audrey.jpg'));
    const done = await migratePhotos(path, { models: 'mobilefacenet', threads: 1, force: true });
    expect(done).toMatchObject({ switched: true, faces: 4, missing: 0, fromCrops: 2, fromPhotos: 2 });
    await using library = await open(path);
    const { distance } = metricOf(mobile.embedder.profile.metric);
    const limit = mobile.embedder.profile.thresholds.verify;
    for (const [name, embedding] of wanted)
      if (name !== 'audrey.jpg' && name !== NAMES[0])
        expect(distance((await faceIn(library, name)).embedding, embedding)).toBeLessThan(limit / 10);
    // A crop of 150 pixels says a little less.
    const gone = (await library.store.listPhotos({ limit: 9 })).flatMap(({ id }) => id);
    const kept = (await library.store.facesOf(gone)).filter(({ personId }) => personId !== null);
    expect(kept).toHaveLength(2);
    for (const { embedding } of kept) expect(distance(embedding, wanted.get(NAMES[0]!)!)).toBeLessThan(limit);
  }, 120_000);

  it('changes nothing where too few named faces can judge, and goes on where it was cut off', async () => {
    const { path } = await collection();
    const stop = new AbortController();
    const cut = migratePhotos(path, {
      ...INT8,
      signal: stop.signal,
      onProgress: (done) => done === 2 && stop.abort(),
    });
    await expect(cut).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const isAsBefore = async () => {
      await using library = await open(path);
      expect(library.gallery.embedder.sha256).toBe(pipeline.embedder.profile.sha256);
      expect((await groupPhotos(library)).changed).toBe(false);
    };
    await isAsBefore();
    await expect(migratePhotos(path, INT8)).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_SAMPLES',
      message: expect.stringContaining('these photos'),
    });
    await isAsBefore();
    const done = await migratePhotos(path, { ...INT8, force: true });
    expect(done).toMatchObject({ switched: true, faces: 4, resumed: 4, fromPhotos: 0 });
  }, 120_000);

  it('takes the photos along after a gallery that was changed alone, or a crash between both', async () => {
    const { path } = await collection();
    expect(await migratePhotos(path, { ...INT8, dryRun: true })).toMatchObject({ switched: false, faces: 4 });
    await migrateGallery(path, INT8);
    {
      await using library = await open(path);
      expect(await groupPhotos(library)).toMatchObject({ faces: 0, ofOtherModels: 4 });
    }
    expect(await migratePhotos(path, INT8)).toMatchObject({ switched: true, faces: 4, judgment: null });
    await using library = await open(path);
    expect(await groupPhotos(library)).toMatchObject({ faces: 3, ofOtherModels: 0 });
    expect((await faceIn(library, NAMES[0]!)).personId).not.toBeNull();
  }, 120_000);
});
