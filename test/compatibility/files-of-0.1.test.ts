import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeNpy } from '../../src/core/embed/npy.ts';
import type { Point } from '../../src/core/geometry/point.ts';
import { euclideanDistance } from '../../src/core/metric/metric.ts';
import { importGallery } from '../../src/gallery/gallery-file.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FaceRecognizer } from '../../src/people/face-recognizer.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { ApiKeys } from '../../src/server/api-keys.ts';
import { ServerSettings } from '../../src/server/server-settings.ts';
import { media } from '../server/start-server.ts';

// scripts/goldens/files-of-0.1.mjs made the files and what version 0.1.0 answered from them.
const FIXTURES = fileURLToPath(new URL('../fixtures/files-of-0.1/', import.meta.url));
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as {
  readonly key: string;
  readonly answers: Record<string, readonly Answer[]>;
  readonly gallery: {
    readonly stats: { readonly people: number; readonly faces: number };
    readonly people: readonly { readonly name: string; readonly faces: number }[];
  };
  readonly head: {
    readonly image: string;
    readonly landmarks: readonly Point[];
    readonly embedding: readonly number[];
  };
};
interface Answer {
  readonly image: string;
  readonly faces: readonly {
    readonly identity?: { readonly label: string | null; readonly distance: number };
    readonly candidates?: readonly { readonly name: string; readonly distance: number }[];
  }[];
}

/** Photos pass through an encoder on the way into the test, whose builds may differ in a few values. */
const DISTANCE_DIGITS = 2;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-old-files-'));
  // What is opened may be brought up to date: the fixtures stay as they are.
  cpSync(FIXTURES, folder, { recursive: true });
  for (const { image } of expected.answers['model-svm']!)
    await sharp(media(image)).toFile(join(folder, image));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of version 0.1', () => {
  for (const model of ['model-svm', 'model-nearest', 'model-int8']) {
    it(`recognize with the folder ${model} as then`, async () => {
      await using pipeline = await FacePipeline.create({ modelFolder: join(folder, model) });
      for (const { image, faces } of expected.answers[model]!) {
        const found = await pipeline.analyze(await readImage(join(folder, image)));
        expect(found.map(({ identity }) => identity?.label)).toEqual(
          faces.map(({ identity }) => identity!.label),
        );
        for (const [i, { identity }] of found.entries()) {
          expect(identity?.distance).toBeCloseTo(faces[i]!.identity!.distance, DISTANCE_DIGITS);
        }
      }
    });
  }

  it('recognize with a folder that says a part of how faces were embedded as its people were', async () => {
    const partial = join(folder, 'model-partial');
    cpSync(join(folder, 'model-svm'), partial, { recursive: true });
    const path = join(partial, 'model.json');
    const description = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...description, averaging: { mirror: true, jitter: 0 } }));
    await using pipeline = await FacePipeline.create({ modelFolder: partial });
    expect(pipeline.embedding).toEqual({ mirror: true, jitter: 0, evenLength: false });
    expect(pipeline.recognizer.embedding).toEqual(pipeline.embedding);
  });

  it('embed and recognize with a learned head as then', async () => {
    const { image, landmarks, embedding } = expected.head;
    await using recognizer = await FaceRecognizer.create({
      headModelPath: join(folder, 'head.onnx'),
      classifierModelPath: join(folder, 'head-classifier.onnx'),
      labelMapPath: join(folder, 'head-labels.json'),
    });
    const photo = await readImage(join(folder, image));
    const [plain] = await recognizer.embed([photo], [landmarks], { quality: 'fast' });
    expect(plain).toHaveLength(embedding.length);
    expect(euclideanDistance(plain!, Float32Array.from(embedding))).toBeLessThan(0.01);
    // Its people were embedded as version 0.1 did unless told otherwise.
    const [known] = await recognizer.identify([plain!], { quality: 'fast' });
    expect(known).toMatchObject({ label: 'Audrey' });
    expect(known!.distance).toBeCloseTo(0, DISTANCE_DIGITS);
  });

  it('open as a gallery, with everybody in it', async () => {
    await using gallery = await openGallery(join(folder, 'gallery.db'), { create: false });
    const { items } = await gallery.listPeople();
    expect(items.map(({ name, faces }) => ({ name, faces }))).toEqual(
      expected.gallery.people.map(({ name, faces }) => ({ name, faces })),
    );
    expect(await gallery.stats()).toMatchObject({ people: 4, faces: 17, negatives: 1 });
    const ada = await gallery.findPerson('Ada');
    expect(ada?.consent?.text).toBe('signed form 12');
    const embedding = (await readFile(join(folder, 'embeddings.jsonl'), 'utf8')).trim();
    const [face] = (JSON.parse(embedding) as { faces: { embedding: number[] }[] }).faces;
    const [nearest] = await gallery.search(Float32Array.from(face!.embedding));
    expect(nearest?.person.name).toBe('Ada');
  });

  it('import as an export into a new gallery', async () => {
    await using old = await openGallery(join(folder, 'gallery.db'), { create: false });
    await using gallery = await openGallery(join(folder, 'imported.db'), {
      embedder: old.embedder,
      thumbnails: true,
    });
    await importGallery(gallery, join(folder, 'export.jsonl'));
    expect(await gallery.stats()).toMatchObject({ people: 4, faces: 17, negatives: 1 });
  });

  it('read as embeddings', async () => {
    const { rows, columns } = decodeNpy(await readFile(join(folder, 'embeddings.npy')));
    expect([rows, columns]).toEqual([1, 128]);
  });

  it('let the old key in, and keep the settings', async () => {
    const keys = await ApiKeys.open(join(folder, 'keys.json'));
    expect(await keys.verify(expected.key)).toMatchObject({ label: 'door', scopes: ['recognize'] });
    const settings = await ServerSettings.open({ path: join(folder, 'settings.json'), maxDistance: 0.56 });
    expect(settings.values).toEqual({ maxDistance: 0.5, retentionDays: 30 });
  });
});
