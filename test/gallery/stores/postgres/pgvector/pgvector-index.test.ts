import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Gallery } from '../../../../../src/gallery/gallery.ts';
import { type OpenGalleryOptions, openGallery } from '../../../../../src/gallery/open-gallery.ts';
import { postgresAddress } from '../../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../../../../../src/gallery/stores/postgres/postgres-database.ts';
import { PostgresStore } from '../../../../../src/gallery/stores/postgres/postgres-store.ts';
import { DLIB_FACTS } from '../../../../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../../../synthetic-people.ts';
import { describeWithPgvector } from '../postgres-test.ts';
import { run } from '../test-postgres.ts';

const COSINE = { ...DLIB_FACTS, metric: 'cosine' as const };

describeWithPgvector('the index of a gallery in PostgreSQL with pgvector', ({ createDatabase }) => {
  let database: string;
  let made = 0;
  beforeAll(async () => {
    database = await createDatabase();
  });
  const newUrl = () => `${database}?gallery=test-${made++}`;

  async function open(
    url: string,
    index: 'memory' | 'pgvector' | 'auto',
    options: OpenGalleryOptions = {},
  ): Promise<Gallery> {
    const gallery = await openGallery(`${url}&index=${index}`, {
      embedder: TEST_EMBEDDER,
      distances: DLIB_FACTS,
      ...options,
    });
    onTestFinished(() => gallery.dispose());
    return gallery;
  }

  async function connect(): Promise<PostgresDatabase> {
    const connected = await PostgresDatabase.open(postgresAddress(database));
    onTestFinished(() => connected.close());
    return connected;
  }

  const vectorTables = async () =>
    (
      await (
        await connect()
      ).query(`SELECT relname FROM pg_class WHERE relkind = 'p' AND relname LIKE 'vector\\_%' ORDER BY oid`)
    ).map(({ relname }) => relname);

  /** Who is found for each probe, and that the distances are the same up to how numbers were added up. */
  const answers = async (gallery: Gallery, probes: readonly Float32Array[]) => {
    const all = [];
    for (const probe of probes) {
      const found = await gallery.search(probe, { limit: 10 });
      all.push(
        found.map(({ person, face, distance }) => ({
          who: [person.name, face.id],
          distance: expect.closeTo(distance, 6),
        })),
      );
    }
    return all;
  };

  /** The same as a search answers it. */
  const exactly = async (gallery: Gallery, probes: readonly Float32Array[]) => {
    const all = [];
    for (const probe of probes) {
      const found = await gallery.search(probe, { limit: 10 });
      all.push(found.map(({ person, face, distance }) => ({ who: [person.name, face.id], distance })));
    }
    return all;
  };

  it.each([
    { metric: 'euclidean' as const, dimension: 128, distances: DLIB_FACTS },
    { metric: 'cosine' as const, dimension: 320, distances: COSINE },
  ])(
    'tells the same as one in memory, $metric with $dimension numbers',
    async ({ dimension, ...options }) => {
      const url = newUrl();
      const embedder = { ...TEST_EMBEDDER, dimension };
      const photos = syntheticPeople(300, 4, { dimension });
      const memory = await open(url, 'memory', { ...options, embedder });
      for (const [i, [first, second]] of photos.entries())
        await memory.enroll({ name: `P${i}` }, [
          { embedding: first! },
          ...(i % 2 === 0 ? [{ embedding: second! }] : []),
        ]);
      // Half of them before there was an index, half after.
      const pgvector = await open(url, 'pgvector', { ...options, embedder });
      for (const [i, [, , third]] of photos.entries())
        if (i % 3 === 0) await memory.enroll({ name: `P${i}` }, [{ embedding: third! }]);
      const { id } = (await memory.findPerson('P7'))!;
      await memory.addNegative(id, { embedding: photos[7]![3]! });
      expect((await pgvector.stats()).index).toBe('pgvector');
      expect((await memory.stats()).index).toBe('exact');
      const probes = photos.slice(0, 60).map((of) => of[3]!);
      const expected = await answers(memory, probes);
      const found = await exactly(pgvector, probes);
      expect(found).toEqual(expected);
      expect(found[8]![0]!.who[0]).toBe('P8');
      expect(found[7]!.map(({ who }) => who[0])).not.toContain('P7');
    },
    120_000,
  );

  it('says when it was made, whoever opens it', async () => {
    const url = newUrl();
    const before = Date.now();
    const { indexBuiltAt } = await open(url, 'pgvector');
    const late = 60_000;
    expect(Number(indexBuiltAt)).toBeGreaterThan(before - late);
    expect(Number(indexBuiltAt)).toBeLessThan(Date.now() + late);
    expect((await open(url, 'pgvector')).indexBuiltAt).toEqual(indexBuiltAt);
    await run(database, 'UPDATE face_trigger.vector_index SET built_at = NULL');
    expect((await open(url, 'pgvector')).indexBuiltAt).toBeNull();
  });

  it('is kept by whoever changes faces: with an index in memory, by a merge, by SQL', async () => {
    const url = newUrl();
    const pgvector = await open(url, 'pgvector');
    const memory = await open(url, 'memory');
    const [ann, bob] = syntheticPeople(2, 3);
    const { person, faces } = await memory.enroll(
      { name: 'Ann' },
      ann!.slice(0, 2).map((embedding) => ({ embedding })),
    );
    const other = await memory.enroll({ name: 'Bob' }, [{ embedding: bob![0]! }]);
    expect((await pgvector.search(ann![2]!)).map(({ person }) => person.name)).toEqual(['Ann', 'Bob']);
    await memory.mergePerson(other.person.id, person.id);
    expect((await pgvector.search(bob![2]!)).map(({ person }) => person.name)).toEqual(['Ann']);
    await memory.deleteFace(faces[0]!.face.id);
    await run(database, `DELETE FROM face_trigger.face WHERE id = '${faces[1]!.face.id}'`);
    const found = await pgvector.search(ann![2]!);
    expect(found.map(({ face }) => face.id)).toEqual([other.faces[0]!.face.id]);
    await memory.deletePerson(person.id);
    expect(await pgvector.search(bob![2]!)).toEqual([]);
    const table = (await vectorTables()).at(-1);
    const left = await (await connect()).query(`SELECT count(*) AS count FROM face_trigger.${table}`);
    expect(left).toEqual([{ count: 0 }]);
  });

  it('goes on looking where the nearest faces are all of people who have expired, or of one', async () => {
    const url = newUrl();
    const [crowd, alone, guests] = syntheticPeople(3, 400, { seed: 5 });
    const memory = await open(url, 'memory');
    const faces = (photos: readonly Float32Array[]) => photos.map((embedding) => ({ embedding }));
    for (let i = 0; i < 150; i++) await memory.enroll({ name: `Guest ${i}` }, faces([guests![i]!]));
    await memory.enroll({ name: 'Crowd' }, faces(crowd!), { duplicates: 'keep' });
    await memory.enroll({ name: 'Alone' }, faces([alone![0]!]));
    const pgvector = await open(url, 'pgvector');
    const names = async (probe: Float32Array) =>
      new Set((await pgvector.search(probe, { limit: 5 })).map(({ person }) => person.name));
    expect(await names(crowd![0]!)).toContain('Alone');
    expect(await names(guests![200]!)).not.toContain('Alone');
    await run(database, `UPDATE face_trigger.person SET expires_at = 1 WHERE name LIKE 'Guest %'`);
    expect(await names(guests![200]!)).toEqual(new Set(['Crowd', 'Alone']));
  }, 60_000);

  it('is built once when many servers begin at once, while faces are enrolled', async () => {
    const url = newUrl();
    const memory = await open(url, 'memory');
    const photos = syntheticPeople(400, 2, { seed: 6 });
    for (const [i, [first]] of photos.slice(0, 200).entries())
      await memory.enroll({ name: `P${i}` }, [{ embedding: first! }]);
    const opening = Promise.all(Array.from({ length: 4 }, () => open(url, 'pgvector')));
    for (const [i, [first]] of photos.slice(200).entries())
      await memory.enroll({ name: `P${200 + i}` }, [{ embedding: first! }]);
    for (const gallery of await opening) {
      for (const i of [0, 199, 200, 399]) {
        const [best] = await gallery.search(photos[i]![1]!);
        expect(best!.person.name).toBe(`P${i}`);
      }
    }
    const table = (await vectorTables()).at(-1);
    const rows = await (await connect()).query(`SELECT count(*) AS count FROM face_trigger.${table}`);
    expect(rows).toEqual([{ count: 400 }]);
  }, 60_000);

  it('is finished by the next server where one was killed while it built it', async () => {
    const url = newUrl();
    const memory = await open(url, 'memory');
    const [photos] = syntheticPeople(1, 2);
    await memory.enroll({ name: 'Ann' }, [{ embedding: photos![0]! }]);
    await (await open(url, 'pgvector')).dispose();
    const table = (await vectorTables()).at(-1);
    await run(
      database,
      `DROP INDEX face_trigger.${table}_0_graph; DELETE FROM face_trigger.${table};
       UPDATE face_trigger.vector_index SET is_complete = false WHERE 'vector_' || gallery_seq = '${table}'`,
    );
    const gallery = await open(url, 'pgvector');
    expect((await gallery.search(photos![1]!))[0]!.person.name).toBe('Ann');
  });

  it('is cut into parts where it is told to, and answers from all of them', async () => {
    const url = newUrl();
    const memory = await open(url, 'memory');
    const photos = syntheticPeople(60, 2, { seed: 8 });
    for (const [i, [first]] of photos.entries())
      await memory.enroll({ name: `P${i}` }, [{ embedding: first! }]);
    await (await open(url, 'pgvector')).dispose();
    const table = String((await vectorTables()).at(-1));
    const number = table.slice('vector_'.length);
    // As a gallery of 12 million faces has it.
    const parts = [0, 1, 2].map(
      (i) => `CREATE TABLE ${table}_${i} PARTITION OF ${table} FOR VALUES WITH (MODULUS 3, REMAINDER ${i})`,
    );
    await run(
      database,
      `SET search_path = face_trigger, public;
       DELETE FROM vector_index WHERE gallery_seq = ${number};
       CREATE TABLE ${table} (face_seq bigint PRIMARY KEY, embedding halfvec(128) NOT NULL) PARTITION BY HASH (face_seq);
       ${parts.join(';')};
       INSERT INTO vector_index (gallery_seq, partitions, is_unit) VALUES (${number}, 3, false)`,
    );
    const gallery = await open(url, 'pgvector');
    const probes = photos.map(([, second]) => second!);
    expect(await exactly(gallery, probes)).toEqual(await answers(memory, probes));
  }, 60_000);

  it('takes faces whose numbers no half float holds', async () => {
    const url = newUrl();
    const gallery = await open(url, 'pgvector');
    const [ann, bob] = syntheticPeople(2, 1, { seed: 11 }).map(([photo]) =>
      photo!.map((value) => value * 1e6),
    );
    await gallery.enroll({ name: 'Ann' }, [{ embedding: ann! }]);
    await gallery.enroll({ name: 'Bob' }, [{ embedding: bob! }]);
    expect((await gallery.search(bob!))[0]).toMatchObject({ person: { name: 'Bob' }, distance: 0 });
  });

  it('goes with its gallery, and with the models that the gallery leaves', async () => {
    const url = newUrl();
    await (await open(url, 'pgvector')).dispose();
    const before = await vectorTables();
    const name = new URL(url).searchParams.get('gallery');
    await run(database, `DELETE FROM face_trigger.gallery WHERE name = '${name}'`);
    expect(await vectorTables()).toEqual(before.slice(0, -1));
  });

  it.each([TEST_EMBEDDER.dimension, 64])(
    'finds nobody for a server with the models of before, once another has made it anew with %i numbers',
    async (dimension) => {
      const url = newUrl();
      const gallery = await open(url, 'pgvector');
      const [photos] = syntheticPeople(1, 1);
      await gallery.enroll({ name: 'Ann' }, [{ embedding: photos![0]! }]);
      expect(await gallery.search(photos![0]!)).toHaveLength(1);
      const embedder = { ...TEST_EMBEDDER, id: 'another', dimension };
      await using other = await PostgresStore.open(postgresAddress(url), { create: false });
      await other.transaction((rows) =>
        rows.adoptModels({ ...other.settings, embedder }, () => photos![0]!.slice(0, dimension)),
      );
      expect(await (await open(url, 'pgvector', { embedder })).stats()).toMatchObject({ people: 1 });
      await expect(gallery.search(photos![0]!)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    },
  );

  it('may be gone from a database that was restored without the extension, and people can be deleted', async () => {
    const url = newUrl();
    await (await open(url, 'pgvector')).dispose();
    const memory = await open(url, 'memory');
    const { person } = await memory.enroll({ name: 'Ann' }, [{ embedding: syntheticPeople(1, 1)[0]![0]! }]);
    await run(database, `DROP TABLE face_trigger.${(await vectorTables()).at(-1)}`);
    expect(await memory.deletePerson(person.id)).toBe(1);
    expect(await memory.stats()).toMatchObject({ people: 0 });
  });

  it('is not taken by itself for a small gallery, and has no other names', async () => {
    const url = newUrl();
    expect((await (await open(url, 'auto')).stats()).index).toBe('exact');
    await expect(openGallery(`${url}&index=hnsw`, { embedder: TEST_EMBEDDER })).rejects.toThrow(
      'auto, memory, pgvector for index',
    );
  });

  it('refuses embeddings that are too long for it, and says how long they may be', async () => {
    const embedder = { ...TEST_EMBEDDER, dimension: 4001 };
    const opening = open(newUrl(), 'pgvector', { embedder });
    await expect(opening).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringContaining('4000'),
    });
  });
});
