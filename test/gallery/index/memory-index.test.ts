import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../../src/core/random/random.ts';
import { Gallery } from '../../../src/gallery/gallery.ts';
import type { FaceIndex } from '../../../src/gallery/index/face-index.ts';
import { MemoryIndex } from '../../../src/gallery/index/memory-index.ts';
import { loadUsearch } from '../../../src/gallery/index/usearch-engine.ts';
import { MemoryStore } from '../../../src/gallery/stores/memory/memory-store.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople } from '../synthetic-people.ts';

const usearch = await loadUsearch();
const embedder = { id: 'test-embedder', sha256: 'ab'.repeat(32), dimension: 16 };
const people = syntheticPeople(300, 3, { dimension: embedder.dimension });
const ENGINES = { 'with a plain loop': null, 'with usearch': usearch };

function makeStore(options: { metric?: 'euclidean' | 'cosine'; changesKept?: number } = {}): MemoryStore {
  const store = new MemoryStore({ embedder, metric: 'euclidean', ...options });
  onTestFinished(() => store.dispose());
  return store;
}

async function add(store: MemoryStore, embeddings: readonly Float32Array[]) {
  return store.transaction(async (rows) => {
    const id = crypto.randomUUID();
    const createdAt = new Date();
    const [person] = await rows.insertPeople([{ id, name: id, createdAt, expiresAt: null, consent: null }]);
    const common = { personSeq: person!.seq, createdAt, source: null };
    const faces = await rows.insertFaces(
      embeddings.map((embedding) => ({
        ...{ ...common, id: crypto.randomUUID(), embedding },
        ...{ quality: null, thumbnail: null },
      })),
    );
    return { seq: person!.seq, faces: faces.map(({ seq }) => seq) };
  });
}

async function addNegative(store: MemoryStore, personSeq: number, embedding: Float32Array) {
  const row = { id: crypto.randomUUID(), personSeq, embedding, source: null, createdAt: new Date() };
  await store.transaction((rows) => rows.insertNegatives([row]));
}

/** Says what the index says of everybody, and what the store would let one compute. */
async function expectEqual(index: FaceIndex, store: MemoryStore, probe: Float32Array): Promise<void> {
  await index.refresh();
  const rows = await store.indexFaces({ after: 0, limit: 100_000 });
  const distance = (a: Float32Array) => Math.hypot(...a.map((value, i) => value - probe[i]!));
  const truth = rows.map(({ seq, personSeq, embedding }) => ({
    face: seq,
    person: personSeq,
    distance: distance(embedding),
  }));
  truth.sort((a, b) => a.distance - b.distance || a.face - b.face);
  const found = await index.nearest(probe, rows.length + 5);
  expect(found.map(({ face, person }) => [face, person])).toEqual(
    truth.map(({ face, person }) => [face, person]),
  );
  for (const [i, { distance: given }] of found.entries()) expect(given).toBeCloseTo(truth[i]!.distance, 4);
  expect(index.faces).toBe(rows.length);
  const persons = [...new Set(rows.map(({ personSeq }) => personSeq))];
  expect(index.people).toBe(persons.length);
  const about = await index.about(persons, probe);
  expect(about.map(({ faces }) => faces)).toEqual(
    persons.map((person) => rows.filter(({ personSeq }) => personSeq === person).length),
  );
}

describe.each(Object.entries(ENGINES))('an index in memory, %s', (name, engine) => {
  it.skipIf(name === 'with usearch' && engine === null)(
    'is equal to its store after whatever was done to it',
    async () => {
      const store = makeStore();
      for (const photos of people.slice(0, 20)) await add(store, photos);
      const index = await MemoryIndex.create(store, { engine });
      const random = createRandom(5);
      for (let step = 0; step < 60; step++) {
        const rows = await store.indexFaces({ after: 0, limit: 1000 });
        const any = () => rows[random.int(rows.length)]!;
        const dice = random.next();
        if (dice < 0.4) await add(store, people[20 + step]!);
        else if (dice < 0.6) await store.transaction((writes) => writes.deleteFace(any().seq));
        else if (dice < 0.8) {
          const [from, to] = [any().personSeq, any().personSeq];
          if (from !== to) await store.transaction((writes) => writes.moveRows(from, to));
        } else await store.transaction((writes) => writes.deletePerson(any().personSeq));
        if (step % 5 === 0) await expectEqual(index, store, people[random.int(300)]![0]!);
      }
      await expectEqual(index, store, people[1]![2]!);
      await index.dispose();
    },
  );

  it('tells by its number whether anything has changed', async () => {
    const store = makeStore();
    const index = await MemoryIndex.create(store, { engine });
    const first = await index.refresh();
    expect(await index.refresh()).toBe(first);
    const { seq } = await add(store, people[0]!);
    const second = await index.refresh();
    expect(second).not.toBe(first);
    await addNegative(store, seq, people[1]![0]!);
    expect(await index.refresh()).not.toBe(second);
  });

  it('knows the nearest negative example of each person', async () => {
    const store = makeStore();
    const ann = await add(store, people[0]!);
    const bob = await add(store, people[1]!);
    const index = await MemoryIndex.create(store, { engine });
    const probe = people[2]![0]!;
    for (const embedding of [people[3]![0]!, people[2]![1]!]) await addNegative(store, ann.seq, embedding);
    await index.refresh();
    const about = await index.about([bob.seq, ann.seq], probe);
    expect(about[0]).toEqual({ faces: 3, nearestNegative: Number.POSITIVE_INFINITY });
    const distances = [people[3]![0]!, people[2]![1]!].map((example) =>
      Math.hypot(...example.map((value, i) => value - probe[i]!)),
    );
    expect(about[1]!.nearestNegative).toBeCloseTo(Math.min(...distances), 5);
  });

  it('loads everything anew where it has missed too much, and answers in full meanwhile', async () => {
    const store = makeStore({ changesKept: 5 });
    for (const photos of people.slice(0, 30)) await add(store, photos);
    const index = await MemoryIndex.create(store, { engine });
    for (const photos of people.slice(30, 40)) await add(store, photos);
    const refreshing = index.refresh();
    const counts = [];
    for (let turn = 0; turn < 20; turn++) {
      counts.push((await index.nearest(people[0]![0]!, 1000)).length);
    }
    await refreshing;
    for (const count of counts) expect([90, 120]).toContain(count);
    await expectEqual(index, store, people[35]![0]!);
  });

  it('has in it what was committed before each call, however many call at once', async () => {
    const store = makeStore();
    const index = await MemoryIndex.create(store, { engine });
    const searchers = people.slice(0, 50).map(async (photos) => {
      const { faces } = await add(store, [photos[0]!]);
      await index.refresh();
      expect((await index.nearest(photos[0]!, 1))[0]).toMatchObject({ face: faces[0], distance: 0 });
    });
    await Promise.all(searchers);
  });
});

it('a gallery of an injected store and index works without a file and without a native engine', async () => {
  const store = makeStore({ metric: 'cosine' });
  await using gallery = await Gallery.open({
    store,
    index: await MemoryIndex.create(store),
    distances: DLIB_FACTS,
  });
  for (const [i, photos] of people.slice(0, 10).entries()) {
    await gallery.enroll({ name: `P${i}` }, [{ embedding: photos[0]! }]);
  }
  const [best] = await gallery.search(people[4]![1]!);
  expect(best?.person.name).toBe('P4');
  expect(best?.distance).toBeCloseTo(gallery.distance(people[4]![0]!, people[4]![1]!), 5);
});
