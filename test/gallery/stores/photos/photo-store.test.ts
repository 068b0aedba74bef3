import { expect, it } from 'vitest';
import { openPhotos } from '../../../../src/gallery/stores/photos/open-photos.ts';
import type {
  FaceKnowledgeRow,
  PhotoFaceRow,
  PhotoRow,
  PhotoStore,
} from '../../../../src/gallery/stores/photos/photo-store.ts';
import { describePhotos } from './describe-photos.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const EMBEDDING = Float32Array.from({ length: 8 }, (_, i) => (i + 1) / 8);

function photo(id: string, rest: Partial<PhotoRow> = {}): PhotoRow {
  return {
    ...{ id, sha256: id.padStart(64, '0'), kind: 'picture', width: 640, height: 480, durationMs: null },
    ...{ takenAt: new Date(NOW), model: 'm', scannedAt: new Date(NOW), ...rest },
  };
}

function face(id: string, photoId: string, rest: Partial<PhotoFaceRow> = {}): PhotoFaceRow {
  return {
    ...{ id, photoId, frameMs: null, box: { left: 1.5, top: 2, width: 30, height: 40 } },
    landmarks: { layout: 'five', points: Array.from({ length: 5 }, (_, i) => [i, i / 2] as const) },
    ...{ score: 0.9, quality: 0.5, facts: { yaw: 0.1 }, embedding: EMBEDDING, model: 'm' },
    ...{ thumbnail: Uint8Array.of(1, 2, 3), ...rest },
  };
}

const file = (path: string, photoId: string) => ({ path, photoId, size: 10, mtimeMs: NOW });
const failure = (path: string) => ({
  ...{ path, size: 10, mtimeMs: NOW, code: 'ERR_IMAGE_DECODE', message: 'broken', at: new Date(NOW) },
});
const unknown: FaceKnowledgeRow = { personId: null, decidedBy: null, notPersonIds: [], isIgnored: false };
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

/** Photos, each at a path of its own, with faces. */
async function keep(
  store: PhotoStore,
  photos: Readonly<Record<string, readonly string[]>>,
  rest: (id: string) => Partial<PhotoRow> = () => ({}),
): Promise<void> {
  await store.transaction(async (rows) => {
    const scan = await rows.nextScan();
    for (const [id, faces] of Object.entries(photos)) {
      await rows.putPhoto(photo(id, rest(id)));
      await rows.insertFaces(faces.map((name) => face(name, id)));
      await rows.putFile(file(`/photos/${id}.jpg`, id), scan);
    }
  });
}

