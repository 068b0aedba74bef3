import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type { AppearanceStore } from '../../src/gallery/stores/appearances/appearance-store.ts';
import { Decisions } from '../../src/home/appearances/decisions.ts';
import { CursorTeller } from '../../src/home/cursor-teller.ts';
import type { EventTeller } from '../../src/home/event-teller.ts';
import { KeptHome, type KeptHomeOptions } from '../../src/home/kept-home.ts';
import { Recorder } from '../../src/home/recorder.ts';
import { StrangerMemory } from '../../src/home/strangers/stranger-memory.ts';
import type { FaceEvent, WatchEvent } from '../../src/watch/watch-event.ts';
import {
  describeAppearances,
  type OpenedAppearances,
  temporaryFolder,
} from '../gallery/stores/appearances/describe-appearances.ts';
import { faceOf, NEUTRAL, playVisit, scriptedEvent } from './scripted-visits.ts';

const DAY = 86_400_000;
const KEY = new Uint8Array(32).fill(7);

describeAppearances((open) => {
  let opened: OpenedAppearances;
  let gallery: Gallery;
  let logged: string[];

  beforeEach(async () => {
    opened = await open();
    ({ gallery } = opened);
    logged = [];
  });

  async function openHome(options: Partial<KeptHomeOptions> = {}): Promise<KeptHome> {
    const home = await KeptHome.open({
      ...{ address: opened.url, gallery, cameras: ['door', 'garden'], pictureKey: null },
      ...{ keep: { days: 30, pictureDays: 7, strangers: 100 }, log: (line) => logged.push(line) },
      ...options,
    });
    onTestFinished(() => home[Symbol.asyncDispose]());
    return home;
  }

  it('keeps what a camera tells of a face as one appearance', async () => {
    const home = await openHome();
    const ada = await gallery.createPerson({ name: 'Ada' });
    const { appearance, events } = await playVisit(home, 1, { label: 'Ada' });
    expect(events.map(({ personId }) => personId)).toEqual([undefined, ada.id, ada.id]);
    const kept = await home.appearances.get(appearance);
    expect(kept).toMatchObject({
      ...{
        camera: 'door',
        person: { id: ada.id, name: 'Ada' },
        stranger: null,
        cutOff: false,
        ignored: false,
      },
      faces: [{ quality: 0.9, hasPicture: true }, { quality: 0.8 }],
    });
    expect(kept!.endedAt).not.toBeNull();
    const jpeg = await home.appearances.picture(kept!.faces[0]!.id);
    expect([...jpeg!.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(logged).toEqual([]);
  });

  it('pages through appearances, newest first', async () => {
    const home = await openHome();
    const played = [];
    for (const camera of ['door', 'garden', 'door'])
      played.unshift((await playVisit(home, 1, { camera })).appearance);
    const first = await home.appearances.list({ limit: 2 });
    const second = await home.appearances.list({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(played);
    expect(second.nextCursor).toBeNull();
    const strange = first.items[0]!.stranger!;
    expect((await home.appearances.list({ stranger: strange })).items).toHaveLength(3);
    for (const filter of [{ limit: 0 }, { cursor: 'nonsense' }])
      await expect(home.appearances.list(filter)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });

  it('knows a stranger again across cameras, days and restarts, and tells two from each other', async () => {
    const home = await openHome();
    const one = await playVisit(home, 1);
    const two = await playVisit(home, 2);
    expect(two.stranger).not.toBe(one.stranger);
    await home[Symbol.asyncDispose]();
    const again = await openHome();
    const later = await playVisit(again, 1, { camera: 'garden', at: new Date(Date.now() + 2 * DAY) });
    expect(later.stranger).toBe(one.stranger);
    const { items } = await again.strangers.list();
    expect(items.map(({ id, appearances, cameras }) => ({ id, appearances, cameras }))).toEqual([
      { id: one.stranger, appearances: 2, cameras: ['door', 'garden'] },
      { id: two.stranger, appearances: 1, cameras: ['door'] },
    ]);
    expect(items[0]!.faces[0]!.quality).toBe(0.9);
  });

  it('takes two faces of one frame for two strangers, for ever', async () => {
    const home = await openHome();
    const one = await playVisit(home, 1);
    const twin = await playVisit(home, 1, { beside: [one.stranger!] });
    expect(twin.stranger).not.toBe(one.stranger);
    await home[Symbol.asyncDispose]();
    const again = await openHome();
    await playVisit(again, 1);
    expect((await again.strangers.list()).items).toHaveLength(2);
  });

  it('enrolls the good faces of a stranger by naming, leaves out the poor, and takes it back by one id', async () => {
    const home = await openHome();
    const first = await playVisit(home, 1, { qualities: [0.9, 0.1] });
    const second = await playVisit(home, 1, { qualities: [0.7] });
    const named = await home.strangers.name(first.stranger!, { name: 'Grace' });
    expect(named).toMatchObject({ created: true, person: { name: 'Grace' }, kind: 'name-stranger' });
    expect(named.enrolledFaceIds).toHaveLength(2);
    expect(named.leftOut).toMatchObject([{ reason: expect.stringContaining('quality is 0.10') }]);
    expect(await gallery.findPerson('Grace')).toMatchObject({ faces: 2 });
    const [match] = await gallery.search(faceOf(1), { limit: 1 });
    expect(match!.person.name).toBe('Grace');
    for (const { appearance } of [first, second])
      expect(await home.appearances.get(appearance)).toMatchObject({
        person: { name: 'Grace' },
        stranger: null,
      });
    expect((await home.strangers.list()).items).toEqual([]);

    expect(await home.appearances.undo(named.id)).toMatchObject({ id: named.id, undoneAt: expect.any(Date) });
    expect(await gallery.findPerson('Grace')).toBeNull();
    expect((await home.strangers.get(first.stranger!))!.appearances).toBe(2);
    expect((await playVisit(home, 1)).stranger).toBe(first.stranger);
    await expect(home.appearances.undo(named.id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('gives an appearance to whom somebody says it is, and no camera takes that back', async () => {
    const home = await openHome();
    const { appearance, stranger } = await playVisit(home, 1, { cutOff: true });
    const grace = await gallery.createPerson({ name: 'Grace' });
    const named = await home.appearances.nameAs(appearance, { personId: grace.id });
    expect(named).toMatchObject({ created: false, appearanceIds: [appearance] });
    await home.keep(scriptedEvent('face.left', { appearance, stranger }));
    expect(await home.appearances.get(appearance)).toMatchObject({
      ...{ person: { name: 'Grace' }, decidedBy: named.id, stranger: null },
    });
    await home.appearances.undo(named.id);
    expect(await gallery.getPerson(grace.id)).toMatchObject({ faces: 0 });
    await expect(home.appearances.nameAs('none', { name: 'X' })).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
    });
    await expect(home.appearances.nameAs(appearance, { personId: 'none' })).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
    });
  });

  it('learns that somebody is not a person, and forgets it when that is undone', async () => {
    const home = await openHome();
    const ada = await gallery.createPerson({ name: 'Ada' });
    const { appearance } = await playVisit(home, 1, { label: 'Ada' });
    const decision = await home.appearances.notPerson(appearance);
    expect(await home.appearances.get(appearance)).toMatchObject({ person: null, decidedBy: decision.id });
    expect((await gallery.listNegatives({ personId: ada.id })).items).toHaveLength(1);
    await home.appearances.undo(decision.id);
    expect(await home.appearances.get(appearance)).toMatchObject({ person: { id: ada.id }, decidedBy: null });
    expect((await gallery.listNegatives({ personId: ada.id })).items).toEqual([]);
  });

  it('marks whoever is on the ignore list, and lists them', async () => {
    const home = await openHome();
    const ada = await gallery.createPerson({ name: 'Ada' });
    const { stranger } = await playVisit(home, 2);
    await home.strangers.ignore(stranger!);
    const ignoring = await home.appearances.ignore((await playVisit(home, 1, { label: 'Ada' })).appearance);
    expect((await playVisit(home, 1, { label: 'Ada' })).events.map(({ ignored }) => ignored)).toEqual([
      ...[undefined, true, true],
    ]);
    expect((await playVisit(home, 2)).events.at(-1)!.ignored).toBe(true);
    expect((await home.appearances.list({ ignored: false })).items).toEqual([]);
    expect(await home.strangers.ignored()).toMatchObject({
      ...{ people: [{ id: ada.id, name: 'Ada' }], strangers: [{ id: stranger }] },
    });
    await home.appearances.undo(ignoring.id);
    await home.strangers.ignorePerson(ada.id, true);
    await home.strangers.ignorePerson(ada.id, false);
    expect((await home.strangers.ignored()).people).toEqual([]);
  });

  it('merges and splits strangers as it is told, and takes both back in turn', async () => {
    const home = await openHome();
    const one = await playVisit(home, 1);
    const two = await playVisit(home, 2);
    const merge = await home.strangers.merge(two.stranger!, one.stranger!);
    expect((await home.strangers.get(two.stranger!))!.id).toBe(one.stranger);
    expect((await playVisit(home, 2)).stranger).toBe(one.stranger);
    const split = await home.strangers.split(one.stranger!, [two.appearance]);
    expect((await home.strangers.get(split.strangerId))!.appearances).toBe(1);
    await expect(home.appearances.undo(merge.id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await home.appearances.undo(split.id);
    await home.appearances.undo(merge.id);
    expect((await home.strangers.get(two.stranger!))!.appearances).toBe(1);
    await expect(home.strangers.split(one.stranger!, ['none'])).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('hides what is deleted until that is undone', async () => {
    const home = await openHome();
    const { appearance, stranger } = await playVisit(home, 1);
    const deletion = await home.appearances.delete(appearance);
    expect(await home.appearances.get(appearance)).toBeNull();
    await home.appearances.undo(deletion.id);
    expect((await home.appearances.get(appearance))!.id).toBe(appearance);
    await home.strangers.delete(stranger!);
    expect((await home.appearances.list()).items).toEqual([]);
    expect((await playVisit(home, 1)).stranger).not.toBe(stranger);
    expect(await home.appearances.decisions(2)).toMatchObject([
      { kind: 'delete-stranger' },
      { kind: 'delete' },
    ]);
  });

  it('makes one stranger of two whom processes took one man for, and both ids stay good', async () => {
    const home = await openHome();
    const other = await openHome();
    const apart = await playVisit(home, 3);
    // The other process need not have heard of him yet.
    const [one, two] = [await playVisit(home, 1), await playVisit(other, 1)];
    await expect.poll(async () => (await other.strangers.list()).items.length).toBe(2);
    const his = await other.strangers.get(one.stranger!);
    expect(his).toMatchObject({ appearances: 2 });
    expect((await other.strangers.get(two.stranger!))!.id).toBe(his!.id);
    expect((await other.strangers.get(apart.stranger!))!.appearances).toBe(1);
  });

  it('closes what a killed process left open, and says that it was cut off', async () => {
    const home = await openHome();
    const left = await playVisit(home, 1, { cutOff: true });
    const elsewhere = await playVisit(home, 2, { cutOff: true, camera: 'of another process' });
    await home[Symbol.asyncDispose]();
    const again = await openHome();
    expect(await again.appearances.get(left.appearance)).toMatchObject({
      cutOff: true,
      endedAt: expect.any(Date),
    });
    expect(await again.appearances.get(elsewhere.appearance)).toMatchObject({ cutOff: false, endedAt: null });
  });

  it('removes pictures and appearances when their days are over', async () => {
    const home = await openHome();
    const old = await playVisit(home, 1, { at: new Date(Date.now() - 31 * DAY) });
    const older = await playVisit(home, 2, { at: new Date(Date.now() - 8 * DAY) });
    const fresh = await playVisit(home, 3);
    await home.prune();
    expect(await home.appearances.get(old.appearance)).toBeNull();
    expect((await home.appearances.get(older.appearance))!.faces.map(({ hasPicture }) => hasPicture)).toEqual(
      [...[false, false]],
    );
    expect((await home.appearances.get(fresh.appearance))!.faces[0]!.hasPicture).toBe(true);
  });

  it('encrypts pictures with the key that it is given, and opens them with no other', async () => {
    const home = await openHome({ pictureKey: KEY });
    const { appearance } = await playVisit(home, 1);
    const [face] = (await home.appearances.get(appearance))!.faces;
    const stored = (await opened.store.findPicture(face!.id))!.picture!;
    expect(Buffer.from(stored).includes(Buffer.from([0xff, 0xd8, 0xff]))).toBe(false);
    expect([...(await home.appearances.picture(face!.id))!.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    for (const pictureKey of [null, new Uint8Array(32)]) {
      const other = await openHome({ pictureKey });
      await expect(other.appearances.picture(face!.id)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
    }
  });

  it('gives events the best picture that it keeps of their face, behind that of the file which they name', async () => {
    const home = await openHome({ pictureKey: KEY });
    const { appearance, events } = await playVisit(home, 1);
    const [face] = (await home.appearances.get(appearance))!.faces;
    const best = await home.appearances.picture(face!.id);
    const [appeared, , left] = events;
    expect(await home.picture(left!)).toEqual(best);
    const path = join(temporaryFolder(), 'face.jpg');
    // Not written yet, or removed by now.
    expect(await home.picture({ ...left!, snapshot: path })).toEqual(best);
    writeFileSync(path, 'a picture');
    expect(String(await home.picture({ ...left!, snapshot: path }))).toBe('a picture');
    expect(await home.picture(scriptedEvent('face.left'))).toBeNull();
    const other = await openHome({ pictureKey: null });
    await expect(other.picture(left!)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
    await home.appearances.delete(appearance);
    expect(await home.picture(appeared!)).toBeNull();
    const without = await openHome({ keep: { days: 30, pictureDays: 0, strangers: 100 } });
    expect(await without.picture((await playVisit(without, 1)).events.at(-1)!)).toBeNull();
  });

  it('goes on telling behind the cursor, and marks what may have been told before', async () => {
    const home = await openHome();
    const told: WatchEvent[] = [];
    let fails = 0;
    const teller = (settled?: () => Promise<void>): EventTeller => ({
      name: 'somebody',
      handle: async (event) => {
        if (fails-- > 0) throw new Error('not now');
        told.push(event);
      },
      close: async () => undefined,
      ...(settled && { settled }),
    });
    const first = await home.teller(teller());
    const events = Array.from({ length: 3 }, () => scriptedEvent('face.appeared'));
    await home.keep(events[0]!);
    await first.close();
    expect(told.map(({ id, repeat }) => [id, repeat])).toEqual([[events[0]!.id, undefined]]);
    // Nobody is told while nobody is there; what was under way when a process ends is in doubt.
    await home.keep(events[1]!);
    await home.keep(events[2]!);
    told.length = 0;
    const second = await home.teller(teller());
    await second.close();
    expect(told.map(({ id, repeat }) => [id, repeat])).toEqual([
      [events[1]!.id, true],
      [events[2]!.id, undefined],
    ]);
    told.length = 0;
    // One that never confirms is told all of it again.
    const never = await home.teller(teller(() => new Promise(() => undefined)));
    const last = scriptedEvent('face.appeared');
    await home.keep(last);
    await never.handle(last);
    await expect.poll(() => told.length).toBe(1);
    const again = await home.teller(teller(async () => undefined));
    await expect.poll(() => told.length).toBe(2);
    expect(told.map(({ id, repeat }) => [id, repeat])).toEqual([
      [last.id, undefined],
      [last.id, true],
    ]);
    await again.close();
    await home.keepTellers([]);
    expect(await opened.store.tellers()).toEqual([]);
  });

  it('lets go whom it tells where the store is lost, and says so', async () => {
    const home = await openHome();
    let isClosed = false;
    const teller = await home.teller({
      name: 'somebody',
      handle: async () => undefined,
      close: async () => {
        isClosed = true;
      },
    });
    await home[Symbol.asyncDispose]();
    await teller.close();
    expect(isClosed).toBe(true);
    expect(logged.join('\n')).toContain('somebody: what was not told yet is told after the next start');
  });

  it('neither keeps nor tells the name of somebody who was deleted while the face was followed', async () => {
    const home = await openHome();
    const [ada, bob] = [
      await gallery.createPerson({ name: 'Ada' }),
      await gallery.createPerson({ name: 'Bob' }),
    ];
    const { appearance } = await playVisit(home, 1, { label: 'Ada', cutOff: true });
    await gallery.deletePerson(ada.id);
    const candidates = [ada, bob].map(({ id, name }) => ({
      ...{ label: name, personId: id, probability: 0.5, distance: 0.4 },
    }));
    const why = {
      sightings: 2,
      minProbability: 0.8,
      maxDistance: 0.5,
      candidates,
    } as unknown as FaceEvent['why'];
    const fields = { appearance, label: 'Ada', personId: ada.id, why };
    expect(await home.keep(scriptedEvent('face.left', fields))).toMatchObject({
      ...{ label: null, personId: null, why: { candidates: [{ label: 'Bob' }] } },
    });
    expect(await home.appearances.get(appearance)).toMatchObject({
      person: null,
      candidates: [{ id: bob.id }],
    });
    const events = await opened.store.eventsAfter(0, 100);
    expect(events.map(({ body }) => body).join()).not.toContain('Ada');
  });

  it('ends and removes what was left open of a camera that is no more', async () => {
    const before = await openHome({ cameras: ['cellar'] });
    const at = (days: number) => new Date(Date.now() - days * DAY);
    const old = await playVisit(before, 1, { camera: 'cellar', at: at(31), cutOff: true });
    const stale = await playVisit(before, 2, { camera: 'cellar', at: at(2), cutOff: true });
    await before.prune();
    expect(await before.appearances.get(old.appearance)).toBeNull();
    const home = await openHome({ cameras: ['door'] });
    expect(await home.appearances.get(stale.appearance)).toMatchObject({
      cutOff: true,
      endedAt: expect.any(Date),
    });
  });

  it('takes back one of two strangers who are ignored, and says when a deletion is final', async () => {
    const home = await openHome();
    const [one, two] = [await playVisit(home, 1), await playVisit(home, 2)];
    const ignoring = await home.appearances.ignore(one.appearance);
    await home.appearances.ignore(two.appearance);
    await home.appearances.undo(ignoring.id);
    expect((await home.strangers.ignored()).strangers.map(({ id }) => id)).toEqual([two.stranger]);

    const deletion = await home.appearances.delete(one.appearance);
    await opened.store.transaction((rows) => rows.setDeleted(one.appearance, new Date(Date.now() - 2 * DAY)));
    await home.prune();
    await expect(home.appearances.undo(deletion.id)).rejects.toMatchObject({
      ...{ code: 'ERR_CONFLICT', message: expect.stringContaining('for a day') },
    });
  });

  it('closes all that was left open of a camera, whatever others have open, and of one that turns up later', async () => {
    const before = await openHome();
    const own = await playVisit(before, 1, { cutOff: true });
    const frigate = await playVisit(before, 2, { camera: 'of Frigate', cutOff: true });
    const known = (await opened.store.findAppearance(own.appearance))!;
    await opened.store.transaction(async (rows) => {
      for (let i = 0; i < 1100; i++)
        await rows.putAppearance({ ...known, id: randomUUID(), camera: 'of another process' });
    });
    const home = await openHome();
    expect(await home.appearances.get(own.appearance)).toMatchObject({ cutOff: true });
    expect(await home.appearances.get(frigate.appearance)).toMatchObject({ cutOff: false, endedAt: null });
    await home.closeLeftOpen(['of Frigate']);
    expect(await home.appearances.get(frigate.appearance)).toMatchObject({ cutOff: true });
    const open = await opened.store.listAppearances({ limit: 2000, open: true });
    expect(open).toHaveLength(1100);
  });

  it('keeps with the next event what the disk refused with one: faces, and who are two people', async () => {
    const { store } = opened;
    let refusals = 0;
    const refusing: AppearanceStore = new Proxy(store, {
      get(target, key) {
        const transaction: AppearanceStore['transaction'] = (work) =>
          target.transaction(async (rows) => {
            const result = await work(rows);
            if (refusals-- > 0) throw new Error('the disk is full');
            return result;
          });
        const value: unknown = key === 'transaction' ? transaction : Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const strangers = new StrangerMemory({ scale: gallery.scale, maxStrangers: 100 });
    const recorder = new Recorder({
      ...{ store: refusing, strangers, model: 'test', pictures: false, pictureKey: null },
      distance: (a, b) => gallery.distance(a, b),
    });
    const meet = (person: number, beside: readonly string[] = []) => {
      const appearance = randomUUID();
      const faces = [{ embedding: faceOf(person), quality: 0.9 }];
      const { id } = strangers.resolve(faces, { appearance, timeMs: Date.now(), exclude: new Set(beside) });
      return { appearance, stranger: id };
    };
    const one = meet(1);
    await recorder.keep(scriptedEvent('stranger.appeared', one));
    const { appearance, stranger } = meet(2, [one.stranger]);
    const face = { appearance, track: 1, time: Date.now(), embedding: faceOf(2), picture: null };
    recorder.face({ ...face, quality: { ...NEUTRAL, score: 0.9 } });
    const seen = scriptedEvent('stranger.appeared', { appearance, stranger });
    refusals = 1;
    await expect(recorder.keep(seen)).rejects.toThrow('the disk is full');
    expect(await store.facesOf([appearance])).toEqual([]);
    await recorder.keep({ ...seen, id: randomUUID() });
    expect(await store.facesOf([appearance])).toHaveLength(1);
    expect((await store.apart()).map((pair) => new Set(pair))).toEqual([new Set([stranger, one.stranger])]);
    await recorder.keep({ ...scriptedEvent('face.left', { appearance, stranger }), id: randomUUID() });
    expect(await store.facesOf([appearance])).toHaveLength(1);
  });

  it('tells what stands behind a damaged event, and at once when the store answers again', async () => {
    const { store } = opened;
    const told: string[] = [];
    const log: string[] = [];
    let isLost = true;
    const losing: AppearanceStore = new Proxy(store, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (key === 'eventsAfter' && isLost) return () => Promise.reject(new Error('the database is lost'));
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const teller = await CursorTeller.open(
      {
        name: 'a list',
        handle: async ({ id }) => void told.push(id),
        close: async () => undefined,
      },
      // Nobody would wait for the pause.
      { store: losing, log: (line) => log.push(line), retryMinMs: 600_000, retryMaxMs: 600_000 },
    );
    await expect.poll(() => log.length).toBeGreaterThan(0);
    isLost = false;
    const good = scriptedEvent('face.appeared');
    const row = { id: good.id, at: new Date(), type: good.type, appearanceId: null, personId: null };
    await store.transaction(async (rows) => {
      for (const body of ['{"half', 'null', '{}']) await rows.insertEvent({ ...row, id: randomUUID(), body });
      await rows.insertEvent({ ...row, body: JSON.stringify(good) });
    });
    await teller.handle(good);
    await expect.poll(() => told).toEqual([good.id]);
    expect(log.filter((line) => line.includes('is damaged in the store'))).toHaveLength(3);
    await teller.close();
    const home = await openHome();
    const read = [];
    for await (const { id } of home.events()) read.push(id);
    expect(read).toEqual([good.id]);
  });

  it('takes back what a process that was killed left half done in the gallery, or ends it', async () => {
    const { store } = opened;
    const first = await openHome();
    const visit = await playVisit(first, 1);
    // A process is killed: whatever it would do from then on in the store is not done.
    let left = 0;
    const dying: AppearanceStore = new Proxy(store, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (key === 'transaction' && left-- <= 0) return () => Promise.reject(new Error('killed'));
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const noPause = async () => undefined;
    const logged: string[] = [];
    const killed = new Decisions(dying, gallery, { onChange: noPause, log: (line) => logged.push(line) });
    const next = new Decisions(store, gallery, { onChange: noPause, log: (line) => logged.push(line) });
    const createdPersonId = randomUUID();
    const faceId = randomUUID();
    const naming = (decisions: Decisions) =>
      decisions.makeInGallery({
        ...{ kind: 'name', planned: { faceIds: [faceId], createdPersonId } },
        inGallery: () =>
          gallery.enroll({ id: createdPersonId, name: 'Grace' }, [{ id: faceId, embedding: faceOf(1) }]),
        change: async () => ({
          personId: createdPersonId,
          changes: { faceIds: [faceId], createdPersonId },
        }),
      });
    left = 1;
    await expect(naming(killed)).rejects.toThrow('killed');
    expect(logged).toEqual([expect.stringMatching(/name.* is half done; it is taken back later: killed/)]);
    expect(await gallery.findPerson('Grace')).toBeNull();
    // Enrolled, and then killed before anything else.
    const begun = {
      ...{ id: randomUUID(), at: new Date(), kind: 'name' as const, isAutomatic: false, personId: null },
      ...{ undoneAt: null, changes: { faceIds: [faceId], createdPersonId, pending: 'begun' as const } },
    };
    await store.transaction((rows) => rows.putDecision(begun));
    await gallery.enroll({ id: createdPersonId, name: 'Grace' }, [{ id: faceId, embedding: faceOf(1) }]);
    expect(await next.list()).toEqual([]);
    await expect(next.undo(begun.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    await next.settle(60_000);
    expect(await gallery.findPerson('Grace')).toMatchObject({ id: createdPersonId, faces: 1 });
    await next.settle(0);
    expect(await gallery.findPerson('Grace')).toBeNull();
    expect(await store.findDecision(begun.id)).toBeNull();

    // Undone in the store, and then killed.
    const named = await first.appearances.nameAs(visit.appearance, { name: 'Grace' });
    left = 1;
    await expect(killed.undo(named.id)).rejects.toThrow('killed');
    expect((await next.list())[0]).toMatchObject({ id: named.id, undoneAt: expect.any(Date) });
    await next.settle(0);
    expect(await gallery.findPerson('Grace')).toBeNull();
    expect(await first.appearances.get(visit.appearance)).toMatchObject({ stranger: visit.stranger });
    expect((await store.findDecision(named.id))!.changes.pending).toBeUndefined();
  });

  it('gives nothing back to somebody who was deleted meanwhile, and says so', async () => {
    const home = await openHome();
    const [ada, bob] = [
      await gallery.createPerson({ name: 'Ada' }),
      await gallery.createPerson({ name: 'Bob' }),
    ];
    const { appearance } = await playVisit(home, 1, { label: 'Ada' });
    const corrected = await home.appearances.nameAs(appearance, { personId: bob.id });
    await gallery.deletePerson(ada.id);
    const undone = await home.appearances.undo(corrected.id);
    expect(undone.ownerless).toEqual([appearance]);
    expect(await opened.store.findAppearance(appearance)).toMatchObject({ personId: null });
    expect(await home.appearances.get(appearance)).toMatchObject({ person: null });
  });

  it('names somebody by the faces that it can open, and says which it cannot', async () => {
    const { url, gallery: own } = await open({ thumbnails: true });
    const place = { address: url, gallery: own };
    const sealed = await openHome({ ...place, pictureKey: KEY });
    const { stranger } = await playVisit(sealed, 1, { qualities: [0.9] });
    await sealed[Symbol.asyncDispose]();
    const home = await openHome({ ...place, pictureKey: new Uint8Array(32).fill(8) });
    await playVisit(home, 1, { qualities: [0.8] });
    const named = await home.strangers.name(stranger!, { name: 'Grace' });
    expect(named.leftOut).toEqual([
      { faceId: expect.any(String), reason: expect.stringContaining('cannot be decrypted') },
    ]);
    expect(named.enrolledFaceIds).toHaveLength(1);
  });
});
