import type { AddressInfo } from 'node:net';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FaceTriggerError } from '../../../../src/core/errors.ts';
import type { Gallery } from '../../../../src/gallery/gallery.ts';
import { openGallery } from '../../../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../../synthetic-people.ts';
import { NO_OWN_POSTGRES, type OwnServer, run, startOwnPostgres } from './test-postgres.ts';

const [photos] = syntheticPeople(1, 400, { seed: 3 });

async function open(url: string): Promise<Gallery> {
  const gallery = await openGallery(url, { embedder: TEST_EMBEDDER, distances: DLIB_FACTS });
  onTestFinished(() => gallery.dispose());
  return gallery;
}

/** Enrolls photos one after the other until it is told to stop. */
function enrollSteadily(gallery: Gallery, personId: string) {
  const acknowledged: string[] = [];
  const codes = new Set<string>();
  let isOver = false;
  const done = (async () => {
    for (let i = 0; !isOver; i++) {
      try {
        const embedding = photos![i % photos!.length]!;
        const [added] = await gallery.addFaces(personId, [{ embedding }], { duplicates: 'keep' });
        acknowledged.push(added!.face.id);
      } catch (error) {
        if (!(error instanceof FaceTriggerError)) throw error;
        codes.add(error.code);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  })();
  const stop = async () => {
    isOver = true;
    await done;
  };
  onTestFinished(stop);
  return { acknowledged, codes, stop };
}

async function storedFaces(gallery: Gallery): Promise<ReadonlySet<string>> {
  const stored = new Set<string>();
  for await (const record of gallery.export()) if (record.type === 'face') stored.add(record.id);
  return stored;
}

describe.skipIf(NO_OWN_POSTGRES !== null)(
  NO_OWN_POSTGRES === null ? 'a gallery in PostgreSQL' : `a gallery in PostgreSQL (${NO_OWN_POSTGRES})`,
  () => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await startOwnPostgres();
    });
    afterAll(() => server?.stop());

    it('says that the database is gone while it is, goes on when it is back, and has every acknowledged face', async () => {
      const gallery = await open(await server.createDatabase());
      const { id } = await gallery.createPerson({ name: 'Ann' });
      const stream = enrollSteadily(gallery, id);
      for (let round = 0; round < 3; round++) {
        const before = stream.acknowledged.length;
        await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 10);
        await server.kill();
        await expect(gallery.search(photos![0]!)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
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
      expect((await gallery.search(photos![0]!))[0]).toMatchObject({ person: { id }, distance: 0 });
      expect((await gallery.stats()).faces).toBe(stored.size);
    }, 240_000);

    it('goes on after the network between them was cut', async () => {
      const url = new URL(await server.createDatabase());
      const sockets = new Set<Socket>();
      const proxy = createServer((near) => {
        const far = connectTo(server.port, '127.0.0.1');
        for (const [from, to] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(from);
          from.on('error', () => to.destroy()).on('close', () => to.destroy());
          from.pipe(to);
        }
      });
      const listen = (port: number) =>
        new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
      const cut = async () => {
        const closed = new Promise((resolve) => proxy.close(resolve));
        for (const socket of sockets) socket.destroy();
        await closed;
      };
      await listen(0);
      const { port } = proxy.address() as AddressInfo;
      url.port = String(port);
      const gallery = await open(url.href);
      onTestFinished(cut);
      const { id } = await gallery.createPerson({ name: 'Ann' });
      const stream = enrollSteadily(gallery, id);
      await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(10);
      await cut();
      await expect(gallery.search(photos![0]!)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
      await listen(port);
      const before = stream.acknowledged.length;
      await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 10);
      await stream.stop();
      expect([...stream.codes]).toEqual(['ERR_UNAVAILABLE']);
      const stored = await storedFaces(gallery);
      expect(stream.acknowledged.filter((face) => !stored.has(face))).toEqual([]);
    }, 120_000);

    it('says what is wrong with a database that takes no changes or was given to somebody else', async () => {
      const url = await server.createDatabase();
      await open(url);
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
      const gallery = await open(await server.createDatabase());
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