describePhotos((open) => {
  it('keeps what is written of a photo and its faces, as it was written', async () => {
    const { store, again } = await open();
    await keep(store, { a: ['1', '2'] });
    const other = await again();
    const kept = (await other.photos(['a', 'none'])).get('a')!;
    expect(kept).toEqual({ ...photo('a'), seq: kept.seq, paths: ['/photos/a.jpg'], faces: 2 });
    expect(await other.photoIdOfContent(photo('a').sha256)).toBe('a');
    expect(await other.photoAt('/photos/a.jpg')).toEqual(kept);
    expect(await other.photoAt('/photos/b.jpg')).toBeNull();
    const { thumbnail: _, ...facts } = face('1', 'a');
    const expected = { ...facts, ...unknown, hasThumbnail: true, groupId: null, groupConfidence: null };
    const [first] = await other.facesOf(['a']);
    expect(first).toEqual({ ...expected, seq: first!.seq });
    expect([...(await other.faces(['2', 'none'])).keys()]).toEqual(['2']);
    expect([...(await other.findThumbnail('1'))!.thumbnail!]).toEqual([1, 2, 3]);
    expect(await other.findThumbnail('none')).toBeNull();
    await store.transaction((rows) => rows.insertFaces([face('3', 'a', { thumbnail: null, frameMs: 2500 })]));
    expect(await other.findThumbnail('3')).toEqual({ thumbnail: null });
    expect((await other.faces(['3'])).get('3')).toMatchObject({ hasThumbnail: false, frameMs: 2500 });
  });

  it('keeps nothing of a transaction that fails', async () => {
    const { store } = await open();
    const failing = store.transaction(async (rows) => {
      await rows.putPhoto(photo('a'));
      await rows.insertFaces([face('1', 'a')]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await store.photoIdOfContent(photo('a').sha256)).toBeNull();
    expect(await store.listFaces({ limit: 5 })).toEqual([]);
  });

  it('keeps one photo of one content', async () => {
    const { store } = await open();
    await keep(store, { a: [] });
    const twice = store.transaction((rows) => rows.putPhoto({ ...photo('b'), sha256: photo('a').sha256 }));
    await expect(twice).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('gives a path to one photo or to a failure', async () => {
    const { store } = await open();
    await keep(store, { a: [], b: [] });
    const path = '/photos/a.jpg';
    await store.transaction((rows) => rows.putFailure(failure(path), 1));
    expect((await store.files([path])).size).toBe(0);
    expect((await store.failures([path, 'none'])).get(path)).toEqual(failure(path));
    await store.transaction((rows) => rows.putFile(file(path, 'b'), 1));
    expect(await store.listFailures({ limit: 5 })).toEqual([]);
    expect((await store.photoAt(path))!.paths).toEqual(['/photos/a.jpg', '/photos/b.jpg']);
  });

  it('removes what a scan did not see, under its folder alone and not where it could not look', async () => {
    const { store } = await open();
    const paths = ['/a/1.jpg', '/a/2.jpg', '/a/locked/3.jpg', '/a b/4.jpg', '/ä/5.jpg', '/a'];
    const scan = await store.transaction(async (rows) => {
      const number = await rows.nextScan();
      await rows.putPhoto(photo('a'));
      for (const path of paths) await rows.putFile(file(path, 'a'), number);
      for (const path of ['/a/x.jpg', '/b/y.jpg']) await rows.putFailure(failure(path), number);
      return number;
    });
    const next = await store.transaction(async (rows) => {
      const number = await rows.nextScan();
      await rows.seeFiles(['/a/2.jpg', '/a'], number);
      return number;
    });
    expect(next).toBeGreaterThan(scan);
    expect(await store.transaction((rows) => rows.removeUnseen('/a', next, ['/a/locked']))).toBe(1);
    expect([...(await store.files(paths)).keys()].sort()).toEqual(
      paths.filter((path) => path !== '/a/1.jpg').sort(),
    );
    expect((await store.listFailures({ limit: 5 })).map(({ path }) => path)).toEqual(['/b/y.jpg']);
    expect(await store.listFailures({ after: '/b/y.jpg', limit: 5 })).toEqual([]);
  });

  it('hides photos whose files are gone, until they are pruned', async () => {
    const { store, gallery } = await open();
    const ada = await gallery.createPerson({ name: 'Ada' });
    await keep(store, { a: ['1'], b: ['2'], c: [] });
    await store.transaction(async (rows) => {
      await rows.setKnowledge('2', { ...unknown, personId: ada.id });
      await rows.removeUnseen('/photos', (await rows.nextScan()) + 1);
      await rows.putFile(file('/photos/c.jpg', 'c'), 9);
    });
    expect(ids(await store.listPhotos({ limit: 5 }))).toEqual(['c']);
    expect(ids(await store.listPhotos({ limit: 5, hidden: true }))).toEqual(['b', 'a']);
    expect(await store.transaction((rows) => rows.prune({ keepNamed: true }))).toBe(1);
    expect(ids(await store.listFaces({ limit: 5 }))).toEqual(['2']);
    expect(await store.transaction((rows) => rows.prune({ keepNamed: false }))).toBe(1);
    expect(await store.findThumbnail('2')).toBeNull();
    await store.forget();
  });

  it('lists photos by who is in them, when and where they were taken', async () => {
    const { store } = await open();
    const year = (id: string) => new Date(Date.UTC(2018 + Number(id), 0));
    await keep(store, { 1: ['1a'], 2: ['2a', '2b'], 3: ['3b'], 4: [] }, (id) => ({
      takenAt: id === '4' ? null : year(id),
      kind: id === '4' ? 'film' : 'picture',
    }));
    await store.transaction(async (rows) => {
      for (const [id, personId] of Object.entries({ '1a': 'a', '2a': 'a', '2b': 'b' }))
        await rows.setKnowledge(id, { ...unknown, personId });
      await rows.putFile(file('/other/1.jpg', '1'), 1);
    });
    const list = async (query = {}) => {
      const found = ids(await store.listPhotos({ limit: 9, ...query }));
      expect(await store.countPhotos(query)).toBe(found.length);
      return found;
    };
    expect(await list()).toEqual(['3', '2', '1', '4']);
    expect(await list({ personIds: ['a'] })).toEqual(['2', '1']);
    expect(await list({ personIds: ['a', 'b'] })).toEqual(['2']);
    expect(await list({ personIds: ['a'], withoutPersonIds: ['b'] })).toEqual(['1']);
    expect(await list({ from: year('2') })).toEqual(['3', '2']);
    expect(await list({ to: year('2') })).toEqual(['1']);
    expect(await list({ kind: 'film' })).toEqual(['4']);
    expect(await list({ folder: '/other' })).toEqual(['1']);
    expect(await list({ withNameless: true })).toEqual(['3']);
    expect(ids(await store.listPhotos({ limit: 2, offset: 1 }))).toEqual(['2', '1']);
  });

  it('lists faces by what is known of them, page by page, and what changed since', async () => {
    const { store } = await open();
    await keep(store, { a: ['1', '2', '3'] });
    const before = await store.revision();
    await store.transaction(async (rows) => {
      await rows.setKnowledge('1', { ...unknown, personId: 'p', decidedBy: 'd' });
      await rows.setKnowledge('2', { ...unknown, notPersonIds: ['q'], isIgnored: true });
    });
    const list = async (query = {}) => ids(await store.listFaces({ limit: 9, ...query }));
    expect(await list()).toEqual(['1', '2', '3']);
    expect(await list({ personId: 'p' })).toEqual(['1']);
    expect(await list({ named: true })).toEqual(['1']);
    expect(await list({ named: false, ignored: false })).toEqual(['3']);
    expect(await list({ ignored: true })).toEqual(['2']);
    expect(await list({ since: before })).toEqual(['1', '2']);
    expect(await list({ since: await store.revision() })).toEqual([]);
    expect(await list({ notOfModel: 'm' })).toEqual([]);
    const [first] = await store.listFaces({ limit: 1 });
    expect(await list({ after: first!.seq, limit: 1 })).toEqual(['2']);
    expect((await store.faces(['2'])).get('2')).toMatchObject({ notPersonIds: ['q'], isIgnored: true });
    await store.transaction((rows) => rows.deleteFaces(['1', '3']));
    expect(await list()).toEqual(['2']);
  });

  it('keeps groups and the grouping that they are of', async () => {
    const { store } = await open();
    await keep(store, { a: ['1', '2'], b: ['3', '4'] });
    const revision = await store.revision();
    await store.transaction(async (rows) => {
      const group = { groupId: 'g', confidence: 0.9 };
      await rows.setGroups([
        ...['1', '3'].map((faceId) => ({ faceId, ...group })),
        { faceId: '2', groupId: 'h', confidence: 0.5 },
        { faceId: '4', groupId: null, confidence: null },
      ]);
      await rows.putGrouping({ state: '{"version":1}', suggestions: '[]', revision });
    });
    expect(await store.revision()).toBe(revision);
    expect(await store.grouping()).toEqual({ state: '{"version":1}', suggestions: '[]', revision });
    const g = { groupId: 'g', confidence: 0.9, faces: 2, photos: 2, personId: null };
    const h = { groupId: 'h', confidence: 0.5, faces: 1, photos: 1, personId: null };
    expect(await store.listGroups({ limit: 5 })).toEqual([g, h]);
    expect(await store.listGroups({ limit: 5, offset: 1 })).toEqual([h]);
    expect(ids(await store.listFaces({ groupId: 'g', limit: 5 }))).toEqual(['1', '3']);
    await store.transaction((rows) => rows.setKnowledge('1', { ...unknown, personId: 'p' }));
    expect(await store.listGroups({ limit: 5, named: true })).toEqual([{ ...g, personId: 'p' }]);
    expect(await store.listGroups({ limit: 5, named: false })).toEqual([h]);
  });

  it('makes faces nameless whose person is deleted, and hands them on where people are merged', async () => {
    const { store, gallery } = await open();
    const [ann, anna, bob] = [
      await gallery.createPerson({ name: 'Ann' }),
      await gallery.createPerson({ name: 'Anna' }),
      await gallery.createPerson({ name: 'Bob' }),
    ];
    const decision = { at: new Date(NOW), kind: 'name', undoneAt: null, changes: {} } as const;
    await keep(store, { a: ['1', '2'], b: ['3'] });
    await store.transaction(async (rows) => {
      await rows.setKnowledge('1', { ...unknown, personId: ann.id, decidedBy: 'd' });
      await rows.setKnowledge('2', { ...unknown, personId: bob.id, decidedBy: 'e', notPersonIds: [ann.id] });
      await rows.insertDecision({ ...decision, id: 'd', personId: ann.id });
      await rows.insertDecision({ ...decision, id: 'e', personId: bob.id });
    });
    const before = await store.revision();
    await gallery.mergePerson(ann.id, anna.id);
    expect((await store.faces(['1'])).get('1')!.personId).toBe(anna.id);
    expect((await store.faces(['2'])).get('2')!.notPersonIds).toEqual([anna.id]);
    expect((await store.findDecision('d'))!.personId).toBe(anna.id);
    expect(ids(await store.listFaces({ since: before, limit: 5 }))).toEqual(['1', '2']);
    const seen = { faces: 1, photos: 1, firstTakenAt: new Date(NOW), lastTakenAt: new Date(NOW) };
    expect(await store.listPeople()).toEqual([
      { personId: anna.id, name: 'Anna', ...seen },
      { personId: bob.id, name: 'Bob', ...seen },
    ]);
    const merged = await store.revision();
    await gallery.deletePerson(bob.id);
    expect((await store.faces(['2'])).get('2')).toMatchObject({ personId: null, decidedBy: null });
    expect(await store.findDecision('e')).toBeNull();
    expect(ids(await store.listFaces({ since: merged, limit: 5 }))).toEqual(['2']);
    expect([...(await store.personIds(['Anna', 'Bob']))]).toEqual([['Anna', anna.id]]);
    expect([...(await store.peopleByIds([anna.id, bob.id]))]).toEqual([[anna.id, 'Anna']]);
  });

  it('keeps decisions, newest first, and that they were undone', async () => {
    const { store } = await open();
    const changes = { faces: [{ ...unknown, id: '1', groupId: 'g' }], enrolledFaceIds: ['f'] };
    const decision = { at: new Date(NOW), kind: 'name', personId: 'p', undoneAt: null, changes } as const;
    await store.transaction(async (rows) => {
      await rows.insertDecision({ ...decision, id: '1' });
      await rows.insertDecision({ ...decision, id: '2', kind: 'split' });
    });
    expect(await store.listDecisions(5)).toEqual([
      { ...decision, id: '2', kind: 'split' },
      { ...decision, id: '1' },
    ]);
    await store.transaction((rows) => rows.setUndone('1', new Date(NOW + 1)));
    expect(await store.findDecision('1')).toMatchObject({ undoneAt: new Date(NOW + 1), personId: null });
  });

  it('finds the decisions that were left half done alone', async () => {
    const { store } = await open();
    const decision = { at: new Date(NOW), kind: 'name', personId: null, undoneAt: null } as const;
    await store.transaction(async (rows) => {
      await rows.insertDecision({
        ...decision,
        id: 'done',
        changes: { createdPersonIds: ['"pending":"begun"'] },
      });
      await rows.insertDecision({ ...decision, id: 'begun', changes: { pending: 'begun' } });
      await rows.insertDecision({ ...decision, id: 'undoing', changes: { pending: 'undoing' } });
    });
    expect((await store.pendingDecisions()).map(({ id }) => id)).toEqual(['undoing', 'begun']);
  });

  it('counts what there is', async () => {
    const { store } = await open();
    await keep(store, { a: ['1', '2'], b: [] }, (id) => ({ kind: id === 'a' ? 'raw' : 'film' }));
    await store.transaction(async (rows) => {
      await rows.putFailure(failure('/photos/b.jpg'), 1);
      await rows.setKnowledge('1', { ...unknown, personId: 'p' });
    });
    expect(await store.stats()).toEqual({
      ...{ files: 1, photos: 2, hidden: 1, films: 1, raws: 1, faces: 2, named: 1, ignored: 0, failures: 1 },
      ...{ alone: 1, namelessGroups: 0 },
      bytes: 10,
    });
  });

  it('throws ERR_DISPOSED after dispose()', async () => {
    const { store } = await open();
    await store.dispose();
    await expect(store.stats()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    await expect(store.transaction((rows) => rows.nextScan())).rejects.toMatchObject({
      code: 'ERR_DISPOSED',
    });
  });
});

it('refuses libraries that are kept nowhere', async () => {
  await expect(openPhotos('memory:')).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
});
