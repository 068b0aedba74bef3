import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricOf, normalizeEmbedding } from '../../src/core/metric/metric.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { trainFromGallery } from '../../src/gallery/train-from-gallery.ts';
import { DLIB_MEAN_LENGTH } from '../../src/models/dlib/dlib-facts.ts';
import { FaceRecognizer } from '../../src/people/face-recognizer.ts';
import { readModelDescription } from '../../src/people/model-folder.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../src/watch/create-face-analyzer.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();
/** Of the length that the two metrics are translated at. */
const even = (embedding: Float32Array) => normalizeEmbedding(embedding, DLIB_MEAN_LENGTH);

describe('trainFromGallery', () => {
  it('trains a classifier on the people of a gallery and writes a model that a pipeline opens', async () => {
    const directory = folder();
    const out = join(directory, 'model');
    await using recognizer = await FaceRecognizer.create({ threads: 1 });
    const { id, sha256, dimension } = recognizer.embedder.profile;
    const gallery = await open({ path: join(directory, 'g.db'), embedder: { id, sha256, dimension } });
    const options = { out, createdBy: 'test' };
    await expect(trainFromGallery(gallery, recognizer, options)).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_SAMPLES',
    });
    const people = syntheticPeople(4, 8);
    for (const [i, photos] of people.entries()) {
      const person = await gallery.createPerson({ name: `Person ${i}` });
      await gallery.addFaces(
        person.id,
        photos.slice(0, 6).map((embedding) => ({ embedding })),
      );
    }
    const {
      people: learned,
      thresholds,
      sharedFaces,
      report,
    } = await trainFromGallery(gallery, recognizer, options);
    expect(sharedFaces).toEqual([]);
    expect(learned).toEqual(people.map((_, i) => ({ label: `Person ${i}`, photos: 6 })));
    await using pipeline = await FacePipeline.create({ modelFolder: out, threads: 1 });
    expect(pipeline.recognizer.classifierKind).toBe(report.kind);
    expect(pipeline.thresholds).toEqual(thresholds);
    expect(thresholds.maxDistance).toBe(0.56);
    expect(pipeline.embedding).toMatchObject({ mirror: true });
    for (const [i, photos] of people.entries()) {
      const probes = photos.slice(6);
      for (const { label } of await pipeline.recognizer.identify(probes)) expect(label).toBe(`Person ${i}`);
    }
  });

  it('learns in the metric of the gallery: the limits and the names say the same', async () => {
    const people = syntheticPeople(4, 8);
    await using recognizer = await FaceRecognizer.create({ threads: 1 });
    const { profile } = recognizer.embedder;
    const answers = [];
    for (const metric of ['euclidean', 'cosine'] as const) {
      const { id, sha256, dimension } = profile;
      await using gallery = await openGallery('memory:', { embedder: { id, sha256, dimension }, metric });
      for (const [i, photos] of people.entries()) {
        const faces = photos.slice(0, 6).map((embedding) => ({ embedding: even(embedding) }));
        await gallery.enroll({ name: `Person ${i}` }, faces);
      }
      const out = join(folder(), metric);
      const made = await trainFromGallery(gallery, recognizer, { out, createdBy: 'test' });
      expect(made.metric).toBe(metric);
      expect(made.thresholds.maxDistance).toBeCloseTo(gallery.thresholds.identify, 12);
      expect((await readModelDescription(out)).classifier).toMatchObject({ metric });
      await using pipeline = await FacePipeline.create({ modelFolder: out, threads: 1 });
      expect(pipeline.recognizer.distances.metric).toBe(metric);
      expect(pipeline.thresholds).toEqual(made.thresholds);
      expect(createFaceAnalyzer(pipeline)).toMatchObject({
        metric,
        maxDistance: made.thresholds.maxDistance,
      });
      const probes = people.flatMap(([first, ...photos]) =>
        photos.slice(5).map((photo) => even(photo.map((value, i) => value + 2 * first![i]!))),
      );
      const named = await pipeline.recognizer.identify(probes);
      for (const [i, { distance, label }] of named.entries()) {
        expect(label).toBe(`Person ${Math.floor(i / 2)}`);
        const own = people[Math.floor(i / 2)]!.slice(0, 6).map(even);
        const nearest = Math.min(...own.map((face) => metricOf(metric).distance(face, probes[i]!)));
        expect(distance).toBeCloseTo(nearest, 5);
      }
      answers.push(named);
    }
    const [euclidean, cosine] = answers;
    for (const [i, { probability }] of euclidean!.entries()) {
      expect(cosine![i]!.probability).toBeCloseTo(probability, 4);
    }
  });

  it('tells who has the face of somebody else', async () => {
    await using recognizer = await FaceRecognizer.create({ threads: 1 });
    const { id, sha256, dimension } = recognizer.embedder.profile;
    const gallery = await open({ embedder: { id, sha256, dimension } });
    const [ada, bob] = syntheticPeople(2, 3);
    const copy = ada![0]!.map((value, i) => value + (i % 2 ? 0.005 : -0.005));
    for (const [name, faces] of [
      ['Bob', bob!],
      ['Zoe', [copy]],
      ['Ada', ada!],
    ] as const) {
      const person = await gallery.createPerson({ name });
      await gallery.addFaces(
        person.id,
        faces.map((embedding) => ({ embedding })),
      );
    }
    const out = join(folder(), 'model');
    const { sharedFaces } = await trainFromGallery(gallery, recognizer, { out, createdBy: 'test' });
    expect(sharedFaces).toEqual([{ names: ['Ada', 'Zoe'], distance: expect.closeTo(0.057, 2) }]);
  });

  it('refuses a gallery of another embedder, and writes nothing', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    await gallery.addFaces(id, [{ embedding: syntheticPeople(1, 1)[0]![0]! }]);
    await using recognizer = await FaceRecognizer.create({ threads: 1 });
    const out = join(folder(), 'model');
    await expect(trainFromGallery(gallery, recognizer, { out, createdBy: 'test' })).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    expect(existsSync(out)).toBe(false);
  });
});
