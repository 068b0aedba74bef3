import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gallery } from '../../../src/gallery/gallery.ts';
import { importGallery, readGalleryFileHeader } from '../../../src/gallery/gallery-file.ts';
import { migrateGallery, migrationBackups } from '../../../src/gallery/migrate/migrate-gallery.ts';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { readNewFace } from '../../../src/gallery/read-new-face.ts';
import { MemoryStore } from '../../../src/gallery/stores/memory/memory-store.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { packagedPackFolder } from '../../../src/node/models/pack-folders.ts';
import { packageEmbedder } from '../../../src/node/models/packaged-models.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { media } from '../../cli/run-cli.ts';
import { temporaryGalleries } from '../temporary-gallery.ts';

const { folder } = temporaryGalleries();
const PHOTOS = [
  ['Franck', 'franck_01829.jpg'],
  ['Franck', 'franck_02221.jpg'],
  ['Audrey', 'audrey.jpg'],
] as const;
const INT8 = { models: 'dlib', precision: 'int8' } as const;

let pipeline: FacePipeline;
let small: FacePipeline;
beforeAll(async () => {
  pipeline = await FacePipeline.create();
  small = await FacePipeline.create({ precision: 'int8' });
});
afterAll(async () => {
  await pipeline.dispose();
  await small.dispose();
});

/** Short names, as everybody's photos have: "1.jpg". */
const sourceOf = (file: string) => `${/\d+/.exec(file)?.[0] ?? '1'}.jpg`;

async function enroll(gallery: Gallery, thumbnail: boolean) {
  for (const [name, file] of PHOTOS) {
    const image = await readImage(media(file));
    const source = sourceOf(file);
    const { newFace } = await readNewFace(pipeline, image, { source, thumbnail });
    await gallery.enroll({ name, consent: { text: 'yes', at: new Date(0) } }, [newFace], { review: 'off' });
  }
}

/** A gallery of three faces in a file. */
async function galleryFile({ thumbnails = true, distances = DLIB_FACTS as typeof DLIB_FACTS } = {}) {
  const path = join(folder(), 'g.db');
  const { embedder } = pipeline;
  await using gallery = await openGallery(path, { embedder: embedder.profile, distances, thumbnails });
  await enroll(gallery, thumbnails);
  return path;
}

/** The photos under the names that the gallery knows, and one of somebody else under one of these names. */
async function sourceFolder() {
  const to = join(folder(), 'photos');
  for (const [name, file] of PHOTOS) {
    await mkdir(join(to, 'albums', name), { recursive: true });
    await cp(media(file), join(to, 'albums', name, sourceOf(file)));
  }
  await cp(media('joconde.jpg'), join(to, '1.jpg'));
  return to;
}

const rowsOf = async (gallery: Gallery) => ({
  people: (await gallery.listPeople()).items,
  faces: (await gallery.listFaces()).items.map(({ embedder: _, ...face }) => face),
  negatives: (await gallery.listNegatives()).items,
});

