import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGallery } from '../../../src/gallery/collection/gallery-collection.ts';
import { packageEmbedder } from '../../../src/node/models/packaged-models.ts';
import { ApiKeys } from '../../../src/server/api-keys.ts';
import { describeWithPostgres } from '../../gallery/stores/postgres/postgres-test.ts';
import { rowsOf, run } from '../../gallery/stores/postgres/test-postgres.ts';
import { media } from '../start-server.ts';
import { ask, listenToEvents, type ServeProcess, startServe } from './serve-process.ts';

const LONG = 300_000;
const photo = readFileSync(media('audrey.jpg'));

describeWithPostgres('servers over one database', ({ createDatabase }) => {
  let database = '';
  let servers: ServeProcess[] = [];
  let admin = '';
  const start = () => startServe(database, ['--rate', '100000']);

  beforeAll(async () => {
    database = await createDatabase();
    await using keys = await ApiKeys.open(database);
    admin = (await keys.create('admin', ['admin'])).secret;
    servers = [await start(), await start(), await start()];
  }, LONG);
  afterAll(async () => {
    for (const server of servers) await server.kill();
  });

  const json = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;

  it('take a key at once that one of them made, and refuse it at once on all when one revoked it', async () => {
    for (let round = 0; round < 5; round++) {
      const maker = servers[round % 3]!;
      const body = { label: `round ${round}`, scopes: ['read'] };
      const made = await json<{ key: { id: string }; secret: string }>(
        ask(maker, '/keys', { method: 'POST', key: admin, body }),
      );
      for (const server of servers)
        expect((await ask(server, '/people', { key: made.secret })).status).toBe(200);
      const revoker = servers[(round + 1) % 3]!;
      const revoked = await ask(revoker, `/keys/${made.key.id}`, { method: 'DELETE', key: admin });
      expect(revoked.status).toBe(204);
      for (const server of servers)
        expect((await ask(server, '/people', { key: made.secret })).status).toBe(401);
    }
    const [row] = (await rowsOf(database, 'SELECT * FROM face_trigger.api_key')) as [object];
    expect(JSON.stringify(row)).not.toContain(admin.slice('ft_'.length + 13));
  });

  it('work with the settings that one of them was given', async () => {
    const [first, ...others] = servers;
    const body = { maxDistance: 0.41, retentionDays: 30 };
    expect((await ask(first!, '/settings', { method: 'PATCH', key: admin, body })).status).toBe(200);
    for (const server of others) {
      await expect
        .poll(() => json(ask(server, '/settings', { key: admin })), { timeout: 10_000 })
        .toEqual(body);
    }
    const change = { maxDistance: 0.6, retentionDays: null };
    await ask(others[0]!, '/settings', { method: 'PATCH', key: admin, body: { retentionDays: null } });
    await ask(others[1]!, '/settings', { method: 'PATCH', key: admin, body: { maxDistance: 0.6 } });
    for (const server of servers) {
      await expect
        .poll(() => json(ask(server, '/settings', { key: admin })), { timeout: 10_000 })
        .toEqual(change);
    }
  });

  it('pass the events of each to the clients of all, in one order', async () => {
    const listeners = servers.map((server) => listenToEvents(server, { key: admin }));
    await Promise.all(listeners.map(({ connected }) => connected));
    const names = Array.from({ length: 30 }, (_, i) => `Event ${i}`);
    await Promise.all(
      names.map((name, i) => ask(servers[i % 3]!, '/people', { method: 'POST', key: admin, body: { name } })),
    );
    for (const { events } of listeners) {
      await expect
        .poll(() => events.filter(({ data }) => names.includes(String(data['name']))).length, {
          timeout: 10_000,
        })
        .toBe(30);
    }
    const [one, ...rest] = listeners.map(({ events }) => events);
    expect(one!.map(({ id }) => id)).toEqual([...new Set(one!.map(({ id }) => id))].sort((a, b) => a - b));
    for (const other of rest) expect(other).toEqual(one);
    for (const { end, done } of listeners) {
      end();
      await done;
    }
  });

  it(
    'go on with the events after the last that a client had of one that was killed',
    async () => {
      const create = (server: ServeProcess, name: string) =>
        ask(server, '/people', { method: 'POST', key: admin, body: { name } });
      const before = listenToEvents(servers[0]!, { key: admin });
      await before.connected;
      for (let i = 0; i < 5; i++) expect((await create(servers[1]!, `Before ${i}`)).status).toBe(201);
      await expect.poll(() => before.events.length, { timeout: 10_000 }).toBe(5);
      await servers[0]!.kill();
      await before.done;
      for (let i = 0; i < 5; i++) expect((await create(servers[1]!, `Between ${i}`)).status).toBe(201);
      const after = listenToEvents(servers[2]!, { key: admin, after: before.events.at(-1)!.id });
      await after.connected;
      expect((await create(servers[1]!, 'After')).status).toBe(201);
      await expect.poll(() => after.events.length, { timeout: 10_000 }).toBe(6);
      expect(after.events.map(({ data }) => data['name'])).toEqual([
        ...Array.from({ length: 5 }, (_, i) => `Between ${i}`),
        'After',
      ]);
      after.end();
      servers[0] = await start();
    },
    LONG,
  );

  it('repeat no event of somebody who was deleted, and keep no name in the table of events', async () => {
    const made = await json<{ id: string }>(
      ask(servers[0]!, '/people', { method: 'POST', key: admin, body: { name: 'Forgotten One' } }),
    );
    const text = async () =>
      JSON.stringify(await rowsOf(database, 'SELECT * FROM face_trigger.server_event'));
    expect(await text()).toContain(made.id);
    expect(await text()).not.toContain('Forgotten');
    expect((await ask(servers[1]!, `/people/${made.id}`, { method: 'DELETE', key: admin })).status).toBe(200);
    const again = listenToEvents(servers[2]!, { key: admin, after: 0 });
    const own = () => again.events.filter(({ data }) => data['personId'] === made.id).map(({ type }) => type);
    await expect.poll(own, { timeout: 10_000 }).toEqual(['person.deleted']);
    again.end();
  });

  it('bind a key to one gallery, in the API and for clients of CompreFace, and delete it with the gallery', async () => {
    const [first, second, third] = servers as [ServeProcess, ServeProcess, ServeProcess];
    const made = await ask(first, '/galleries', { method: 'POST', key: admin, body: { name: 'hall' } });
    expect(made.status).toBe(201);
    const body = { label: 'hall', scopes: ['admin'], gallery: 'hall' };
    const { secret: hall } = await json<{ secret: string }>(
      ask(second, '/keys', { method: 'POST', key: admin, body }),
    );
    expect(
      (await ask(third, '/people', { method: 'POST', key: hall, body: { name: 'Hall Ann' } })).status,
    ).toBe(201);
    expect(await json(ask(first, '/recognition/subjects', { key: hall }))).toEqual({
      subjects: ['Hall Ann'],
    });
    const { subjects } = await json<{ subjects: string[] }>(
      ask(first, '/recognition/subjects', { key: admin }),
    );
    expect(subjects).not.toContain('Hall Ann');
    expect(await json(ask(second, '/recognition/subjects', { key: admin, gallery: 'hall' }))).toEqual({
      subjects: ['Hall Ann'],
    });
    expect((await ask(first, '/people', { key: hall, gallery: 'default' })).status).toBe(403);
    expect((await ask(first, '/metrics', { key: hall })).status).toBe(403);
    expect((await ask(first, '/metrics', { key: admin })).status).toBe(200);
    expect((await ask(first, '/people', { key: admin, gallery: '../hall' })).status).toBe(400);
    expect((await ask(first, '/people', { key: admin, gallery: 'none' })).status).toBe(404);
    expect(
      (await ask(first, '/galleries', { method: 'POST', key: hall, body: { name: 'mine' } })).status,
    ).toBe(403);
    expect(await json(ask(first, '/galleries', { key: hall }))).toMatchObject({
      items: [{ name: 'hall', people: 1 }],
    });
    const { items } = await json<{ items: object[] }>(ask(third, '/keys', { key: hall }));
    expect(items).toHaveLength(1);
    const more = { label: 'more', scopes: ['read'] };
    const own = await json<{ key: { gallery: string } }>(
      ask(first, '/keys', { method: 'POST', key: hall, body: more }),
    );
    expect(own.key.gallery).toBe('hall');
    const remove = (path: string) => ask(second, path, { method: 'DELETE', key: admin });
    expect((await remove('/galleries/hall')).status).toBe(400);
    expect((await remove('/galleries/default?confirm=default')).status).toBe(409);
    expect((await remove('/galleries/hall?confirm=hall')).status).toBe(204);
    for (const server of servers) expect((await ask(server, '/people', { key: hall })).status).toBe(401);
    await createGallery(`${database}?gallery=hall`, await embedder());
    for (const server of servers) {
      await expect
        .poll(() => json(ask(server, '/people', { key: admin, gallery: 'hall' })), { timeout: 10_000 })
        .toMatchObject({ items: [] });
    }
  });

  it(
    'do the jobs of every gallery, and show a key for one only those of that one',
    async () => {
      const [first, second] = servers as [ServeProcess, ServeProcess, ServeProcess];
      await createGallery(`${database}?gallery=work`, await embedder());
      const label = { label: 'work', scopes: ['admin'], gallery: 'work' };
      const { secret: work } = await json<{ secret: string }>(
        ask(first, '/keys', { method: 'POST', key: admin, body: label }),
      );
      const photos = [{ url: 'http://127.0.0.1:1/Ada/1.jpg', person: 'Ada' }];
      const add = (options: object) =>
        json<{ id: string }>(
          ask(first, '/jobs', { method: 'POST', body: { kind: 'enroll', photos }, ...options }),
        );
      const { id: own } = await add({ key: work });
      const { id: other } = await add({ key: admin });
      const stateOf = (id: string, options: object) =>
        json<{ state: string; failed: number }>(ask(second, `/jobs/${id}`, options));
      for (const [id, options] of [
        [own, { key: work }],
        [own, { key: admin, gallery: 'work' }],
        [other, { key: admin }],
      ] as const)
        await expect
          .poll(() => stateOf(id, options), { timeout: 60_000 })
          .toMatchObject({ state: 'done', failed: 1 });
      const listed = async (options: object) =>
        (await json<{ items: { id: string }[] }>(ask(second, '/jobs', options))).items.map(({ id }) => id);
      expect(await listed({ key: work })).toEqual([own]);
      expect(await listed({ key: admin })).not.toContain(own);
      expect((await ask(second, `/jobs/${other}`, { key: work })).status).toBe(404);
      expect((await ask(second, `/jobs/${own}`, { key: admin })).status).toBe(404);
      const { items } = await json<{ items: object[] }>(ask(second, '/jobs/failures', { key: work }));
      expect(items).toMatchObject([{ jobId: own, code: 'ERR_FORBIDDEN' }]);
      const metrics = await (await ask(first, '/metrics', { key: admin })).text();
      expect(metrics).toMatch(/face_trigger_job_tasks{state="failed"} [2-9]/);
    },
    LONG,
  );

  it('count wrong keys of an address together', async () => {
    const wrong = `ft_${'0'.repeat(12)}_${'A'.repeat(43)}`;
    // Those of keys that were revoked count too.
    await run(database, 'DELETE FROM face_trigger.attempt');
    const statuses: number[] = [];
    for (let i = 0; i < 24; i++)
      statuses.push((await ask(servers[i % 3]!, '/people', { key: wrong })).status);
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(4).fill(429)]);
    for (const server of servers) expect((await ask(server, '/people', { key: admin })).status).toBe(200);
  });

  it('keep every acknowledged face when one is killed in a stream of enrollments, ten times', async () => {
    const acknowledged: string[] = [];
    const person = await json<{ id: string }>(
      ask(servers[2]!, '/people', { method: 'POST', key: admin, body: { name: 'Stream' } }),
    );
    for (let round = 0; round < 10; round++) {
      const at = round % 2;
      const victim = servers[at]!;
      let isKilled = false;
      const stream = (async () => {
        for (let i = 0; !isKilled; i++) {
          try {
            const path = `/people/${person.id}/faces?review=off&duplicates=keep&source=${round}-${i}`;
            const response = await ask(victim, path, { method: 'POST', key: admin, body: photo });
            const { face } = (await response.json()) as { face: { id: string } };
            if (response.status === 201) acknowledged.push(face.id);
          } catch (error) {
            if (!isKilled) throw error;
          }
        }
      })();
      const goal = acknowledged.length + 1 + (round % 3);
      await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(goal);
      await new Promise((resolve) => setTimeout(resolve, round * 17));
      isKilled = true;
      await victim.kill();
      await stream;
      if (round < 8) servers[at] = await start();
    }
    const found = await json<{ items: { id: string }[] }>(
      ask(servers[2]!, `/people/${person.id}/faces?limit=1000`, { key: admin }),
    );
    const stored = new Set(found.items.map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThanOrEqual(10);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  }, 600_000);
});

async function embedder() {
  const profile = await packageEmbedder();
  const { id, sha256, dimension } = profile;
  return { embedder: { id, sha256, dimension }, distances: profile };
}
