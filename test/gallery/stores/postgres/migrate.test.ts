import { afterAll, expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../../../src/gallery/stores/postgres/migrate.ts';
import { MIGRATIONS } from '../../../../src/gallery/stores/postgres/migrations.ts';
import { postgresAddress } from '../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../../../../src/gallery/stores/postgres/postgres-database.ts';
import { PostgresStore } from '../../../../src/gallery/stores/postgres/postgres-store.ts';
import { compileScript } from '../../../compile-script.ts';
import { nextLine, startChild } from '../../child-process.ts';
import { STORE_EMBEDDER } from '../store-conformance.ts';
import { describeWithPostgres } from './postgres-test.ts';
import { run } from './test-postgres.ts';

const script = compileScript('test/gallery/gallery-child.ts');
afterAll(script.remove);
const NEXT = [...MIGRATIONS, 'ALTER TABLE person ADD COLUMN nickname text'];

async function connect(url: string): Promise<PostgresDatabase> {
  const database = await PostgresDatabase.open(postgresAddress(url));
  onTestFinished(() => database.close());
  return database;
}

async function openStore(url: string): Promise<PostgresStore> {
  const store = await PostgresStore.open(postgresAddress(url), { embedder: STORE_EMBEDDER });
  onTestFinished(() => store.dispose());
  return store;
}

const versions = async (database: PostgresDatabase) =>
  (await database.query('SELECT version FROM migration ORDER BY version')).map(({ version }) => version);

describeWithPostgres('the tables of galleries in PostgreSQL', ({ createDatabase }) => {
  it('are made once when many processes begin at once', async () => {
    const url = await createDatabase();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(url)));
    const person = { id: 'ann', name: 'Ann', createdAt: new Date(), expiresAt: null, consent: null };
    await stores[0]!.transaction((rows) => rows.insertPeople([person]));
    for (const store of stores) expect(await store.count()).toMatchObject({ people: 1 });
    expect(await versions(await connect(url))).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it('are brought up by a newer program, whoever comes first, with all that is in them', async () => {
    const url = await createDatabase();
    const store = await openStore(url);
    const person = { id: 'ann', name: 'Ann', createdAt: new Date(), expiresAt: null, consent: null };
    await store.transaction((rows) => rows.insertPeople([person]));
    const database = await connect(url);
    const programs = await Promise.all([connect(url), connect(url), connect(url)]);
    await Promise.all(programs.map((program) => migrate(program, { steps: NEXT })));
    expect(await versions(database)).toEqual(NEXT.map((_, i) => i + 1));
    expect(await database.query('SELECT name, nickname FROM person')).toEqual([
      { name: 'Ann', nickname: null },
    ]);
  });

  it.each(MIGRATIONS.slice(1).map((_, i) => i + 1))(
    'of version %i are brought up to this one, with a gallery that goes on',
    async (version) => {
      const url = await createDatabase();
      const database = await connect(url);
      await migrate(database, { steps: MIGRATIONS.slice(0, version) });
      // What a program of every version writes.
      await run(
        url,
        `SET search_path = face_trigger; INSERT INTO gallery (name, created_at) VALUES ('default', 1);
         INSERT INTO embedder (id, sha256, dimension) VALUES ('test-embedder', '${'ab'.repeat(32)}', 8);
         INSERT INTO setting (gallery_seq, key, value) VALUES (1, 'embedder', '1'), (1, 'metric', 'euclidean');
         INSERT INTO person (gallery_seq, id, name, created_at) VALUES (1, 'ann', 'Ann', 1);
         INSERT INTO face (gallery_seq, id, person_seq, embedder_seq, embedding, created_at)
           VALUES (1, 'a', 1, 1, decode(repeat('0000803f', 8), 'hex'), 1)`,
      );
      const store = await openStore(url);
      expect(await versions(database)).toEqual(MIGRATIONS.map((_, i) => i + 1));
      expect(await store.count()).toMatchObject({ people: 1, faces: 1 });
      const embedding = new Float32Array(8).fill(0.5);
      const rest = { source: null, createdAt: new Date(), quality: null, thumbnail: null };
      await store.transaction((rows) => rows.insertFaces([{ id: 'b', personSeq: 1, embedding, ...rest }]));
      const faces = await store.indexFaces({ after: 0, limit: 9 });
      expect(faces.map(({ embedding }) => embedding[7])).toEqual([1, 0.5]);
    },
  );

  it('are made once by processes that begin at once', async () => {
    const url = await createDatabase();
    const children = Array.from({ length: 3 }, () => startChild(script.path, url, 'search'));
    onTestFinished(() => {
      for (const { child } of children) child.kill('SIGKILL');
    });
    for (const child of children) expect(await nextLine(child)).toBe('0 found');
    expect(await versions(await connect(url))).toEqual(MIGRATIONS.map((_, i) => i + 1));
  }, 60_000);

  it('of a newer version are refused by an older program, which changes nothing', async () => {
    const url = await createDatabase();
    const database = await connect(url);
    await migrate(database, { steps: NEXT });
    await expect(openStore(url)).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringContaining('newer version'),
    });
    expect(await versions(database)).toEqual(NEXT.map((_, i) => i + 1));
    expect(await database.query('SELECT * FROM gallery')).toEqual([]);
  });

  it('stay as they were where a step fails', async () => {
    const url = await createDatabase();
    const database = await connect(url);
    await migrate(database);
    const broken = [...MIGRATIONS, 'ALTER TABLE person ADD COLUMN nickname text; SELECT 1 / 0'];
    await expect(migrate(database, { steps: broken })).rejects.toThrow();
    expect(await versions(database)).toEqual(MIGRATIONS.map((_, i) => i + 1));
    const columns = await database.query(
      "SELECT 1 AS one FROM information_schema.columns WHERE table_name = 'person' AND column_name = 'nickname'",
    );
    expect(columns).toEqual([]);
  });

  it("are not put into somebody else's schema of the same name", async () => {
    const url = await createDatabase();
    await run(url, 'CREATE SCHEMA face_trigger; CREATE TABLE face_trigger.person (name text)');
    await expect(openStore(url)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });

  it('are not made by looking whether a gallery is there', async () => {
    const url = await createDatabase();
    const address = postgresAddress(url);
    expect(await PostgresStore.exists(address)).toBe(false);
    await expect(PostgresStore.open(address, { create: false })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    const database = await connect(url);
    const [found] = await database.query("SELECT to_regnamespace('face_trigger') IS NULL AS none");
    expect(found).toEqual({ none: true });
    await openStore(url);
    expect(await PostgresStore.exists(address)).toBe(true);
    expect(await PostgresStore.exists(postgresAddress(`${url}?gallery=other`))).toBe(false);
  });
});
