import { expect, it } from 'vitest';
import { MemoryStore } from '../../../src/gallery/stores/memory/memory-store.ts';
import { describeStore, STORE_EMBEDDER } from './store-conformance.ts';

const settings = { embedder: STORE_EMBEDDER, metric: 'euclidean' } as const;
describeStore('memory', { open: async () => new MemoryStore(settings) });

it('a store in memory says so where it has forgotten the changes after a cursor', async () => {
  await using store = new MemoryStore({ ...settings, changesKept: 3 });
  const start = await store.cursor();
  const embedding = Float32Array.from({ length: STORE_EMBEDDER.dimension }, (_, i) => i);
  const createdAt = new Date();
  const cursors = [start];
  for (let i = 0; i < 5; i++) {
    await store.transaction(async (rows) => {
      const id = `person ${i}`;
      const [person] = await rows.insertPeople([{ id, name: id, createdAt, expiresAt: null, consent: null }]);
      const face = { id: `face ${i}`, personSeq: person!.seq, embedding, createdAt };
      await rows.insertFaces([{ ...face, source: null, quality: null, thumbnail: null }]);
    });
    cursors.push(await store.cursor());
  }
  const told = [];
  for (const cursor of cursors) told.push((await store.changesSince(cursor))?.faces.length ?? null);
  expect(told).toEqual([null, null, 3, 2, 1, 0]);
});

it('a store in memory overwrites what was deleted', async () => {
  await using store = new MemoryStore(settings);
  const createdAt = new Date();
  const person = { id: 'p', name: 'p', createdAt, expiresAt: null, consent: null };
  const { seq } = await store.transaction(async (rows) => {
    const [{ seq } = { seq: 0 }] = await rows.insertPeople([person]);
    const embedding = new Float32Array(STORE_EMBEDDER.dimension).fill(7);
    const face = { id: 'f', personSeq: seq, embedding, createdAt, source: null, quality: null };
    await rows.insertFaces([{ ...face, thumbnail: null }]);
    return { seq };
  });
  // What an index is given is the store's own.
  const [{ embedding } = { embedding: new Float32Array() }] = await store.indexFaces({ after: 0, limit: 1 });
  expect(embedding[0]).toBe(7);
  await store.transaction((rows) => rows.deletePerson(seq));
  await store.forget();
  expect([...embedding]).toEqual(Array(STORE_EMBEDDER.dimension).fill(0));
});
