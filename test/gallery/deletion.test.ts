import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/random/random.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { filesContaining, temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();
// Whole embeddings may be split over pages of a file; a quarter of one is still unmistakable.
const piecesOf = (embedding: Float32Array): Uint8Array[] => {
  const bytes = new Uint8Array(embedding.slice().buffer);
  return [0, 128, 256, 384].map((start) => bytes.slice(start, start + 128));
};

describe('deletion', () => {
  it('removes the person from every answer and every byte from every file', async () => {
    const directory = folder();
    const gallery = await open({ path: join(directory, 'g.db'), thumbnails: true });
    const [mine, others] = syntheticPeople(2, 3);
    const thumbnail = Buffer.from('thumbnail-of-the-deleted-person-'.repeat(400));
    const secret = {
      name: 'Ermintrude Q. Vanished',
      consent: { text: 'consent-text-of-the-deleted-person', at: new Date() },
    };
    const { id } = await gallery.createPerson(secret);
    const keep = await gallery.createPerson({ name: 'Stays' });
    const old = await gallery.createPerson({ name: 'Maiden Name Vanished' });
    await gallery.addFaces(id, [{ embedding: mine![0]!, source: 'vanished-source.jpg', thumbnail }]);
    await gallery.addFaces(old.id, [{ embedding: mine![1]!, source: 'vanished-too.jpg' }]);
    await gallery.addFaces(keep.id, [{ embedding: others![0]!, source: 'kept-source.jpg' }]);
    await gallery.addNegative(id, { embedding: others![2]!, source: 'vanished-negative' });
    await gallery.mergePerson(old.id, id);
    await gallery.renamePerson(id, 'Renamed Vanished');

    const needles = [
      ...['Ermintrude', 'Renamed Vanished', 'Maiden Name', 'consent-text', 'vanished', 'thumbnail-of'].map(
        (text) => Buffer.from(text),
      ),
      ...piecesOf(mine![0]!),
      ...piecesOf(mine![1]!),
      ...piecesOf(others![2]!),
    ];
    expect(filesContaining(directory, needles)).not.toEqual([]);
    expect(await gallery.deletePerson(id)).toBe(2);
    expect(filesContaining(directory, needles)).toEqual([]);
    // The search for bytes does find what is kept: it is no empty promise.
    expect(filesContaining(directory, [Buffer.from('kept-source.jpg')])).toEqual(['g.db']);

    expect((await gallery.search(mine![2]!, { limit: 10 })).map(({ person }) => person.name)).toEqual([
      'Stays',
    ]);
    expect(await gallery.getPerson(id)).toBeNull();
    expect((await gallery.listFaces()).items.map(({ personId }) => personId)).toEqual([keep.id]);
    for await (const record of gallery.export()) expect(JSON.stringify(record)).not.toContain(id);
    await gallery.dispose();
    expect(filesContaining(directory, needles)).toEqual([]);
  });

  it('removes a single face', async () => {
    const directory = folder();
    const gallery = await open({ path: join(directory, 'g.db') });
    const [photos] = syntheticPeople(1, 2);
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const added = await gallery.addFaces(
      id,
      photos!.map((embedding) => ({ embedding })),
    );
    await gallery.deleteFace(added[0]!.face.id);
    expect(filesContaining(directory, piecesOf(photos![0]!))).toEqual([]);
    expect(filesContaining(directory, piecesOf(photos![1]!))).toEqual(['g.db']);
    expect((await gallery.search(photos![0]!))[0]!.distance).toBeGreaterThan(0.1);
    await expect(gallery.deleteFace(added[0]!.face.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('leaves no byte after thousands of insertions, renamings, merges and deletions', async () => {
    const directory = folder();
    const gallery = await open({ path: join(directory, 'g.db') });
    const random = createRandom(7);
    const people = syntheticPeople(400, 3);
    const ids: string[] = [];
    const nameOf = (i: number, what: string) => `${what}-${i}-${'x'.repeat(random.int(40))}-end`;
    const names = people.map(() => [] as string[]);
    for (const [i, photos] of people.entries()) {
      const name = nameOf(i, 'first');
      const { id } = await gallery.createPerson({ name });
      ids.push(id);
      names[i]!.push(`first-${i}-x`, `second-${i}-x`);
      await gallery.addFaces(
        id,
        photos.map((embedding, j) => ({ embedding, source: `source-${i}-${j}.` })),
      );
    }
    for (const i of random.shuffle(Array.from(people.keys())).slice(0, 150)) {
      await gallery.renamePerson(ids[i]!, nameOf(i, 'second'));
    }
    const gone = random.shuffle(Array.from(people.keys())).slice(0, 200);
    for (const [turn, i] of gone.entries()) {
      // Every third person is merged into the next one to be deleted.
      if (turn % 3 === 0 && turn + 1 < gone.length) await gallery.mergePerson(ids[i]!, ids[gone[turn + 1]!]!);
      else await gallery.deletePerson(ids[i]!);
    }
    expect((await gallery.stats()).people).toBe(200);
    const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
    for (const i of gone) {
      const texts = [...names[i]!, `source-${i}-`].map((text) => Buffer.from(text));
      const needles = [...texts, ...people[i]!.flatMap(piecesOf)];
      expect(
        files.some((bytes) => needles.some((needle) => bytes.includes(Buffer.from(needle)))),
        `person ${i}`,
      ).toBe(false);
    }
  });
});
