import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trainFromGallery } from '../../src/gallery/train-from-gallery.ts';
import { FaceRecognizer } from '../../src/people/face-recognizer.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();

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
