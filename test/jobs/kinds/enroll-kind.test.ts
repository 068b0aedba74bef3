import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openGallery, openStore } from '../../../src/gallery/open-gallery.ts';
import type { HeldTask } from '../../../src/jobs/job-queue.ts';
import { EnrollKind } from '../../../src/jobs/kinds/enroll-kind.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { SqliteConnection } from '../../../src/node/sqlite/sqlite-connection.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../../gallery/synthetic-people.ts';
import { jobGalleries } from '../job-places.ts';

describe('enrollment by jobs', () => {
  const { newFolder } = jobGalleries();

  async function makePlace() {
    const folder = await newFolder();
    const path = join(folder, 'gallery.db');
    const photo = join(folder, 'photo.jpg');
    await writeFile(photo, 'read by nobody here');
    const gallery = await openGallery(path, { embedder: TEST_EMBEDDER, distances: DLIB_FACTS });
    onTestFinished(() => gallery.dispose());
    const [person] = syntheticPeople(1, 4);
    let read = 0;
    const kindOf = () =>
      new EnrollKind({ gallery, readPhoto: async () => ({ embedding: person![read++ % person!.length]! }) });
    const task = (id: string): HeldTask => ({
      ...{ id, what: photo, tries: 1, leaseSeconds: 60 },
      job: { id: 'job', kind: 'enroll', parameters: { duplicates: 'keep', review: 'off' } },
      data: { person: 'Ann', file: photo, source: 'photo.jpg' },
    });
    const marks = async () => {
      const connection = await SqliteConnection.open(path, { create: false });
      try {
        return connection.all(`SELECT key FROM setting WHERE key LIKE 'once %'`).map(({ key }) => key);
      } finally {
        connection.close();
      }
    };
    return { path, gallery, kindOf, task, marks };
  }

  const context = { signal: new AbortController().signal, confirm: async () => {}, progress: () => {} };

  test('leaves no mark of a task once the queue knows of all, those that were done before too', async () => {
    const { kindOf, task, marks } = await makePlace();
    // A worker that ended before it could say so.
    await kindOf().run(task('killed'), context);
    const kind = kindOf();
    for (const id of ['first', 'killed', 'last']) {
      await kind.run(task(id), context);
      kind.settled(task(id));
    }
    await kind[Symbol.asyncDispose]();
    expect(await marks()).toEqual([]);
  });

  test('ends without an error after another process gave the gallery other models', async () => {
    const { path, kindOf, task } = await makePlace();
    const kind = kindOf();
    await kind.run(task('first'), context);
    kind.settled(task('first'));
    await using other = await openStore({ kind: 'sqlite', path }, {});
    const embedder = { ...TEST_EMBEDDER, id: 'another' };
    const [embedding] = syntheticPeople(1, 1)[0]!;
    await other.transaction((rows) => rows.adoptModels({ ...other.settings, embedder }, () => embedding!));
    await expect(kind.run(task('second'), context)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    await kind[Symbol.asyncDispose]();
  });
});
