import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type SqliteDriver from 'libsql';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random/random.ts';
import { clearUnusedBytes } from '../../src/gallery/stores/sqlite/unused-bytes.ts';
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

  // SQLite copies rows to other pages while it balances its trees; each seed balances them in another way.
  it.each([6, 8, 13])(
    'leaves no name in what balanced trees have left, seed %i',
    async (seed) => {
      const directory = folder();
      const gallery = await open({ path: join(directory, 'g.db') });
      const random = createRandom(seed);
      const text = (): string => Array.from({ length: 18 }, () => random.int(16).toString(16)).join('');
      const records = Array.from({ length: 700 }, () => ({
        type: 'person',
        id: `${'0'.repeat(18)}${text()}`,
        name: `N${text()}${'y'.repeat(random.int(3) === 0 ? random.int(170) : 0)}`,
        createdAt: '2026-01-01T00:00:00Z',
        expiresAt: null,
        consent: random.int(9) === 0 ? { text: text().repeat(300), at: '2026-01-01T00:00:00Z' } : null,
      }));
      await gallery.import(records);
      const gone: string[] = [];
      const embeddings: Float32Array[] = [];
      for (const { id, name, consent } of random.shuffle(records).slice(0, 150)) {
        const fate = random.int(4);
        gone.push(name);
        if (consent) gone.push(consent.text.slice(0, 18));
        if (fate === 0) await gallery.renamePerson(id, `R${text()}`);
        if (fate === 1) await gallery.updatePerson(id, { consent: { text: 'other', at: new Date() } });
        if (fate === 2) {
          const [photos] = syntheticPeople(1, 3, { seed: gone.length });
          embeddings.push(...photos!);
          await gallery.addFaces(
            id,
            photos!.map((embedding) => ({ embedding, source: name })),
          );
          const other = await gallery.createPerson({ name: `M${text()}` });
          gone.push(other.name, other.id);
          const { id: mergeId } = await gallery.mergePerson(id, other.id);
          if (random.int(2) === 0) await gallery.undoMerge(mergeId);
          await gallery.deletePerson(other.id);
        }
        if (fate !== 2 || (await gallery.getPerson(id))) await gallery.deletePerson(id);
        gone.push(id);
      }
      const contents = () => readdirSync(directory).map((name) => readFileSync(join(directory, name)));
      const needles = [...gone.map((each) => Buffer.from(each)), ...embeddings.flatMap(piecesOf)];
      const found = (): number =>
        contents().reduce(
          (sum, bytes) => sum + needles.filter((needle) => bytes.includes(Buffer.from(needle))).length,
          0,
        );
      expect(found()).toBe(0);
      await gallery.dispose();
      expect(found()).toBe(0);
      expect(pagesWithRemains(join(directory, 'g.db'))).toEqual([]);
    },
    60_000,
  );

  it('erases what an earlier version or a killed process left, when the gallery is opened', async () => {
    const path = join(folder(), 'g.db');
    const Driver = createRequire(import.meta.url)('libsql') as typeof SqliteDriver;
    await (await open({ path })).dispose();
    // As earlier versions wrote: SQLite alone moves the log's pages into the file.
    const database = new Driver(path);
    database.exec('PRAGMA secure_delete = ON');
    const add = database.prepare('INSERT INTO person (id, name, created_at) VALUES (?, ?, 0)');
    const random = createRandom(3);
    database.exec('BEGIN');
    for (let i = 0; i < 2000; i++)
      add.run([`id-${random.int(2 ** 32)}-${i}`, `name-${random.int(2 ** 32)}-${i}`]);
    database.exec('COMMIT');
    database.exec('DELETE FROM person WHERE seq % 3 > 0');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    expect(pagesWithRemains(path)).not.toEqual([]);
    const gallery = await open({ path });
    expect((await gallery.stats()).people).toBe(666);
    await gallery.dispose();
    expect(pagesWithRemains(path)).toEqual([]);
  });

  it('erases what other processes have moved out of the log meanwhile', async () => {
    const path = join(folder(), 'g.db');
    const mine = await open({ path });
    const theirs = await open({ path });
    for (let i = 0; i < 50; i++) {
      const gallery = i % 2 === 0 ? mine : theirs;
      const people = await Promise.all(
        Array.from({ length: 4 }, (_, j) =>
          gallery.createPerson({ name: `Gone ${(i * 7919) % 1000} ${i} ${j}` }),
        ),
      );
      for (const { id } of people) await (i % 3 === 0 ? mine : theirs).deletePerson(id);
    }
    await mine.dispose();
    await theirs.dispose();
    expect(filesContaining(dirname(path), [Buffer.from('Gone ')])).toEqual([]);
    expect(pagesWithRemains(path)).toEqual([]);
  });
});

/** Numbers of the pages of a closed gallery that hold bytes of no row. */
function pagesWithRemains(path: string): number[] {
  const bytes = readFileSync(path);
  const numbers = Array.from({ length: bytes.length / 4096 }, (_, i) => i + 1);
  return numbers.filter((n) => clearUnusedBytes(bytes.subarray((n - 1) * 4096, n * 4096), n));
}
