import { expect, it } from 'vitest';
import type {
  AppearanceFaceRow,
  AppearanceRow,
} from '../../../../src/gallery/stores/appearances/appearance-store.ts';
import { openAppearances } from '../../../../src/gallery/stores/appearances/open-appearances.ts';
import { describeAppearances } from './describe-appearances.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const DAY = 86_400_000;
const EMBEDDING = Float32Array.from({ length: 8 }, (_, i) => (i + 1) / 8);

function appearance(id: string, rest: Partial<AppearanceRow> = {}): AppearanceRow {
  return {
    ...{ id, camera: 'door', place: null, startedAt: new Date(NOW), lastSeenAt: new Date(NOW + 1000) },
    ...{ endedAt: new Date(NOW + 1000), personId: null, strangerId: null, decidedBy: null },
    facts: {
      ...{ track: 1, zones: ['path'], candidates: [], probability: 0.5, distance: 0.25, minProbability: 0.5 },
      ...{ maxDistance: 1, quality: 0.75, isSpoof: false, notPersonIds: [], model: 'm', revision: '7' },
      isCutOff: false,
    },
    ...rest,
  };
}

function face(id: string, appearanceId: string, rest: Partial<AppearanceFaceRow> = {}): AppearanceFaceRow {
  return {
    ...{ id, appearanceId, takenAt: new Date(NOW), quality: 0.5, facts: { yaw: 0.1 }, embedding: EMBEDDING },
    ...{ model: 'm', picture: Uint8Array.of(1, 2, 3), ...rest },
  };
}

const stranger = (id: string, rest = {}) => ({
  ...{ id, createdAt: new Date(NOW), isIgnored: false, mergedInto: null, ...rest },
});
const event = (id: string, rest = {}) => ({
  ...{ id, at: new Date(NOW), type: 'face.left', appearanceId: null, personId: null, body: '{}', ...rest },
});
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
const limits = {
  appearancesBefore: new Date(0),
  picturesBefore: new Date(0),
  deletedBefore: new Date(0),
  decisionsBefore: new Date(0),
  eventsBefore: new Date(0),
  maxStrangers: 1000,
};

