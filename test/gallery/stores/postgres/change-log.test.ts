import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../../../src/core/random/random.ts';
import { bytesFromEmbedding } from '../../../../src/gallery/embedding-bytes.ts';
import { MemoryIndex } from '../../../../src/gallery/index/memory-index.ts';
import type { ChangeCursor } from '../../../../src/gallery/stores/gallery-store.ts';
import { pruneChanges } from '../../../../src/gallery/stores/postgres/change-log.ts';
import { postgresAddress } from '../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../../../../src/gallery/stores/postgres/postgres-database.ts';
import { PostgresStore } from '../../../../src/gallery/stores/postgres/postgres-store.ts';
import { syntheticPeople } from '../../synthetic-people.ts';
import { STORE_EMBEDDER } from '../store-conformance.ts';
import { describeWithPostgres } from './postgres-test.ts';
import { run } from './test-postgres.ts';

const embeddings = syntheticPeople(20, 1, { dimension: STORE_EMBEDDER.dimension }).flat();

/** A store with one person, whose faces are inserted past it: by programs that know nothing of its locks. */
async function storeWithPerson(url: string) {
  const store = await PostgresStore.open(postgresAddress(url), { embedder: STORE_EMBEDDER });
  onTestFinished(() => store.dispose());
  const person = { id: 'ann', name: 'Ann', createdAt: new Date(), expiresAt: null, consent: null };
  const [{ seq } = { seq: 0 }] = await store.transaction((rows) => rows.insertPeople([person]));
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('SET search_path = face_trigger');
    onTestFinished(() => client.end());
    const insert = async () => {
      const { rows } = await client.query(
        `INSERT INTO face (gallery_seq, id, person_seq, embedder_seq, embedding, created_at)
         SELECT gallery.seq, $1, $2, embedder.seq, $3, 0 FROM gallery, embedder RETURNING face.seq`,
        [crypto.randomUUID(), seq, Buffer.from(bytesFromEmbedding(embeddings[0]!))],
      );
      return Number(rows[0].seq);
    };
    return { client, insert };
  };
  return { store, connect, person: { ...person, seq } };
}

