import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  addressIn,
  createGallery,
  deleteGallery,
  listGalleries,
} from '../../../src/gallery/collection/gallery-collection.ts';
import { GalleryShelf } from '../../../src/gallery/collection/gallery-shelf.ts';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { migrate } from '../../../src/gallery/stores/sqlite/migrate.ts';
import { openJobQueue } from '../../../src/jobs/open-job-queue.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { SqliteConnection } from '../../../src/node/sqlite/sqlite-connection.ts';
import { compileScript } from '../../compile-script.ts';
import { nextLine, restOfLines, startChild } from '../child-process.ts';
import { describeWithPostgres } from '../stores/postgres/postgres-test.ts';
import { rowsOf } from '../stores/postgres/test-postgres.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../synthetic-people.ts';

const made = { embedder: TEST_EMBEDDER, distances: DLIB_FACTS };
const script = compileScript('test/gallery/gallery-child.ts');
afterAll(script.remove);

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'face-trigger-galleries-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function fill(url: string, count: number): Promise<void> {
  await using gallery = await openGallery(url, made);
  for (const [i, [embedding]] of syntheticPeople(count, 1).entries()) {
    await gallery.enroll({ name: `Person ${i}` }, [{ embedding: embedding! }]);
  }
}

/** What holds for galleries in a folder and for those in a database. */
function theSame(place: () => Promise<string>): void {
  it('are made, listed by name and deleted, each without the others', async () => {
    const where = await place();
    expect(await listGalleries(where)).toEqual([]);
    for (const name of ['door', 'hall', 'a.b-c_1']) await createGallery(addressIn(where, name), made);
    await fill(addressIn(where, 'door'), 3);
    await fill(addressIn(where, 'hall'), 2);
    expect(await listGalleries(where)).toEqual([
      { name: 'a.b-c_1', people: 0, faces: 0, embedder: TEST_EMBEDDER.id, problem: null },
      { name: 'door', people: 3, faces: 3, embedder: TEST_EMBEDDER.id, problem: null },
      { name: 'hall', people: 2, faces: 2, embedder: TEST_EMBEDDER.id, problem: null },
    ]);
    await deleteGallery(addressIn(where, 'door'));
    expect((await listGalleries(where)).map(({ name }) => name)).toEqual(['a.b-c_1', 'hall']);
    await using hall = await openGallery(addressIn(where, 'hall'), { create: false });
    expect(await hall.stats()).toMatchObject({ people: 2, faces: 2 });
    await expect(openGallery(addressIn(where, 'door'), { create: false })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });

  it('are made once: the second of two who ask at a time is refused, and what is there stays', async () => {
    const where = await place();
    const url = addressIn(where, 'door');
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => createGallery(url, made)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ERR_CONFLICT' });
    }
    await fill(url, 1);
    await expect(createGallery(url, made)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    expect(await listGalleries(where)).toMatchObject([{ name: 'door', people: 1 }]);
  });

  it('say so where there is none to delete', async () => {
    const where = await place();
    await expect(deleteGallery(addressIn(where, 'nobody'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });

  it('answer nobody any more, and take nobody, where one is deleted that another process has open', async () => {
    const where = await place();
    const url = addressIn(where, 'door');
    await fill(url, 3);
    const [[embedding]] = syntheticPeople(1, 1) as [[Float32Array]];
    const gallery = await openGallery(url, { create: false });
    onTestFinished(() => gallery.dispose());
    expect(await gallery.search(embedding, { limit: 1 })).toHaveLength(1);
    await deleteGallery(url);
    await expect(gallery.enroll({ name: 'Late' }, [{ embedding }])).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_(MODEL_MISMATCH|UNAVAILABLE)/),
    });
    const found = await gallery.search(embedding, { limit: 1 }).catch(() => []);
    expect(found).toEqual([]);
  });

  it('are there whole or not at all after a process was killed while it deleted one', async () => {
    const where = await place();
    const url = addressIn(where, 'door');
    let whole = 0;
    let gone = 0;
    for (const delay of [0, 5, 15, 30, 60, 120, 250, 500]) {
      if (!(await listGalleries(where)).some(({ name }) => name === 'door')) await fill(url, 60);
      const child = startChild(script.path, url, 'delete-gallery');
      expect(await nextLine(child)).toBe('deleting');
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.child.kill('SIGKILL');
      const isDone = (await restOfLines(child)).includes('deleted');
      const listed = (await listGalleries(where)).find(({ name }) => name === 'door');
      if (listed) {
        expect(isDone).toBe(false);
        expect(listed).toMatchObject({ people: 60, faces: 60, problem: null });
        whole++;
      } else gone++;
    }
    expect(whole + gone).toBe(8);
    expect(gone).toBeGreaterThan(0);
  }, 120_000);
}

describe('galleries in a folder', () => {
  theSame(async () => temporaryFolder());

  it('leave no file of one that is deleted', async () => {
    const folder = temporaryFolder();
    const url = addressIn(folder, 'door');
    await fill(url, 5);
    for (const file of ['door.db.jobs', 'other.txt']) writeFileSync(join(folder, file), '');
    writeFileSync(join(folder, 'door.settings.json'), '{"version":1,"maxDistance":0.5,"retentionDays":null}');
    await deleteGallery(url);
    expect(readdirSync(folder)).toEqual(['other.txt']);
    await fill(url, 1);
    writeFileSync(join(folder, 'door.settings.json'), '{"version":1,"theme":"dark"}');
    await deleteGallery(url);
    expect(readdirSync(folder)).toEqual(['door.settings.json', 'other.txt']);
  });

  it('are not made in a folder that is not there, which is said with its name', async () => {
    const folder = join(temporaryFolder(), 'nowhere');
    await expect(createGallery(addressIn(folder, 'hall'), made)).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
      message: `There is no folder ${folder}: make it first`,
    });
  });

  it('say what is wrong with a file that is none of a gallery, and leave it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.db'), 'no gallery');
    writeFileSync(join(folder, 'My Door.db'), 'no gallery');
    writeFileSync(join(folder, 'readme.txt'), 'none at all');
    const listed = await listGalleries(folder);
    expect(listed.map(({ name, problem }) => [name, typeof problem])).toEqual([
      ['My Door', 'string'],
      ['notes', 'string'],
    ]);
    await expect(deleteGallery(addressIn(folder, 'notes'))).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
    });
    await expect(createGallery(addressIn(folder, 'notes'), made)).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    expect(readFileSync(join(folder, 'notes.db'), 'utf8')).toBe('no gallery');
  });

  it('leave every file of another program as it is, however empty', async () => {
    const folder = temporaryFolder();
    const { default: Driver } = await import('libsql');
    for (const name of ['empty', 'tables', 'log']) {
      const database = new Driver(join(folder, `${name}.db`));
      if (name === 'log') database.exec('PRAGMA journal_mode = WAL');
      database.exec('CREATE TABLE note (text)');
      if (name === 'empty') database.exec('DROP TABLE note');
      database.close();
    }
    writeFileSync(join(folder, 'nothing.db'), '');
    const files = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]);
    const before = files();
    const listed = await listGalleries(folder);
    expect(listed.map(({ name, problem }) => [name, typeof problem])).toEqual(
      ['empty', 'log', 'nothing', 'tables'].map((name) => [name, 'string']),
    );
    for (const name of ['empty', 'log', 'nothing', 'tables']) {
      const deleting = deleteGallery(addressIn(folder, name));
      await expect(deleting, name).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    }
    expect(files()).toEqual(before);
  });

  it('are listed, and not cleared away, while somebody makes them', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'door.db');
    const connection = await SqliteConnection.open(path);
    onTestFinished(() => connection.close());
    // What `openGallery` has done when it begins to read what the models say of themselves.
    await migrate(connection);
    expect(await listGalleries(folder)).toMatchObject([{ name: 'door', embedder: null }]);
    await fill(path, 1);
    expect(await listGalleries(folder)).toMatchObject([{ name: 'door', people: 1, problem: null }]);
  });

  it('delete no file elsewhere that a link leads to', async () => {
    const folder = temporaryFolder();
    const other = join(temporaryFolder(), 'other.db');
    await fill(other, 1);
    symlinkSync(other, join(folder, 'door.db'));
    await expect(deleteGallery(addressIn(folder, 'door'))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect(existsSync(other)).toBe(true);
  });
});