describe('migrateGallery', () => {
  it('embeds kept pictures anew as the photos themselves would be, and keeps all else', async () => {
    const path = await galleryFile();
    const before = await openGallery(path);
    const audrey = await before.findPerson('Audrey');
    const [franck] = (await before.listFaces()).items;
    const { embedding } = (await before.getFace(franck!.id))!;
    await before.addNegative(audrey!.id, { embedding: embedding!, source: 'door' });
    const rows = await rowsOf(before);
    await before.dispose();

    const result = await migrateGallery(path, INT8);
    expect(result).toMatchObject({
      ...{ switched: true, faces: 3, negatives: 1, embedded: 4, fromKept: 3, fromSources: 0, resumed: 0 },
      ...{ missing: [], thresholds: 'new', checked: true, judgment: null },
      from: { embedder: { id: 'dlib-resnet-v1' }, pack: { name: 'dlib' } },
      to: { embedder: { id: 'dlib-resnet-v1-int8' } },
    });
    await using after = await openGallery(path);
    expect(after.embedder.id).toBe('dlib-resnet-v1-int8');
    expect(after.pack?.parts.at(-1)?.id).toBe('dlib-resnet-v1-int8');
    expect(await rowsOf(after)).toEqual(rows);
    for (const [name, file] of PHOTOS) {
      const { newFace } = await readNewFace(small, await readImage(media(file)));
      const [best] = await after.search(newFace.embedding);
      expect(best?.person.name).toBe(name);
      // What JPEG loses of a kept picture.
      expect(best?.distance).toBeLessThan(DLIB_FACTS.thresholds.copy);
    }
    // A negative example that is a photo of the gallery has that photo's embedding again.
    const { items } = await after.listNegatives({ withEmbeddings: true });
    expect(items[0]!.embedding).toEqual((await after.getFace(franck!.id))!.embedding);
    expect((await readdir(join(path, '..'))).filter((name) => name.endsWith('.migration'))).toEqual([]);
  });

  it('keeps merges that can be taken back', async () => {
    const path = await galleryFile();
    const before = await openGallery(path);
    const [franck, audrey] = (await before.listPeople()).items;
    const merge = await before.mergePerson(audrey!.id, franck!.id);
    await before.dispose();
    await migrateGallery(path, INT8);
    await using after = await openGallery(path);
    expect(await after.undoMerge(merge.id)).toMatchObject({ id: audrey!.id, name: 'Audrey', faces: 1 });
  });

  it('leaves the gallery as it was in a file that can be imported, and deletes it when told', async () => {
    const path = await galleryFile();
    await writeFile(join(path, '..', 'other.jsonl'), 'not a backup');
    const { backup } = await migrateGallery(path, INT8);
    expect(backup).toBe(`${path}.dlib-resnet-v1.jsonl`);
    await using old = await openGallery('memory:', await readGalleryFileHeader(backup!));
    expect(await importGallery(old, backup!)).toMatchObject({ people: 2, faces: 3 });
    expect(old.pack?.name).toBe('dlib');
    // Back again, and another backup beside the first.
    const again = await migrateGallery(path, { models: 'dlib' });
    const files = [backup, again.backup].sort();
    expect((await migrationBackups(path)).toSorted()).toEqual(files);
    expect((await migrationBackups(path, { remove: true })).toSorted()).toEqual(files);
    expect(files.some((file) => existsSync(file!))).toBe(false);
    expect(existsSync(join(path, '..', 'other.jsonl'))).toBe(true);
  });

  it('deletes no file that a gallery names and that is no backup of it', async () => {
    const path = await galleryFile();
    const victim = `${basename(path)}.x/../../victim.jsonl`;
    const store = await import('../../../src/gallery/stores/sqlite/sqlite-store.ts');
    {
      await using opened = await store.SqliteStore.open(path);
      await opened.transaction((rows) =>
        rows.setNote('migration backup', JSON.stringify([victim, '/etc/hosts', 7])),
      );
    }
    expect(await migrationBackups(path, { remove: true })).toEqual([]);
  });

  it('finds the photos of faces without a kept picture, also among others of the same name', async () => {
    const path = await galleryFile({ thumbnails: false });
    const result = await migrateGallery(path, { ...INT8, sources: await sourceFolder() });
    expect(result).toMatchObject({ switched: true, fromKept: 0, fromSources: 3, missing: [] });
    await using after = await openGallery(path);
    for (const [name, file] of PHOTOS) {
      const { newFace } = await readNewFace(small, await readImage(media(file)));
      expect((await after.search(newFace.embedding))[0]).toMatchObject({ person: { name }, distance: 0 });
    }
  });

  it('is refused with counts where pictures are gone, or goes on without them when told', async () => {
    const path = await galleryFile({ thumbnails: false });
    const sources = await sourceFolder();
    await cp(media('joconde.jpg'), join(sources, 'albums', 'Audrey', '1.jpg'));
    const bytes = await readFile(path);
    const refused = migrateGallery(path, { ...INT8, sources });
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
      message: expect.stringContaining('no picture of 1 of 3 faces'),
      details: {
        missing: [
          { person: { name: 'Audrey' }, faces: 1, of: 1, negatives: 0, reasons: { 'another-face': 1 } },
        ],
      },
    });
    expect((await readFile(path)).equals(bytes)).toBe(true);
    const result = await migrateGallery(path, { ...INT8, sources, dropMissing: true });
    expect(result).toMatchObject({ switched: true, embedded: 0, resumed: 2 });
    expect(result.missing).toMatchObject([{ person: { name: 'Audrey' }, faces: 1 }]);
    await using after = await openGallery(path);
    const people = (await after.listPeople()).items.map(({ name, faces }) => [name, faces]);
    expect(people).toEqual([
      ['Franck', 2],
      ['Audrey', 0],
    ]);
  });

  it('counts the pictures of a dry run and leaves nothing behind', async () => {
    const path = await galleryFile({ thumbnails: false });
    const files = await readdir(join(path, '..'));
    expect(await migrateGallery(path, { ...INT8, dryRun: true })).toMatchObject({
      ...{ switched: false, faces: 3, embedded: 0 },
      missing: [
        { person: { name: 'Franck' }, faces: 2, of: 2, reasons: { 'no-picture': 2 } },
        { person: { name: 'Audrey' }, faces: 1 },
      ],
    });
    expect(
      await migrateGallery(path, { ...INT8, dryRun: true, sources: await sourceFolder() }),
    ).toMatchObject({ embedded: 3, fromSources: 3, missing: [] });
    expect(await readdir(join(path, '..'))).toEqual(files);
  });

  it('does nothing to a gallery that has the models already', async () => {
    const path = await galleryFile();
    expect(await migrateGallery(path, { models: 'dlib' })).toMatchObject({ switched: false, backup: null });
  });

  it('goes on where it was stopped, and is for one pair of models at a time', async () => {
    const path = await galleryFile();
    const stop = new AbortController();
    const stopped = migrateGallery(path, {
      ...INT8,
      signal: stop.signal,
      onProgress: (done) => done === 2 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(existsSync(`${path}.migration`)).toBe(true);
    const other = await changedPack((part) => {
      if (part.kind === 'embedder') part.identity = 'c'.repeat(64);
    });
    await expect(migrateGallery(path, { models: other })).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    expect(await migrateGallery(path, INT8)).toMatchObject({ switched: true, resumed: 2, embedded: 1 });
    await using gallery = await openGallery(path);
    expect((await gallery.stats()).faces).toBe(3);
  });

  it('takes in whoever is enrolled meanwhile, and nobody who is deleted', async () => {
    const path = await galleryFile();
    await using live = await openGallery(path, { thumbnails: true });
    const { newFace } = await readNewFace(pipeline, await readImage(media('joconde.jpg')), {
      thumbnail: true,
    });
    let changed: Promise<unknown> | undefined;
    await migrateGallery(path, {
      ...INT8,
      onProgress: () => {
        changed ??= (async () => {
          await live.enroll({ name: 'Lisa' }, [newFace], { review: 'off' });
          await live.deletePerson((await live.findPerson('Audrey'))!.id);
        })();
      },
    });
    await changed;
    await expect(live.search(newFace.embedding)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    await using after = await openGallery(path);
    expect((await after.listPeople()).items.map(({ name }) => name)).toEqual(['Franck', 'Lisa']);
  });

  it('works over any store, whose open galleries are refused from then on', async () => {
    const { id, sha256, dimension } = pipeline.embedder.profile;
    const store = new MemoryStore({ embedder: { id, sha256, dimension }, metric: 'euclidean' });
    const gallery = await Gallery.open({ store, distances: DLIB_FACTS, thumbnails: true });
    await enroll(gallery, true);
    expect(await migrateGallery(store, INT8)).toMatchObject({ switched: true, fromKept: 3, backup: null });
    await expect(gallery.listPeople()).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    await using after = await Gallery.open({ store, distances: DLIB_FACTS });
    const { newFace } = await readNewFace(small, await readImage(media('audrey.jpg')));
    expect((await after.search(newFace.embedding))[0]?.person.name).toBe('Audrey');
  });

  it('finds the faces of kept pictures anew where the new models cut them otherwise', async () => {
    const path = await galleryFile();
    const models = await changedPack((part) => {
      if (part.kind === 'embedder') enlarge(part, 1.05);
    });
    expect(await migrateGallery(path, { models })).toMatchObject({ switched: true, fromKept: 3 });
    await using next = await FacePipeline.create({ models });
    await using after = await openGallery(path, { models });
    for (const [name, file] of PHOTOS) {
      const { newFace } = await readNewFace(next, await readImage(media(file)));
      expect((await after.search(newFace.embedding))[0]?.person.name).toBe(name);
    }
  });

  it('embeds whom a kept picture is of, not the larger face beside them', async () => {
    const path = join(folder(), 'beside.db');
    const audrey = await sharp(media('audrey.jpg')).resize({ height: 300 }).toBuffer();
    const left = await sharp(media('franck_01829.jpg')).resize({ height: 576 }).toBuffer();
    const { width = 0 } = await sharp(left).metadata();
    const canvas = { width: width + 400, height: 576, channels: 3 as const, background: 'white' };
    const both = await sharp({ create: canvas })
      .composite([
        { input: left, left: 0, top: 0 },
        { input: audrey, left: width, top: 0 },
      ])
      .jpeg({ quality: 95 })
      .toBuffer();
    const faces = await pipeline.analyze(await readImage(both));
    const smaller = faces.toSorted((a, b) => a.box.width - b.box.width)[0]!;
    const distances = DLIB_FACTS;
    const before = await openGallery(path, {
      embedder: pipeline.embedder.profile,
      distances,
      thumbnails: true,
    });
    const face = { embedding: smaller.embedding!, thumbnail: both };
    await before.enroll({ name: 'Audrey' }, [face], { review: 'off' });
    await before.dispose();
    expect(await migrateGallery(path, INT8)).toMatchObject({ switched: true, fromKept: 1 });
    await using after = await openGallery(path);
    const { newFace } = await readNewFace(small, await readImage(media('audrey.jpg')));
    const [best] = await after.search(newFace.embedding);
    expect(best?.distance).toBeLessThan(DLIB_FACTS.thresholds.identify);
  });

  it('says that kept pictures are too small for models that see more', async () => {
    const path = await galleryFile();
    const models = await changedPack((part) => {
      if (part.kind === 'embedder') enlarge(part, 2);
    });
    await expect(migrateGallery(path, { models })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
      details: { missing: [{ reasons: { 'too-small': 2 } }, { reasons: { 'too-small': 1 } }] },
    });
  });

  it("takes the new models' limits, but leaves those that somebody has set", async () => {
    const usual = await galleryFile();
    const int8 = await packageEmbedder('int8');
    expect(await migrateGallery(usual, INT8)).toMatchObject({ thresholds: 'new' });
    await using first = await openGallery(usual);
    expect(first.thresholds).toEqual(int8.thresholds);

    const thresholds = { ...DLIB_FACTS.thresholds, identify: 0.41 };
    const set = await galleryFile({ distances: { ...DLIB_FACTS, thresholds } as typeof DLIB_FACTS });
    expect(await migrateGallery(set, INT8)).toMatchObject({ thresholds: 'kept' });
    await using second = await openGallery(set);
    expect(second.thresholds.identify).toBe(0.41);
  });

  it('judges both versions by the people of the gallery, and refuses the worse one unless it is forced', async () => {
    const path = join(folder(), 'g.db');
    {
      await using gallery = await openGallery(path, {
        embedder: pipeline.embedder.profile,
        thumbnails: true,
      });
      await enroll(gallery, true);
      for (const number of ['02045', '02159', '02683', '02888']) {
        const image = await readImage(media(`franck_${number}.jpg`));
        const { newFace } = await readNewFace(pipeline, image, { thumbnail: true });
        await gallery.enroll({ name: 'Franck' }, [newFace], { review: 'off' });
      }
      for (const name of ['cage', 'joconde', 'SeanConnery', 'chuck_crop', 'obama4_crop']) {
        const { newFace } = await readNewFace(pipeline, await readImage(media(`${name}.jpg`)), {
          thumbnail: true,
        });
        await gallery.enroll({ name }, [newFace], { review: 'off' });
      }
    }
    // Its chips lie beside the picture, and all are black.
    const blind = await changedPack((part) => {
      if (part.kind !== 'embedder') return;
      part.identity = 'e'.repeat(64);
      part.facts.chip.points = part.facts.chip.points.map(([x, y]: number[]) => [x! + 5, y!]);
    });
    const refused = await migrateGallery(path, { models: blind, judge: true }).catch((error) => error);
    expect(refused).toMatchObject({ code: 'ERR_CONFLICT', details: { judgment: { isWorse: true } } });
    const { judgment } = refused.details;
    expect(judgment).toMatchObject({ faces: 12, samePairs: 15, differentPairs: 51 });
    expect(judgment.after.eer + 1 - judgment.after.auc).toBeGreaterThan(
      judgment.before.eer + 1 - judgment.before.auc,
    );
    await using still = await openGallery(path);
    expect(still.embedder.id).toBe('dlib-resnet-v1');
    await still.dispose();
    expect(await migrateGallery(path, { models: blind, judge: true, force: true })).toMatchObject({
      ...{ switched: true, embedded: 0, resumed: 12, judgment },
    });
  });

  it('refuses to judge by too few photos, unless it is forced', async () => {
    const path = await galleryFile();
    await expect(migrateGallery(path, { ...INT8, judge: true })).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_SAMPLES',
    });
    expect(await migrateGallery(path, { ...INT8, judge: true, force: true })).toMatchObject({
      ...{ switched: true, judgment: null, resumed: 3 },
    });
  });

  /** Another embedder, in whose chips a face is so many times as large. */
  // biome-ignore lint/suspicious/noExplicitAny: a description of models as JSON
  function enlarge(part: any, times: number): void {
    part.identity = 'd'.repeat(64);
    const spread = (place: number) => 0.5 + (place - 0.5) * times;
    part.facts.chip.points = part.facts.chip.points.map((point: number[]) => point.map(spread));
  }

  /** The package's models with other facts. */
  // biome-ignore lint/suspicious/noExplicitAny: a description of models as JSON
  async function changedPack(change: (part: any) => void): Promise<string> {
    const to = join(folder(), 'changed');
    await cp(packagedPackFolder('dlib'), to, { recursive: true });
    const file = join(to, 'face-trigger.json');
    const pack = JSON.parse(await readFile(file, 'utf8'));
    for (const part of pack.parts) change(part);
    await writeFile(file, JSON.stringify({ ...pack, name: 'changed' }));
    return to;
  }
});