describeWithPostgres('the log of changes in PostgreSQL', ({ createDatabase }) => {
  it('skips no face of many writers whose transactions end in another order than they began', async () => {
    const { store, connect } = await storeWithPerson(await createDatabase());
    const committed = new Set<number>();
    /** What a reader would have who goes on from the largest number seen: it shows that the order is mixed up. */
    const naive = new Set<number>();
    let largest = 0;
    const told = new Set<number>();
    let cursor: ChangeCursor = await store.cursor();
    let isDone = false;
    const follow = async () => {
      for (let wasDone = false; !wasDone; await pause(1)) {
        wasDone = isDone;
        const changes = (await store.changesSince(cursor))!;
        for (const { seq } of changes.faces) told.add(seq);
        const fresh = changes.faces.map(({ seq }) => seq).filter((seq) => seq > largest);
        for (const seq of fresh) naive.add(seq);
        largest = Math.max(largest, ...fresh);
        ({ cursor } = changes);
      }
    };
    const write = async (seed: number) => {
      const random = createRandom(seed);
      const { client, insert } = await connect();
      for (let i = 0; i < 40; i++) {
        await client.query('BEGIN');
        const mine: number[] = [];
        for (let n = random.int(3); n >= 0; n--) {
          mine.push(await insert());
          await pause(random.int(6));
        }
        if (random.next() < 0.3) {
          await client.query('SAVEPOINT part');
          await insert();
          await client.query('ROLLBACK TO part');
        }
        const isKept = random.next() < 0.8;
        await client.query(isKept ? 'COMMIT' : 'ROLLBACK');
        if (isKept) for (const seq of mine) committed.add(seq);
      }
    };
    const longest = await connect();
    await longest.client.query('BEGIN');
    const first = await longest.insert();
    const following = follow();
    await Promise.all(Array.from({ length: 8 }, (_, i) => write(i + 1)));
    // It began before all others and is still open: nobody waited for it.
    await store.changesSince(cursor);
    expect(told.has(first)).toBe(false);
    const before = told.size;
    expect(before).toBeGreaterThan(0);
    await longest.client.query('COMMIT');
    committed.add(first);
    isDone = true;
    await following;
    expect(committed.size).toBeGreaterThan(300);
    expect([...told].sort()).toEqual([...committed].sort());
    expect(naive.size).toBeLessThan(committed.size);
  });

  it('tells of a face at once, though an older transaction is still open', async () => {
    const { store, connect } = await storeWithPerson(await createDatabase());
    const cursor = await store.cursor();
    const [old, young] = [await connect(), await connect()];
    await old.client.query('BEGIN');
    const first = await old.insert();
    const second = await young.insert();
    const changes = (await store.changesSince(cursor))!;
    expect(changes.faces.map(({ seq }) => seq)).toEqual([second]);
    await old.client.query('COMMIT');
    const rest = (await store.changesSince(changes.cursor))!;
    expect(rest.faces.map(({ seq }) => seq)).toEqual([first]);
    expect((await store.changesSince(rest.cursor))!.faces).toEqual([]);
  });

  it('says so where the changes after a cursor are forgotten, and goes on for whoever follows', async () => {
    const url = await createDatabase();
    const { store, connect } = await storeWithPerson(url);
    const database = await PostgresDatabase.open(postgresAddress(url));
    onTestFinished(() => database.close());
    const { insert } = await connect();
    const start = await store.cursor();
    for (let i = 0; i < 6; i++) await insert();
    const { cursor } = (await store.changesSince(start))!;
    const scope = { session: database, gallery: 1, dimension: STORE_EMBEDDER.dimension };
    await pruneChanges(scope, 2);
    expect(await store.changesSince(start)).toBeNull();
    const last = await insert();
    expect((await store.changesSince(cursor))!.faces.map(({ seq }) => seq)).toEqual([last]);
  });

  it.each(['', 'x', '1:2', "1:1:' OR true", 7, '1:1:|2:2'])(
    'takes %j for no place that it knows',
    async (cursor) => {
      const { store } = await storeWithPerson(await createDatabase());
      expect(await store.changesSince(cursor)).toBeNull();
    },
  );

  it('takes for none a place of a server that was ahead of this one', async () => {
    const { store } = await storeWithPerson(await createDatabase());
    expect(await store.changesSince('999999999:999999999:')).toBeNull();
  });

  it('wakes an index, also after its connection was lost', async () => {
    const url = await createDatabase();
    const { store, connect } = await storeWithPerson(url);
    const index = await MemoryIndex.create(store);
    onTestFinished(() => index.dispose());
    const { insert } = await connect();
    await insert();
    await expect.poll(() => index.faces, { timeout: 20_000 }).toBe(1);
    await run(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`,
    );
    await insert();
    await expect.poll(() => index.faces, { timeout: 20_000 }).toBe(2);
  });

  it('lets an index rest that is asked to, which a search then brings up to date, and wakes it again later', async () => {
    const { store, connect } = await storeWithPerson(await createDatabase());
    const [index, other] = [await MemoryIndex.create(store), await MemoryIndex.create(store)];
    onTestFinished(async () => {
      await index.dispose();
      await other.dispose();
    });
    const { insert } = await connect();
    expect(index.lagMs).toBeLessThan(Number.POSITIVE_INFINITY);
    const goOn = index.rest();
    await insert();
    await expect.poll(() => other.faces, { timeout: 20_000 }).toBe(1);
    expect(index.faces).toBe(0);
    expect(index.lagMs).toBeUndefined();
    await index.refresh();
    expect(index.faces).toBe(1);
    goOn();
    await insert();
    await expect.poll(() => index.faces, { timeout: 20_000 }).toBe(2);
  });
});
