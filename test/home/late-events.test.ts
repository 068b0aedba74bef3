import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { openAppearances } from '../../src/gallery/stores/appearances/open-appearances.ts';
import { KeptHome } from '../../src/home/kept-home.ts';
import { LateEvents } from '../../src/home/late-events.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import type { WatchEvent } from '../../src/watch/watch-event.ts';
import { STORE_EMBEDDER } from '../gallery/stores/store-conformance.ts';
import { temporaryFolder } from '../watch/ffmpeg-tools.ts';
import { playVisit, scriptedEvent } from './scripted-visits.ts';

it('keeps what the store refused once it takes it, in order and marked, and tells nobody twice of it', async () => {
  const address = join(temporaryFolder(), 'gallery.db');
  await using gallery = await openGallery(address, { embedder: STORE_EMBEDDER, distances: DLIB_FACTS });
  const log: string[] = [];
  const home = await KeptHome.open({
    ...{ address, gallery, cameras: ['door'], pictureKey: null, log: (line) => log.push(line) },
    keep: { days: 30, pictureDays: 0, strangers: 100 },
  });
  const told: WatchEvent[] = [];
  const teller = await home.teller({
    name: 'a list',
    handle: async (event) => void told.push(event),
    close: () => Promise.resolve(),
  });
  const store = await openAppearances(address);
  onTestFinished(() => store.dispose());
  let unlock = (): void => undefined;
  const locked = new Promise<void>((resolve) => {
    unlock = resolve;
  });
  // Another process that holds the file for long.
  let isHeld = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  const holding = store.transaction(async (rows) => {
    await rows.setTeller({ name: 'somebody else', seq: 0 });
    isHeld();
    await locked;
  });
  await held;
  const event = scriptedEvent('face.appeared');
  const events: WatchEvent[] = [event];
  await teller.handle(await home.keep(event));
  expect(told.map(({ id }) => id)).toEqual([event.id]);
  const visit = await playVisit(home, 1);
  events.push(...visit.events);
  for (const one of visit.events) await teller.handle(one);
  unlock();
  await holding;
  await expect.poll(async () => (await store.eventsAfter(0, 100)).length).toBe(events.length);
  const kept = (await store.eventsAfter(0, 100)).map(({ body }) => JSON.parse(body) as WatchEvent);
  expect(kept.map(({ id, repeat }) => [id, repeat])).toEqual(events.map(({ id }) => [id, true]));
  expect((await home.appearances.get(visit.appearance))!.faces).toHaveLength(2);
  const after = scriptedEvent('face.appeared');
  await teller.handle(await home.keep(after));
  await expect.poll(() => told.map(({ id }) => id)).toEqual([...events, after].map(({ id }) => id));
  await teller.close();
  await home[Symbol.asyncDispose]();
  expect(log.filter((line) => line.includes('events wait in memory'))).toHaveLength(1);
  expect(log).toContain(`${events.length} events that waited are kept`);
});

it('does not let one event that can never be kept hold back the others, and says what is lost at the end', async () => {
  const kept: string[] = [];
  const log: string[] = [];
  const isBad = new Set<string>();
  let isAway = true;
  const late = new LateEvents({
    ...{ retryMinMs: 1, retryMaxMs: 1, log: (line) => log.push(line) },
    keep: async ({ id }) => {
      if (isAway) throw new FaceTriggerError('ERR_UNAVAILABLE', 'away');
      if (isBad.has(id)) throw new TypeError('a fault');
      kept.push(id);
    },
  });
  const [one, bad, two, three] = [1, 2, 3, 4].map(() => scriptedEvent('face.appeared'));
  isBad.add(bad!.id);
  expect(late.add(one!, new TypeError('a fault'))).toBe(false);
  expect(late.isWaiting).toBe(false);
  late.add(one!, new FaceTriggerError('ERR_UNAVAILABLE', 'away'));
  late.add(bad!);
  late.add(two!);
  isAway = false;
  await expect.poll(() => kept).toEqual([one!.id, two!.id]);
  expect(log.some((line) => line.startsWith(`event ${bad!.id} could not be kept`))).toBe(true);
  isAway = true;
  late.add(three!, new FaceTriggerError('ERR_UNAVAILABLE', 'away'));
  await late.close();
  expect(log.at(-1)).toBe('1 events were told and could not be kept');
});
