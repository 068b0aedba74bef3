import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { ApiKeys } from '../../../src/server/api-keys.ts';
import { startNetwork } from '../../gallery/stores/postgres/network.ts';
import { describeWithPostgres } from '../../gallery/stores/postgres/postgres-test.ts';
import { run } from '../../gallery/stores/postgres/test-postgres.ts';
import { ask, startServe } from './serve-process.ts';

describeWithPostgres('a server over a database', ({ createDatabase }) => {
  it('says what it waits for, counts on, and goes on serving while it says that it stops', async () => {
    const database = await createDatabase();
    await using keys = await ApiKeys.open(database);
    const { secret: key } = await keys.create('admin', ['admin']);
    const server = await startServe(database, ['--stop-after', '10']);
    onTestFinished(() => server.kill());
    const ready = async () => {
      const response = await ask(server, '/ready');
      return { status: response.status, ...((await response.json()) as { missing?: readonly string[] }) };
    };
    expect(await ready()).toMatchObject({ status: 'ready' });
    const metrics = await (await ask(server, '/metrics', { key })).text();
    for (const name of [
      'mirror_lag_seconds',
      'database_connections',
      'database_connections_wanted',
      'galleries_open',
      'index_age_seconds',
      'workers_ready',
    ]) {
      expect(metrics).toMatch(new RegExp(`^face_trigger_${name} [0-9.]+`, 'm'));
    }
    await run(database, 'INSERT INTO face_trigger.migration (version) VALUES (9999)');
    expect(await ready()).toMatchObject({ status: 'unavailable', missing: ['schema'] });
    expect((await ask(server, '/health')).status).toBe(200);
    await run(database, 'DELETE FROM face_trigger.migration WHERE version = 9999');
    expect(await ready()).toMatchObject({ status: 'ready' });
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    await expect.poll(ready, { interval: 50, timeout: 8000 }).toMatchObject({ missing: ['stopping'] });
    expect((await ask(server, '/people', { key })).status).toBe(200);
    expect(await ended).toEqual([143, null]);
  }, 300_000);

  it('says that the database is away, and after a while that others may have changed what it knows', async () => {
    const database = new URL(await createDatabase());
    await using keys = await ApiKeys.open(database.href);
    await keys.create('admin', ['admin']);
    const network = await startNetwork(Number(database.port), database.hostname);
    database.hostname = '127.0.0.1';
    database.port = String(network.port);
    const server = await startServe(database.href);
    onTestFinished(() => server.kill());
    const ready = async () => (await ask(server, '/ready')).json();
    expect(await ready()).toEqual({ status: 'ready' });
    await network.cut();
    expect(await ready()).toMatchObject({ status: 'unavailable', missing: ['database'] });
    expect((await ask(server, '/health')).status).toBe(200);
    await expect.poll(ready, { timeout: 30_000, interval: 500 }).toMatchObject({
      missing: ['database', 'mirror'],
      reason: expect.stringMatching(/last taken in \d+ s ago/),
    });
    await network.mend();
    await expect.poll(ready, { timeout: 30_000 }).toEqual({ status: 'ready' });
  }, 300_000);
});
