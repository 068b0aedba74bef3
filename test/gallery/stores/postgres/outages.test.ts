import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startNetwork } from './network.ts';
import { enrollSteadily, openForStream, storedFaces, streamedPhotos } from './steady-stream.ts';
import { NO_OWN_POSTGRES, type OwnServer, postgresUser, run, startOwnPostgres } from './test-postgres.ts';

const photos = streamedPhotos!;
/** Longer than a connection may take to be there, and as long as a statement may take. */
const DROP_MS = 30_000;

/** A disk of a few megabytes. @returns why there is none */
function mountDisk(folder: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `no disk of a few megabytes can be mounted here: ${String((error as Error).message).split('\n')[0]}`;
  }
}

describe.skipIf(NO_OWN_POSTGRES !== null)(
  NO_OWN_POSTGRES === null ? 'a gallery in PostgreSQL' : `a gallery in PostgreSQL (${NO_OWN_POSTGRES})`,
  () => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await startOwnPostgres();
    });
    afterAll(() => server?.stop());

    it('loses nothing where the network between them is silent for half a minute, and says that another database takes too long', async () => {
      await Promise.all([silentNetwork(server), slowDatabase(server)]);
    }, 180_000);

    it('says that the disk of the database is full, keeps what was acknowledged, and goes on when there is room', async ({
      skip,
    }) => {
      const folder = mkdtempSync(join(tmpdir(), 'face-trigger-disk-'));
      const why = mountDisk(folder);
      onTestFinished(() => {
        if (why === null) execFileSync('umount', ['-l', folder]);
        rmSync(folder, { recursive: true, force: true });
      });
      if (why !== null) skip(why);
      const user = postgresUser();
      if (process.getuid?.() === 0) chownSync(folder, user.uid, user.gid);
      const url = new URL(await server.createDatabase());
      const place = `small_${crypto.randomUUID().replaceAll('-', '')}`;
      await run(url.href, `CREATE TABLESPACE ${place} LOCATION '${folder}'`);
      await run(maintenance(url), `ALTER DATABASE ${url.pathname.slice(1)} SET TABLESPACE ${place}`);
      const gallery = await openForStream(url.href);
      const { id } = await gallery.createPerson({ name: 'Ann' });
      const filler = new pg.Client({ connectionString: url.href });
      await filler.connect();
      await filler.query('CREATE TABLE filler (bytes text)');
      await filler.query('ALTER TABLE filler ALTER COLUMN bytes SET STORAGE PLAIN');
      for (let rows = 1000; rows > 0; ) {
        const fill = `INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, ${rows})`;
        const isFull = await filler.query(fill).then(
          () => false,
          () => true,
        );
        if (isFull) rows = Math.floor(rows / 10);
      }
      await filler.end();
      const acknowledged: string[] = [];
      let failure: unknown = null;
      for (let i = 0; failure === null && i < 2000; i++) {
        await gallery.addFaces(id, [{ embedding: photos[0]! }], { duplicates: 'keep' }).then(
          ([added]) => acknowledged.push(added!.face.id),
          (error: unknown) => {
            failure = error;
          },
        );
      }
      expect(failure).toMatchObject({
        code: 'ERR_DISK_FULL',
        message: expect.stringContaining("database's disk"),
      });
      expect((await gallery.stats()).faces).toBe(acknowledged.length);
      expect(new Set(acknowledged)).toEqual(await storedFaces(gallery));
      execFileSync('mount', ['-o', 'remount,size=200m', folder]);
      const [added] = await gallery.addFaces(id, [{ embedding: photos[0]! }], { duplicates: 'keep' });
      expect(await storedFaces(gallery)).toContain(added!.face.id);
      await gallery.dispose();
      await run(maintenance(url), `DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
      await run(maintenance(url), `DROP TABLESPACE ${place}`);
    }, 180_000);
  },
);

/** The database that every server has, from which others are changed. */
function maintenance(url: URL): string {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.href;
}

/** Nothing that was acknowledged is lost, and nothing is answered that might be out of date. */
async function silentNetwork(server: OwnServer): Promise<void> {
  const url = new URL(await server.createDatabase());
  const network = await startNetwork(server.port);
  url.port = String(network.port);
  const gallery = await openForStream(url.href);
  const { id } = await gallery.createPerson({ name: 'Ann' });
  const stream = enrollSteadily(gallery, id);
  await expect.poll(() => stream.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(10);
  network.swallow();
  const searches = Array.from({ length: 20 }, () => gallery.search(photos[0]!));
  const outcomes = Promise.allSettled(searches);
  await pause(DROP_MS);
  await network.mend();
  for (const outcome of await outcomes) {
    // Answered when it was back, or said why not: never answered from what might be out of date.
    if (outcome.status === 'fulfilled') expect(outcome.value[0]).toMatchObject({ person: { id } });
    else
      expect(outcome.reason).toMatchObject({
        code: expect.stringMatching(/^ERR_(UNAVAILABLE|TIMEOUT)$/),
      });
  }
  const before = stream.acknowledged.length;
  await expect.poll(() => stream.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + 10);
  await stream.stop();
  for (const code of stream.codes) expect(code).toMatch(/^ERR_(UNAVAILABLE|TIMEOUT|BUSY)$/);
  const stored = await storedFaces(gallery);
  expect(stream.acknowledged.filter((face) => !stored.has(face))).toEqual([]);
  expect((await gallery.stats()).faces).toBe(stored.size);
}

/** A search says so, and the next one answers. */
async function slowDatabase(server: OwnServer): Promise<void> {
  const url = await server.createDatabase();
  const gallery = await openForStream(url);
  const { person } = await gallery.enroll({ name: 'Ann' }, [{ embedding: photos[0]! }]);
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN; LOCK TABLE face_trigger.person IN ACCESS EXCLUSIVE MODE');
  await expect(gallery.search(photos[0]!)).rejects.toMatchObject({
    code: 'ERR_TIMEOUT',
    message: expect.stringContaining('took longer than the limit'),
  });
  await other.query('ROLLBACK');
  expect((await gallery.search(photos[0]!))[0]).toMatchObject({ person: { id: person.id } });
}
