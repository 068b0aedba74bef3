import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGallery } from '../../../../src/gallery/open-gallery.ts';
import { TEST_EMBEDDER } from '../../synthetic-people.ts';
import { startNetwork } from './network.ts';
import { enrollSteadily, openForStream, storedFaces, streamedPhotos } from './steady-stream.ts';
import { NO_OWN_POSTGRES, type OwnServer, run, startOwnPostgres } from './test-postgres.ts';

const photos = streamedPhotos!;

describe.skipIf(NO_OWN_POSTGRES !== null)(
  NO_OWN_POSTGRES === null ? 'a gallery in PostgreSQL' : `a gallery in PostgreSQL (${NO_OWN_POSTGRES})`,
  () => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await startOwnPostgres();
    });
    afterAll(() => server?.stop());

    it('says that the database is gone when it is killed, ten times, goes on when it is back, and has every acknowledged face', async () => {
      const gallery = await openForStream(await server.createDatabase());
      const { id } = await gallery.createPerson({ name: 'Ann' });
      const stream = enrollSteadily(gallery, id);
      for (let round = 0; round < 10; round++) {
        const before = stream.acknowledged.length;
        await expect
          .poll(() => stream.acknowledged.length, { timeout: 30_000 })
          .toBeGreaterThan(before + round);
        await server.kill();
        await expect(gallery.search(photos[0]!)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
        await expect(gallery.createPerson({ name: 'Bob' })).rejects.toMatchObject({
          code: 'ERR_UNAVAILABLE',
        });
        await server.start();
      }
      const before = stream.acknowledged.length;
      await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 10);
      await stream.stop();
      expect([...stream.codes]).toEqual(['ERR_UNAVAILABLE']);
      const stored = await storedFaces(gallery);
      expect(stream.acknowledged.filter((face) => !stored.has(face))).toEqual([]);
      expect((await gallery.search(photos[0]!))[0]).toMatchObject({ person: { id }, distance: 0 });
      expect((await gallery.stats()).faces).toBe(stored.size);
    }, 240_000);

    it('goes on after the network between them was cut', async () => {
      const url = new URL(await server.createDatabase());
      const network = await startNetwork(server.port);
      url.port = String(network.port);
      const gallery = await openForStream(url.href);
      const { id } = await gallery.createPerson({ name: 'Ann' });
      const stream = enrollSteadily(gallery, id);
      await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(10);
      await network.cut();
      await expect(gallery.search(photos[0]!)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
      // The stream may have been between two photos.
      await expect.poll(() => stream.codes.size).toBeGreaterThan(0);
      await network.mend();
      const before = stream.acknowledged.length;
      await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 10);
      await stream.stop();
      expect([...stream.codes]).toEqual(['ERR_UNAVAILABLE']);
      const stored = await storedFaces(gallery);
      expect(stream.acknowledged.filter((face) => !stored.has(face))).toEqual([]);
    }, 120_000);

    it('says what is wrong with a database that takes no changes or was given to somebody else', async () => {
      const url = await server.createDatabase();
      await openForStream(url);
      const readOnly = openGallery(`${url}?gallery=new&options=-c%20default_transaction_read_only%3Don`, {
        embedder: TEST_EMBEDDER,
      });
      await expect(readOnly).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
      await run(url, 'CREATE ROLE guest LOGIN');
      const guest = new URL(url);
      guest.username = 'guest';
      const refused = openGallery(guest.href, { embedder: TEST_EMBEDDER });
      await expect(refused).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
      await expect(refused).rejects.toThrow(/permission denied|right/);
    });

    it('repeats no name in the cause of an error', async () => {
      const gallery = await openForStream(await server.createDatabase());
      await gallery.createPerson({ name: 'Ann Secret' });
      // Past the look of the gallery whether the name is free: both ask before either has it.
      const outcomes = await Promise.allSettled(
        Array.from({ length: 4 }, () => gallery.createPerson({ name: 'Bob Secret' })),
      );
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        const { cause } = outcome.reason as Error;
        expect(JSON.stringify(cause, Object.getOwnPropertyNames(cause ?? {})) ?? '').not.toContain('Secret');
        expect(outcome.reason).toMatchObject({ code: 'ERR_CONFLICT' });
      }
    });
  },
);