describeAppearances((open) => {
  it('keeps what is written of an appearance, as it was written', async () => {
    const { store } = await open();
    const row = appearance('a', { place: 'house', strangerId: 's' });
    await store.transaction(async (rows) => {
      await rows.putAppearance(row);
      await rows.putStranger(stranger('s', { isIgnored: true }));
      await rows.insertFace(face('f', 'a'));
    });
    const kept = await store.findAppearance('a');
    expect(kept).toEqual({ ...row, seq: kept!.seq, name: null, isIgnored: true, faces: 1 });
    const { picture: _, ...rest } = face('f', 'a');
    expect(await store.facesOf(['a', 'none'])).toEqual([{ ...rest, hasPicture: true }]);
    expect([...(await store.findPicture('f'))!.picture!]).toEqual([1, 2, 3]);
    expect(await store.findPicture('none')).toBeNull();
    await store.transaction((rows) => rows.putAppearance({ ...row, camera: 'garden' }));
    expect(await store.findAppearance('a')).toEqual({ ...kept, camera: 'garden' });
  });

  it('keeps nothing of a transaction that fails', async () => {
    const { store } = await open();
    const failing = store.transaction(async (rows) => {
      await rows.putAppearance(appearance('a'));
      await rows.insertEvent(event('e'));
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await store.findAppearance('a')).toBeNull();
    expect(await store.eventsAfter(0, 10)).toEqual([]);
  });

  it('lists newest first, by each filter and page by page', async () => {
    const { store, gallery } = await open();
    const ada = await gallery.createPerson({ name: 'Ada' });
    await store.transaction(async (rows) => {
      await rows.putAppearance(appearance('a', { personId: ada.id }));
      await rows.putAppearance(appearance('b', { strangerId: 's', camera: 'garden', place: 'house' }));
      await rows.putAppearance(
        appearance('c', { startedAt: new Date(NOW + DAY), lastSeenAt: new Date(NOW + DAY) }),
      );
      await rows.putAppearance(appearance('d', { endedAt: null }));
      await rows.putStranger(stranger('s'));
      await rows.setPersonIgnored(ada.id, true);
    });
    const list = async (query = {}) => ids(await store.listAppearances({ limit: 10, ...query }));
    expect(await list()).toEqual(['d', 'c', 'b', 'a']);
    expect(await list({ personId: ada.id })).toEqual(['a']);
    expect(await list({ strangerId: 's' })).toEqual(['b']);
    expect(await list({ strangersOnly: true })).toEqual(['b']);
    expect(await list({ camera: 'garden', place: 'house' })).toEqual(['b']);
    expect(await list({ from: new Date(NOW + DAY) })).toEqual(['c']);
    expect(await list({ to: new Date(NOW + DAY) })).toEqual(['d', 'b', 'a']);
    expect(await list({ ignored: true })).toEqual(['a']);
    expect(await list({ ignored: false })).toEqual(['d', 'c', 'b']);
    expect(await list({ open: true })).toEqual(['d']);
    const [, second] = await store.listAppearances({ limit: 2 });
    expect(await list({ before: second!.seq })).toEqual(['b', 'a']);
    expect(await store.ignoredPeople()).toEqual([{ id: ada.id, name: 'Ada' }]);
  });

  it('gives a person the name of now, and forgets what is kept of whoever is deleted', async () => {
    const { store, gallery } = await open();
    const ada = await gallery.createPerson({ name: 'Ada "A" Ö' });
    const bob = await gallery.createPerson({ name: 'Bob' });
    await store.transaction(async (rows) => {
      await rows.putAppearance(appearance('a', { personId: ada.id }));
      await rows.putAppearance(appearance('b', { personId: bob.id }));
      await rows.insertFace(face('f', 'a'));
      await rows.insertEvent(event('1', { personId: ada.id }));
      await rows.insertEvent(event('2', { body: JSON.stringify({ candidates: [{ label: 'Ada "A" Ö' }] }) }));
      await rows.insertEvent(event('3', { personId: bob.id }));
      await rows.setPersonIgnored(ada.id, true);
    });
    await gallery.renamePerson(bob.id, 'Robert');
    expect((await store.findAppearance('b'))!.name).toBe('Robert');
    expect([...(await store.personIds(['Robert', 'Nobody']))]).toEqual([['Robert', bob.id]]);
    expect([...(await store.peopleByIds([bob.id, 'none']))]).toEqual([[bob.id, 'Robert']]);
    await gallery.deletePerson(ada.id);
    expect(ids(await store.listAppearances({ limit: 10 }))).toEqual(['b']);
    expect(await store.findPicture('f')).toBeNull();
    expect(ids(await store.eventsAfter(0, 10))).toEqual(['3']);
    expect(await store.ignoredPeople()).toEqual([]);
  });

  it('hands appearances on where people are merged', async () => {
    const { store, gallery } = await open();
    const [ann, anna] = [
      await gallery.createPerson({ name: 'Ann' }),
      await gallery.createPerson({ name: 'Anna' }),
    ];
    await store.transaction((rows) => rows.putAppearance(appearance('a', { personId: ann.id })));
    await gallery.mergePerson(ann.id, anna.id);
    expect(await store.findAppearance('a')).toMatchObject({ personId: anna.id, name: 'Anna' });
  });

  it('numbers events in their order, and keeps until where each teller has told', async () => {
    const { store, again } = await open();
    const [one, two] = await store.transaction(async (rows) => [
      await rows.insertEvent(event('1')),
      await rows.insertEvent(event('2')),
    ]);
    expect(two).toBeGreaterThan(one!);
    expect(await store.lastEvent()).toBe(two);
    await store.transaction(async (rows) => {
      await rows.setTeller({ name: 'mqtt', seq: one! });
      await rows.setTeller({ name: 'mqtt', seq: two! });
      await rows.setTeller({ name: 'webhooks', seq: one! });
    });
    const other = await again();
    expect(await other.tellers()).toEqual([
      { name: 'mqtt', seq: two },
      { name: 'webhooks', seq: one },
    ]);
    expect(ids(await other.eventsAfter(one!, 10))).toEqual(['2']);
    await expect(store.transaction((rows) => rows.insertEvent(event('1')))).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    // What not all have told stays, however old it is.
    await store.transaction((rows) => rows.prune({ ...limits, eventsBefore: new Date(NOW + DAY) }));
    expect(ids(await store.eventsAfter(0, 10))).toEqual(['2']);
  });

  it('tells whoever follows which strangers changed', async () => {
    const { store, again } = await open();
    const other = await again();
    await store.transaction(async (rows) => {
      for (const id of ['s', 't']) {
        await rows.putStranger(stranger(id));
        await rows.putAppearance(appearance(`of ${id}`, { strangerId: id }));
      }
      await rows.addApart(['t', 's']);
    });
    const revision = await other.revision();
    expect(ids(await other.strangersSince(0)).sort()).toEqual(['s', 't']);
    expect(await other.strangersSince(revision)).toEqual([]);
    expect(await other.apart()).toEqual([['s', 't']]);
    await store.transaction((rows) => rows.putAppearance(appearance('of s', { strangerId: 't' })));
    expect(ids(await other.strangersSince(revision)).sort()).toEqual(['s', 't']);
    await store.transaction((rows) => rows.removeApart(['s', 't']));
    expect(await other.apart()).toEqual([]);
  });

  it('lists strangers with where and when they were seen, and their best faces', async () => {
    const { store } = await open();
    await store.transaction(async (rows) => {
      await rows.putStranger(stranger('s'));
      await rows.putStranger(stranger('gone', { mergedInto: 's' }));
      await rows.putStranger(stranger('postman', { isIgnored: true }));
      await rows.putAppearance(appearance('a', { strangerId: 's' }));
      await rows.putAppearance(
        appearance('b', { strangerId: 's', camera: 'garden', lastSeenAt: new Date(NOW + DAY) }),
      );
      await rows.putAppearance(appearance('c', { strangerId: 'postman' }));
      for (const [id, of, quality] of [
        ['1', 'a', 0.3],
        ['2', 'b', 0.9],
        ['3', 'b', 0.6],
      ] as const)
        await rows.insertFace(face(id, of, { quality }));
    });
    const page = { limit: 10, offset: 0 };
    expect(await store.listStrangers({ ...page, ignored: false })).toEqual([
      {
        ...stranger('s'),
        ...{ appearances: 2, firstSeenAt: new Date(NOW), lastSeenAt: new Date(NOW + DAY) },
        cameras: ['door', 'garden'],
      },
    ]);
    expect(ids(await store.listStrangers({ ...page, ignored: true }))).toEqual(['postman']);
    expect(ids(await store.listStrangers({ limit: 1, offset: 1 }))).toEqual(['postman']);
    expect(ids(await store.facesOfStrangers(2))).toEqual(['2', '3']);
    expect(ids(await store.facesOfStrangers(1, ['s']))).toEqual(['2']);
    expect(ids(await store.appearancesOf('s'))).toEqual(['b', 'a']);
    expect((await store.findStranger('s'))!.appearances).toBe(2);
    expect(await store.findStranger('nobody')).toBeNull();
  });

  it('hides what is deleted until it is shown again, and removes what is old', async () => {
    const { store } = await open();
    await store.transaction(async (rows) => {
      for (const id of ['old', 'new', 'hidden']) {
        await rows.putAppearance(
          appearance(id, { strangerId: id, lastSeenAt: new Date(id === 'old' ? NOW : NOW + DAY) }),
        );
        await rows.putStranger(stranger(id));
        await rows.insertFace(face(`face of ${id}`, id));
      }
      await rows.setDeleted('hidden', new Date(NOW));
    });
    const listed = async () => ids(await store.listAppearances({ limit: 10 }));
    expect(await listed()).toEqual(['new', 'old']);
    expect(ids(await store.facesOfStrangers(5)).sort()).toEqual(['face of new', 'face of old']);
    expect((await store.findAppearance('hidden', true))!.id).toBe('hidden');
    await store.transaction((rows) => rows.setDeleted('hidden', null));
    expect(await listed()).toEqual(['hidden', 'new', 'old']);
    await store.transaction((rows) => rows.setDeleted('hidden', new Date(NOW)));
    const gone = await store.transaction((rows) =>
      rows.prune({
        ...limits,
        ...{
          appearancesBefore: new Date(NOW + 1),
          picturesBefore: new Date(NOW + 1),
          deletedBefore: new Date(NOW + 1),
        },
      }),
    );
    expect(gone).toEqual({ appearances: 2, pictures: 3 });
    expect(await listed()).toEqual(['new']);
    expect(await store.findAppearance('hidden', true)).toBeNull();
    expect((await store.findPicture('face of new'))!.picture).toBeNull();
    expect(ids(await store.strangersSince(0))).toEqual(['new']);
    await store.transaction((rows) => rows.prune({ ...limits, maxStrangers: 0 }));
    expect(await listed()).toEqual([]);
    await store.forget();
  });

  it('keeps decisions, newest first, and that they were undone', async () => {
    const { store } = await open();
    const decision = {
      ...{ at: new Date(NOW), kind: 'name' as const, isAutomatic: false, personId: 'p', undoneAt: null },
      changes: { faceIds: ['f'] },
    };
    await store.transaction(async (rows) => {
      await rows.putDecision({ ...decision, id: '1' });
      await rows.putDecision({ ...decision, id: '2', isAutomatic: true });
    });
    expect(await store.listDecisions(5)).toEqual([
      { ...decision, id: '2', isAutomatic: true },
      { ...decision, id: '1' },
    ]);
    const undone = { ...decision, id: '1', personId: null, undoneAt: new Date(NOW + 1), changes: {} };
    await store.transaction((rows) => rows.putDecision(undone));
    expect(await store.findDecision('1')).toEqual(undone);
    expect((await store.listDecisions(5)).map(({ id }) => id)).toEqual(['2', '1']);
    await store.transaction((rows) => rows.deleteDecision('1'));
    expect((await store.listDecisions(5)).map(({ id }) => id)).toEqual(['2']);
    expect(await store.findDecision('1')).toBeNull();
  });

  it('counts the changes of the gallery', async () => {
    const { store, gallery } = await open();
    const before = await store.galleryRevision();
    await gallery.enroll({ name: 'Ada' }, [{ embedding: EMBEDDING }]);
    expect(await store.galleryRevision()).not.toBe(before);
  });

  it('throws ERR_DISPOSED after dispose()', async () => {
    const { store } = await open();
    await store.dispose();
    await expect(store.tellers()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });
});

it('refuses galleries that are kept nowhere', async () => {
  await expect(openAppearances('memory:')).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
});
