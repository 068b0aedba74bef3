import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { GalleryShelf } from '../../src/gallery/collection/gallery-shelf.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { EventHub } from '../../src/server/event-hub.ts';
import { ServedGalleries } from '../../src/server/served-galleries.ts';
import type { ServerContext } from '../../src/server/server-context.ts';
import { ServerSettings } from '../../src/server/server-settings.ts';

const EMBEDDER = { id: 'test', sha256: 'a'.repeat(64), dimension: 4 };

/** Galleries of a folder: the first, and three others. */
async function serve({ isKept = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-served-'));
  const gallery = await openGallery('memory:', { embedder: EMBEDDER });
  const shelf = new GalleryShelf(folder, { embedder: EMBEDDER });
  const names = ['a', 'b', 'c'];
  for (const name of names) await shelf.create(name);
  const closed: string[] = [];
  // The parts that this is not about are absent.
  const main = { name: 'default', gallery, pool: { embedder: EMBEDDER } } as unknown as ServerContext;
  const settings = await ServerSettings.open({ path: null, maxDistance: 0.5 });
  const served = new ServedGalleries(main, shelf, async (one, name) => ({
    ...{ gallery: one, events: new EventHub(), settings, jobs: null, isKept },
    close: async () => {
      closed.push(name);
      await pause(5);
    },
  }));
  onTestFinished(async () => {
    await served.close();
    await shelf.dispose();
    await gallery.dispose();
    await rm(folder, { recursive: true });
  });
  return { served, names, closed };
}

const NOW = { idleMs: 0, keepOpen: 0 };

it('closes the galleries that nobody uses, and opens them when they are asked for again', async () => {
  const { served, names, closed } = await serve();
  for (const name of names) {
    const { context, release } = await served.hold(name);
    await context.gallery.createPerson({ name: `Ann of ${name}` });
    release();
  }
  expect(served.size).toBe(4);
  await served.closeIdle();
  expect(served.size, 'so few stay').toBe(4);
  await served.closeIdle({ idleMs: 60_000, keepOpen: 0 });
  expect(served.size, 'used a moment ago').toBe(4);
  await served.closeIdle({ idleMs: 0, keepOpen: 2 });
  expect(closed, 'the longest unused').toEqual(['a']);
  const { context } = await served.hold('a');
  expect((await context.gallery.listPeople()).items.map(({ name }) => name)).toEqual(['Ann of a']);
});

it('never closes one that is in use, however often its end is told', async () => {
  const { served } = await serve();
  const first = await served.hold('a');
  const second = await served.hold('a');
  first.release();
  first.release();
  await served.closeIdle(NOW);
  expect(served.size).toBe(2);
  expect((await second.context.gallery.stats()).people).toBe(0);
  second.release();
  await served.closeIdle(NOW);
  expect(served.size).toBe(1);
  await expect(second.context.gallery.stats()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
});

it('gives nobody a gallery that is just being closed', async () => {
  const { served } = await serve();
  for (let round = 0; round < 20; round++) {
    const work = Array.from({ length: 5 }, async (_, i) => {
      for (let turn = 0; turn < i; turn++) await Promise.resolve();
      const { context, release } = await served.hold('a');
      expect((await context.gallery.stats()).people).toBe(0);
      release();
    });
    await Promise.all([...work, served.closeIdle(NOW), served.closeIdle(NOW)]);
  }
});

it('keeps a gallery open whose settings are nowhere else', async () => {
  const { served, closed } = await serve({ isKept: false });
  (await served.hold('a')).release();
  await served.closeIdle(NOW);
  expect(closed).toEqual([]);
});
