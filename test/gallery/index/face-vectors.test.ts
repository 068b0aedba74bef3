import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random/random.ts';
import { FaceVectors } from '../../../src/gallery/index/face-vectors.ts';
import { FlatVectors } from '../../../src/gallery/index/flat-vectors.ts';
import { loadUsearch } from '../../../src/gallery/index/usearch-engine.ts';
import { syntheticPeople } from '../synthetic-people.ts';

const engine = await loadUsearch();

describe('FlatVectors', () => {
  it('finds the same neighbors with the native engine as with the plain loop', (context) => {
    context.skip(engine === null, 'usearch has no binary for this machine');
    // 40,000 vectors of 128 numbers fill more than one block of memory.
    const random = createRandom(3);
    const native = new FlatVectors(128, engine);
    const plain = new FlatVectors(128, null);
    for (let i = 0; i < 40_000; i++) {
      const vector = Float32Array.from({ length: 128 }, () => random.next());
      native.push(vector);
      plain.push(vector);
    }
    for (let i = 0; i < 5000; i++) {
      const slot = random.int(native.size);
      native.remove(slot);
      plain.remove(slot);
    }
    for (let i = 0; i < 20; i++) {
      const query = Float32Array.from({ length: 128 }, () => random.next());
      const a = native.nearest(query, 10);
      const b = plain.nearest(query, 10);
      expect(a.map(({ slot }) => slot)).toEqual(b.map(({ slot }) => slot));
      for (const [j, { squared }] of a.entries()) expect(squared).toBeCloseTo(b[j]!.squared, 3);
    }
  });

  it('answers with no more than there are', () => {
    for (const vectors of [new FlatVectors(4, engine), new FlatVectors(4, null)]) {
      expect(vectors.nearest(Float32Array.of(1, 0, 0, 0), 5)).toEqual([]);
      vectors.push(Float32Array.of(1, 0, 0, 0));
      vectors.push(Float32Array.of(0, 2, 0, 0));
      expect(vectors.nearest(Float32Array.of(1, 0, 0, 0), 5)).toEqual([
        { slot: 0, squared: 0 },
        { slot: 1, squared: 5 },
      ]);
    }
  });

  it('ignores where in its buffer a query lies', () => {
    const vectors = new FlatVectors(4, engine);
    vectors.push(Float32Array.of(1, 0, 0, 0));
    vectors.push(Float32Array.of(0, 1, 0, 0));
    const buffer = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0);
    expect(vectors.nearest(buffer.subarray(4), 1)[0]!.slot).toBe(1);
  });
});

describe('FaceVectors', () => {
  it('keeps to what was added, moved and removed', async () => {
    const steps = fc.array(
      fc.record({ face: fc.integer({ min: 1, max: 12 }), person: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 60 },
    );
    const embeddings = syntheticPeople(13, 1, { dimension: 8 }).flat();
    const index = new FaceVectors({ dimension: 8, engine });
    fc.assert(
      fc.property(steps, (actions) => {
        index.clear();
        const model = new Map<number, number>();
        for (const { face, person } of actions) {
          if (person === 0) {
            index.remove(face);
            model.delete(face);
          } else {
            index.put(face, person, embeddings[face]!);
            model.set(face, person);
          }
        }
        const all = index.nearest(embeddings[1]!, 100);
        expect(new Map(all.map(({ face, person }) => [face, person]))).toEqual(model);
        for (const face of model.keys()) {
          const [nearest] = index.nearest(embeddings[face]!, 1);
          expect(nearest).toMatchObject({ face, person: model.get(face), distance: 0 });
        }
      }),
    );
  });

  it('changes to a graph above the limit, finds the same faces and never a removed one', async (context) => {
    context.skip(engine === null, 'usearch has no binary for this machine');
    const exact = new FaceVectors({ dimension: 32, engine });
    const graph = new FaceVectors({ dimension: 32, engine, exactLimit: 1000 });
    const people = syntheticPeople(800, 4, { dimension: 32 });
    const put = (face: number) => {
      const person = Math.floor(face / 4);
      for (const index of [exact, graph]) index.put(face, person, people[person]![face % 4]!);
    };
    const expectSame = () => {
      let same = 0;
      for (let person = 0; person < 200; person++) {
        const wanted = exact.nearest(people[person]![0]!, 10);
        const found = graph.nearest(people[person]![0]!, 10);
        expect(found).toHaveLength(10);
        const faces = new Set(wanted.map(({ face }) => face));
        same += found.filter(({ face }) => faces.has(face)).length;
        for (const { face } of found) expect(alive.has(face)).toBe(true);
      }
      expect(same / 2000).toBeGreaterThan(0.99);
    };
    const alive = new Set<number>();
    for (let face = 0; face < 3000; face++) {
      put(face);
      alive.add(face);
    }
    expect(graph.mode).toBe('exact');
    await graph.settled();
    expect(graph.mode).toBe('graph');
    expectSame();
    for (let face = 3000; face < 3200; face++) {
      put(face);
      alive.add(face);
    }
    expectSame();
    // More than a tenth dead: the graph is built anew, and answers stay right before, while and after.
    for (let face = 0; face < 1200; face++) {
      for (const index of [exact, graph]) index.remove(face);
      alive.delete(face);
      if (face % 100 === 0) expectSame();
    }
    await graph.settled();
    expectSame();
    for (let face = 1200; face < 2500; face++) {
      for (const index of [exact, graph]) index.remove(face);
      alive.delete(face);
    }
    expect(graph.mode).toBe('exact');
    expect(graph.nearest(people[0]![0]!, 5000)).toHaveLength(700);
    graph.dispose();
    exact.dispose();
  });
});