describeWithPostgres('galleries in a database', ({ createDatabase }) => {
  theSame(createDatabase);

  it('leave no row of whom they held in any table', async () => {
    const where = await createDatabase();
    await createGallery(addressIn(where, 'hall'), made);
    await fill(addressIn(where, 'door'), 5);
    await using queue = await openJobQueue(addressIn(where, 'door'));
    const tasks = [
      { what: 'Person 1', data: { url: 'https://bucket.example/Person 1.jpg', person: 'Person 1' } },
    ];
    await queue.add({ kind: 'enroll', parameters: {}, tasks });
    const open = `SELECT count(*)::int AS n FROM face_trigger_jobs.job WHERE data::text LIKE '%Person 1%'`;
    expect(await rowsOf(where, open)).toEqual([{ n: 1 }]);
    await deleteGallery(addressIn(where, 'door'));
    expect(await rowsOf(where, open)).toEqual([{ n: 0 }]);
    for (const table of ['job', 'person', 'face', 'thumbnail', 'negative', 'merge', 'change']) {
      expect(await rowsOf(where, `SELECT count(*)::int AS n FROM face_trigger.${table}`), table).toEqual([
        { n: 0 },
      ]);
    }
    expect(await rowsOf(where, 'SELECT name FROM face_trigger.gallery')).toEqual([{ name: 'hall' }]);
  });

  it('share the connections of a process, however many of them it has open', async () => {
    const where = await createDatabase();
    const names = Array.from({ length: 120 }, (_, n) => `door-${n}`);
    // One by its address, which makes the tables; the others as rows, which is what making one comes to.
    await createGallery(addressIn(where, names[0]!), made);
    await rowsOf(
      where,
      `WITH more AS (INSERT INTO face_trigger.gallery (name, created_at)
         SELECT 'door-' || n, 0 FROM generate_series(1, 119) AS n RETURNING seq)
       INSERT INTO face_trigger.setting (gallery_seq, key, value)
         SELECT more.seq, key, value FROM more, face_trigger.setting`,
    );
    await using shelf = new GalleryShelf(where, made);
    const people = syntheticPeople(names.length, 1).map(([one]) => one!);
    await Promise.all(
      names.map(async (name, n) => {
        const gallery = await shelf.open(name);
        await gallery.enroll({ name }, [{ embedding: people[n]! }], { review: 'off' });
      }),
    );
    const count = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'face-trigger'`;
    const [{ n } = { n: 0 }] = (await rowsOf(where, count)) as { n: number }[];
    // Those of one gallery, and one that listens.
    expect(n).toBeLessThanOrEqual(11);
    const found = await Promise.all(
      names.map(async (name, i) => (await (await shelf.open(name)).search(people[i]!))[0]?.person.name),
    );
    expect(found).toEqual(names);
    // What another process does is heard of by the one that listens, for each of them.
    await using other = await openGallery(addressIn(where, 'door-77'), made);
    await other.enroll({ name: 'Ann' }, [{ embedding: people[0]! }], { review: 'off' });
    const [best] = await (await shelf.open('door-77')).search(people[0]!);
    expect(best?.person.name).toBe('Ann');
    await shelf.delete('door-77');
    expect(await (await shelf.open('door-78')).search(people[78]!)).toMatchObject([
      { person: { name: 'door-78' } },
    ]);
  });

  it('take the tasks of their jobs with them, and no other', async () => {
    const where = await createDatabase();
    for (const name of ['door', 'hall']) {
      await createGallery(addressIn(where, name), made);
      await using queue = await openJobQueue(addressIn(where, name));
      const tasks = [{ what: `https://bucket.example/Ann/${name}.jpg`, data: { person: 'Ann' } }];
      await queue.add({ kind: 'enroll', parameters: {}, tasks });
    }
    await deleteGallery(addressIn(where, 'door'));
    expect(await rowsOf(where, `SELECT data->>'what' AS what FROM face_trigger_jobs.job`)).toEqual([
      { what: 'https://bucket.example/Ann/hall.jpg' },
    ]);
    expect(await rowsOf(where, 'SELECT count(*)::int AS n FROM face_trigger_jobs.queue')).toEqual([{ n: 1 }]);
  });

  it('answer nobody in a server that has one open, from the first moment of its deletion', async () => {
    const where = await createDatabase();
    const url = addressIn(where, 'door');
    await fill(url, 3);
    await using gallery = await openGallery(url, made);
    const [[probe]] = syntheticPeople(1, 1) as [[Float32Array]];
    expect((await gallery.search(probe))[0]).toMatchObject({ person: { name: 'Person 0' } });
    // Rows that somebody else holds, so that the deletion can't come to its end.
    const holder = new pg.Client(where);
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query('BEGIN; SELECT 1 FROM face_trigger.person FOR UPDATE');
    const deleting = deleteGallery(url);
    const isNamed = () => rowsOf(where, `SELECT 1 FROM face_trigger.gallery WHERE name = 'door'`);
    while ((await isNamed()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(gallery.search(probe)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    // Nor does who lists galleries wait for the end of it.
    expect(await listGalleries(where)).toEqual([]);
    await holder.query('COMMIT');
    await deleting;
    await expect(gallery.search(probe)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
  });

  it('are listed by many while one with many people is deleted', async () => {
    const where = await createDatabase();
    await createGallery(addressIn(where, 'hall'), made);
    await fill(addressIn(where, 'door'), 1);
    await rowsOf(
      where,
      `INSERT INTO face_trigger.person (gallery_seq, id, name, created_at)
       SELECT gallery_seq, 'n' || n, 'n' || n, 0 FROM face_trigger.person, generate_series(1, 5000) AS n`,
    );
    const deleting = deleteGallery(addressIn(where, 'door'));
    const listed = await Promise.all(Array.from({ length: 5 }, () => listGalleries(where)));
    await deleting;
    for (const galleries of listed) expect(galleries.map(({ name }) => name)).toContain('hall');
    expect(await listGalleries(where)).toMatchObject([{ name: 'hall' }]);
    expect(await rowsOf(where, 'SELECT count(*)::int AS n FROM face_trigger.person')).toEqual([{ n: 0 }]);
  });

  it('are not deleted, listed or made by an address that does not say what is meant', async () => {
    const where = await createDatabase();
    await fill(where, 1);
    const refused = { code: 'ERR_INVALID_ARGUMENT' };
    await expect(deleteGallery(where)).rejects.toMatchObject(refused);
    await expect(createGallery(where, made)).rejects.toMatchObject(refused);
    await expect(listGalleries(addressIn(where, 'door'))).rejects.toMatchObject(refused);
    expect(await listGalleries(where)).toMatchObject([{ name: 'default', people: 1 }]);
  });
});
