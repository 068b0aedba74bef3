import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { passTime } from '../pass-time.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { STORES, temporaryGalleries } from './temporary-gallery.ts';

const { open: openFile, openIn, folder } = temporaryGalleries();
const MINUTE = 60_000;
const faces = (...embeddings: Float32Array[]) => embeddings.map((embedding) => ({ embedding }));

describe.each(STORES)('Gallery over %s: people', (store) => {
  const open = openIn(store);

  it('creates, finds, renames and lists people', async () => {
    const gallery = await open();
    const ann = await gallery.createPerson({ name: '  Ann  ' });
    expect(ann).toMatchObject({ name: 'Ann', faces: 0, expiresAt: null, consent: null });
    await gallery.createPerson({ name: 'Bob' });
    await expect(gallery.createPerson({ name: 'Ann' })).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    expect((await gallery.renamePerson(ann.id, 'Anna')).name).toBe('Anna');
    await expect(gallery.renamePerson(ann.id, 'Bob')).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    expect((await gallery.renamePerson(ann.id, 'Anna')).name).toBe('Anna');
    expect(await gallery.findPerson('Ann')).toBeNull();
    expect((await gallery.findPerson('Anna'))?.id).toBe(ann.id);
    expect((await gallery.listPeople({ query: 'nn' })).items.map(({ name }) => name)).toEqual(['Anna']);
    await expect(gallery.renamePerson('nobody', 'X')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('treats composed and decomposed letters as one name', async () => {
    const gallery = await open();
    await gallery.createPerson({ name: 'Zo\u00eb' });
    await expect(gallery.createPerson({ name: 'Zoe\u0308' })).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('keeps hostile names as plain text', async () => {
    const directory = folder();
    const gallery = await open(store === 'sqlite' ? { path: join(directory, 'g.db') } : {});
    const names = [
      `Robert'); DROP TABLE person;--`,
      '../../etc/passwd',
      '%',
      '_',
      '" OR 1=1 --',
      '<script>alert(1)</script>',
      '😀 abc',
      '$' + '{jndi:x}',
    ];
    for (const name of names) await gallery.createPerson({ name });
    // A sign that turns the text around is not kept, and does not make another name.
    await expect(gallery.createPerson({ name: '😀 \u202e abc' })).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    expect((await gallery.findPerson('\u2068%\u2069'))?.name).toBe('%');
    expect((await gallery.listPeople()).items.map(({ name }) => name)).toEqual(names);
    expect((await gallery.listPeople({ query: '%' })).items.map(({ name }) => name)).toEqual(['%']);
    for (const name of names) expect((await gallery.findPerson(name))?.name).toBe(name);
    const files = store === 'sqlite' ? ['g.db', 'g.db-shm', 'g.db-wal'] : [];
    expect(readdirSync(directory).sort()).toEqual(files);
  });

  it.each([[''], ['   '], ['a\u0000b'], ['a\nb'], ['x'.repeat(201)], ['\ud800'], [42 as unknown as string]])(
    'refuses the name %j',
    async (name) => {
      const gallery = await open();
      await expect(gallery.createPerson({ name })).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    },
  );

  it('pages through people without gaps, even when people go in between', async () => {
    const gallery = await open();
    const people = [];
    for (let i = 0; i < 7; i++) people.push(await gallery.createPerson({ name: `P${i}` }));
    const first = await gallery.listPeople({ limit: 3 });
    expect(first.items.map(({ name }) => name)).toEqual(['P0', 'P1', 'P2']);
    await gallery.deletePerson(people[2]!.id);
    const second = await gallery.listPeople({ limit: 4, cursor: first.nextCursor });
    expect(second.items.map(({ name }) => name)).toEqual(['P3', 'P4', 'P5', 'P6']);
    expect(second.nextCursor).toBeNull();
    await expect(gallery.listPeople({ cursor: 'x' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(gallery.listPeople({ limit: 0 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });

  it('keeps consent and expiry, and answers nothing about whoever has expired', async () => {
    const gallery = await open({ thumbnails: true });
    const [[photo] = []] = syntheticPeople(1, 1);
    const consent = { text: 'May be recognized at the door.', at: new Date('2026-01-02T03:04:05Z') };
    const guest = await gallery.createPerson({
      name: 'Guest',
      consent,
      expiresAt: new Date(Date.now() + 2 * MINUTE),
    });
    expect((await gallery.getPerson(guest.id))?.consent).toEqual(consent);
    const thumbnail = Uint8Array.of(1, 2, 3);
    const [added] = await gallery.addFaces(guest.id, [{ embedding: photo!, thumbnail }]);
    expect(await gallery.search(photo!)).toHaveLength(1);
    expect([...(await gallery.getThumbnail(added!.face.id))!]).toEqual([...thumbnail]);
    const soon = new Date(Date.now() + MINUTE);
    expect(await gallery.updatePerson(guest.id, { expiresAt: soon })).toMatchObject({ expiresAt: soon });
    passTime(MINUTE);
    expect(await gallery.getPerson(guest.id)).toBeNull();
    expect(await gallery.search(photo!)).toEqual([]);
    expect(await gallery.getFace(added!.face.id)).toBeNull();
    await expect(gallery.getThumbnail(added!.face.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect((await gallery.listPeople()).items).toEqual([]);
    expect((await gallery.listFaces()).items).toEqual([]);
    expect((await gallery.trainingSet()).labels).toEqual([]);
    expect(await gallery.purgeExpired()).toBe(1);
    expect(await gallery.stats()).toMatchObject({ people: 0, faces: 0 });
  });
});

describe.each(STORES)('Gallery over %s: times that are over', (store) => {
  const open = openIn(store);

  it.each([-1, -86_400_000, 0])(
    'are refused as an expiry (%d ms from now), and nothing changes',
    async (ms) => {
      const gallery = await open();
      const expiresAt = new Date(Date.now() + ms);
      const refused = { code: 'ERR_INVALID_ARGUMENT', message: expect.stringContaining('a time to come') };
      await expect(gallery.createPerson({ name: 'Ada', expiresAt })).rejects.toMatchObject(refused);
      const { id } = await gallery.createPerson({ name: 'Ada' });
      await expect(gallery.updatePerson(id, { expiresAt })).rejects.toMatchObject(refused);
      expect(await gallery.getPerson(id)).toMatchObject({ name: 'Ada', expiresAt: null });
    },
  );

  it('make room for somebody of the same name, who may come before any purge', async () => {
    const gallery = await open();
    const soon = () => new Date(Date.now() + MINUTE);
    const { id } = await gallery.createPerson({ name: 'Guest', expiresAt: soon() });
    const { id: other } = await gallery.createPerson({ name: 'Other' });
    passTime(MINUTE);
    expect(await gallery.getPerson(id)).toBeNull();
    const again = await gallery.createPerson({ name: 'Guest', expiresAt: soon() });
    expect(again.id).not.toBe(id);
    passTime(MINUTE);
    expect(await gallery.getPerson(again.id)).toBeNull();
    expect(await gallery.renamePerson(other, 'Guest')).toMatchObject({ id: other, name: 'Guest' });
    expect((await gallery.stats()).people).toBe(1);
  });
});

describe.each(STORES)('Gallery over %s: faces and search', (store) => {
  const open = openIn(store);

  it('finds the person of a face that it has never seen, at once after enrollment', async () => {
    const gallery = await open();
    const people = syntheticPeople(20, 4);
    for (const [i, photos] of people.entries()) {
      const person = await gallery.createPerson({ name: `P${i}` });
      await gallery.addFaces(person.id, faces(photos[0]!, photos[1]!));
      const [best] = await gallery.search(photos[2]!);
      expect(best?.person).toEqual({ id: person.id, name: `P${i}` });
    }
    for (const [i, photos] of people.entries()) {
      const found = await gallery.search(photos[3]!, { limit: 3 });
      expect(found).toHaveLength(3);
      expect(found[0]!.person.name).toBe(`P${i}`);
      expect(found[0]!.probability).toBeGreaterThan(0.9);
      expect(found.map(({ distance }) => distance)).toEqual(
        found.map(({ distance }) => distance).toSorted((a, b) => a - b),
      );
    }
  });

  it('gives the exact Euclidean distance and the winning face', async () => {
    const gallery = await open();
    const person = await gallery.createPerson({ name: 'Ann' });
    const [[a, b, probe] = []] = syntheticPeople(1, 3);
    const added = await gallery.addFaces(person.id, [
      { embedding: a!, source: 'a.jpg' },
      { embedding: b!, source: 'b.jpg' },
    ]);
    const distance = (x: Float32Array) => Math.hypot(...x.map((value, i) => value - probe![i]!));
    const nearest = distance(a!) < distance(b!) ? 0 : 1;
    const [best] = await gallery.search(probe!);
    expect(best!.distance).toBeCloseTo(distance([a!, b!][nearest]!), 5);
    expect(best!.face).toEqual({ id: added[nearest]!.face.id, source: ['a.jpg', 'b.jpg'][nearest] });
  });

  it('measures 1 - cosine where the gallery is made for it', async () => {
    const gallery = await open({ metric: 'cosine' });
    const person = await gallery.createPerson({ name: 'Ann' });
    const [[a, probe] = []] = syntheticPeople(1, 2);
    await gallery.addFaces(person.id, faces(a!.map((value) => value * 7)));
    const dot = a!.reduce((sum, value, i) => sum + value * probe![i]!, 0);
    const cosine = dot / (Math.hypot(...a!) * Math.hypot(...probe!));
    expect((await gallery.search(probe!))[0]!.distance).toBeCloseTo(1 - cosine, 5);
  });

  it('leaves out people who are too far or too improbable', async () => {
    const gallery = await open();
    const [[own, probe] = [], [other] = []] = syntheticPeople(2, 2);
    for (const [name, embedding] of [
      ['Ann', own!],
      ['Bob', other!],
    ] as const) {
      await gallery.addFaces((await gallery.createPerson({ name })).id, faces(embedding));
    }
    const names = async (options: object) =>
      (await gallery.search(probe!, options)).map(({ person }) => person.name);
    expect(await names({})).toEqual(['Ann', 'Bob']);
    expect(await names({ maxDistance: 0.6 })).toEqual(['Ann']);
    expect(await names({ minProbability: 0.5 })).toEqual(['Ann']);
    expect(await names({ limit: 1 })).toEqual(['Ann']);
    expect(await names({ maxDistance: 0.001 })).toEqual([]);
    for (const options of [{ limit: 0 }, { limit: 101 }, { maxDistance: -1 }, { minProbability: 2 }]) {
      await expect(gallery.search(probe!, options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    }
  });

  it('finds other people behind somebody with very many faces', async () => {
    const gallery = await open();
    const [crowd] = syntheticPeople(1, 300);
    const [, [other] = []] = syntheticPeople(2, 1, { seed: 5 });
    await gallery.addFaces((await gallery.createPerson({ name: 'Many' })).id, faces(...crowd!));
    await gallery.addFaces((await gallery.createPerson({ name: 'One' })).id, faces(other!));
    const found = await gallery.search(crowd![0]!, { limit: 2 });
    expect(found.map(({ person }) => person.name)).toEqual(['Many', 'One']);
  });

  it.each([
    ['another dimension', new Float32Array(64).fill(1), 'ERR_SHAPE_MISMATCH'],
    ['NaN', new Float32Array(128).fill(1).with(3, Number.NaN), 'ERR_INVALID_ARGUMENT'],
    ['infinity', new Float32Array(128).fill(1).with(3, Number.POSITIVE_INFINITY), 'ERR_INVALID_ARGUMENT'],
    ['only zeros', new Float32Array(128), 'ERR_INVALID_ARGUMENT'],
    ['plain numbers', Array(128).fill(1) as unknown as Float32Array, 'ERR_INVALID_ARGUMENT'],
  ])('refuses %s everywhere', async (_, embedding, code) => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    await expect(gallery.addFaces(id, [{ embedding }])).rejects.toMatchObject({ code });
    await expect(gallery.addNegative(id, { embedding })).rejects.toMatchObject({ code });
    await expect(gallery.search(embedding)).rejects.toMatchObject({ code });
    expect((await gallery.stats()).faces).toBe(0);
  });

  it("refuses another embedder's vectors, and keeps the model with every face", async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const [[embedding] = []] = syntheticPeople(1, 1);
    const other = { id: TEST_EMBEDDER.id, sha256: 'cd'.repeat(32) };
    const refusal = { code: 'ERR_MODEL_MISMATCH' };
    await expect(gallery.addFaces(id, [{ embedding: embedding!, embedder: other }])).rejects.toMatchObject(
      refusal,
    );
    await expect(gallery.search(embedding!, { embedder: other })).rejects.toMatchObject(refusal);
    const [added] = await gallery.addFaces(id, [{ embedding: embedding!, embedder: TEST_EMBEDDER }]);
    expect(added!.face.embedder).toEqual({ id: TEST_EMBEDDER.id, sha256: TEST_EMBEDDER.sha256 });
  });

  it('adds all faces of a call or none', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const [[good] = []] = syntheticPeople(1, 1);
    await expect(gallery.addFaces(id, faces(good!, new Float32Array(128)))).rejects.toThrow();
    const longSource = { embedding: good!, source: 'x'.repeat(1001) };
    await expect(gallery.addFaces(id, [{ embedding: good! }, longSource])).rejects.toThrow('source');
    expect((await gallery.stats()).faces).toBe(0);
    expect(await gallery.search(good!)).toEqual([]);
  });

  it('keeps quality and source, and pages through faces', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const [photos] = syntheticPeople(1, 5);
    await gallery.addFaces(
      id,
      photos!.map((embedding, i) => ({ embedding, source: `${i}`, quality: { eyeDistance: 100 + i } })),
    );
    const first = await gallery.listFaces({ personId: id, limit: 3, withEmbeddings: true });
    expect(first.items.map(({ source }) => source)).toEqual(['0', '1', '2']);
    expect(first.items[1]!.embedding).toEqual(photos![1]);
    expect(first.items[1]!.quality).toEqual({ eyeDistance: 101 });
    const rest = await gallery.listFaces({ personId: id, limit: 3, cursor: first.nextCursor });
    expect(rest.items.map(({ source }) => source)).toEqual(['3', '4']);
    expect(rest.items[0]).not.toHaveProperty('embedding');
    expect(await gallery.getFace(first.items[1]!.id)).toEqual(first.items[1]);
    expect(await gallery.getFace(id)).toBeNull();
    await expect(gallery.listFaces({ personId: 'x' })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('keeps thumbnails only where it was told to', async () => {
    const [[embedding] = []] = syntheticPeople(1, 1);
    const face = { embedding: embedding!, thumbnail: Uint8Array.of(1, 2, 3) };
    const plain = await open();
    const { id } = await plain.createPerson({ name: 'Ann' });
    await expect(plain.addFaces(id, [face])).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_OPTION' });
    const gallery = await open({ thumbnails: true });
    const person = await gallery.createPerson({ name: 'Ann' });
    const [added] = await gallery.addFaces(person.id, [face]);
    expect(added!.face.hasThumbnail).toBe(true);
    expect([...(await gallery.getThumbnail(added!.face.id))!]).toEqual([1, 2, 3]);
    const huge = { ...face, thumbnail: new Uint8Array(2 ** 20 + 1) };
    await expect(gallery.addFaces(person.id, [huge])).rejects.toThrow('thumbnail');
  });

  it('warns when a new face is nearer to another person', async () => {
    const gallery = await open();
    const [ann, bob] = syntheticPeople(2, 3);
    const { id: annId } = await gallery.createPerson({ name: 'Ann' });
    const { id: bobId } = await gallery.createPerson({ name: 'Bob' });
    expect((await gallery.addFaces(annId, faces(ann![0]!)))[0]!.nearerPerson).toBeNull();
    expect((await gallery.addFaces(bobId, faces(bob![0]!)))[0]!.nearerPerson).toBeNull();
    expect((await gallery.addFaces(annId, faces(ann![1]!)))[0]!.nearerPerson).toBeNull();
    const [wrong] = await gallery.addFaces(annId, faces(bob![1]!));
    expect(wrong!.nearerPerson).toMatchObject({ id: bobId, name: 'Bob' });
    expect(wrong!.nearerPerson!.distance).toBeLessThan(wrong!.nearerPerson!.ownDistance!);
    const { id: doubleId } = await gallery.createPerson({ name: 'Bob again' });
    const [double] = await gallery.addFaces(doubleId, faces(bob![2]!));
    expect(double!.nearerPerson).toMatchObject({ ownDistance: null });
  });

  it('refuses useless photos and flags poor ones', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const [[embedding] = []] = syntheticPeople(1, 1);
    const poor = [{ embedding: embedding!, quality: { eyeDistance: 25 } }];
    const useless = [{ embedding: embedding!, quality: { eyeDistance: 10 } }];
    const refusal = { code: 'ERR_UNSUITABLE_FACE' };
    await expect(gallery.addFaces(id, useless)).rejects.toMatchObject(refusal);
    await expect(gallery.addFaces(id, poor, { review: 'strict' })).rejects.toMatchObject(refusal);
    expect((await gallery.addFaces(id, poor))[0]!.flags.map(({ code }) => code)).toEqual(['tiny']);
    expect((await gallery.addFaces(id, useless, { review: 'off' }))[0]!.flags).toEqual([]);
  });

  it('learns that a look-alike is not X', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const [ann, twin] = syntheticPeople(2, 3);
    const lookAlike = twin!.map((photo) => photo.map((value, i) => 0.5 * value + 0.5 * ann![0]![i]!));
    await gallery.addFaces(id, faces(ann![0]!));
    expect((await gallery.search(lookAlike[0]!))[0]!.person.name).toBe('Ann');
    const negative = await gallery.addNegative(id, { embedding: lookAlike[1]!, source: 'door' });
    expect(await gallery.search(lookAlike[0]!)).toEqual([]);
    expect((await gallery.search(ann![1]!))[0]!.person.name).toBe('Ann');
    expect((await gallery.listNegatives({ personId: id })).items).toEqual([negative]);
    await gallery.deleteNegative(negative.id);
    expect((await gallery.search(lookAlike[0]!))[0]!.person.name).toBe('Ann');
    await expect(gallery.deleteNegative(negative.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('gives what a classifier is trained with', async () => {
    const gallery = await open();
    const people = syntheticPeople(2, 2);
    for (const [i, photos] of people.entries()) {
      await gallery.addFaces((await gallery.createPerson({ name: `P${i}` })).id, faces(...photos));
    }
    const { embeddings, labels } = await gallery.trainingSet();
    expect(labels).toEqual(['P0', 'P0', 'P1', 'P1']);
    expect(embeddings).toEqual(people.flat());
  });
});

describe('Gallery: the file', () => {
  const open = openFile;

  it('is the same gallery after it was closed', async () => {
    const path = join(folder(), 'g.db');
    const [photos] = syntheticPeople(1, 2);
    const first = await open({ path });
    const { id } = await first.createPerson({ name: 'Ann' });
    await first.addFaces(id, faces(photos![0]!));
    await first.dispose();
    const again = await openGallery(path);
    expect(again.embedder).toEqual(TEST_EMBEDDER);
    expect((await again.search(photos![1]!))[0]!.person.id).toBe(id);
    await again.dispose();
    await again.dispose();
    await expect(again.search(photos![1]!)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });

  it('deletes whoever has expired when it is opened', async () => {
    const path = join(folder(), 'g.db');
    const first = await open({ path });
    await first.createPerson({ name: 'Guest', expiresAt: new Date(Date.now() + MINUTE) });
    await first.dispose();
    passTime(MINUTE);
    const again = await open({ path });
    expect((await again.stats()).people).toBe(0);
    await again.createPerson({ name: 'Guest' });
  });

  it('refuses another embedder, another metric and files that are no gallery', async () => {
    const directory = folder();
    const path = join(directory, 'g.db');
    await open({ path });
    const mismatch = { code: 'ERR_MODEL_MISMATCH' };
    for (const change of [{ sha256: 'cd'.repeat(32) }, { id: 'other' }, { dimension: 64 }]) {
      await expect(open({ path, embedder: { ...TEST_EMBEDDER, ...change } })).rejects.toMatchObject(mismatch);
    }
    await expect(open({ path, metric: 'cosine' })).rejects.toMatchObject(mismatch);
    const text = join(directory, 'text.db');
    writeFileSync(
      text,
      'this is no database, it is a text that is long enough to be taken for one'.repeat(20),
    );
    await expect(open({ path: text })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    await expect(open({ path: join(directory, 'no', 'g.db') })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    const fresh = join(directory, 'fresh.db');
    await expect(openGallery(fresh)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it.skipIf(process.platform === 'win32')('can be read by its owner only', async () => {
    const path = join(folder(), 'g.db');
    const gallery = await open({ path });
    await gallery.createPerson({ name: 'Ann' });
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      expect(existsSync(file)).toBe(true);
      expect(statSync(file).mode & 0o077).toBe(0);
    }
  });
});
