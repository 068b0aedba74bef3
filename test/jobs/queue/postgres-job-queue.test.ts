import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { openStore } from '../../../src/gallery/open-gallery.ts';
import { postgresAddress } from '../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresJobQueue } from '../../../src/jobs/queue/postgres-job-queue.ts';
import { describeWithPostgres } from '../../gallery/stores/postgres/postgres-test.ts';
import { STORE_EMBEDDER } from '../../gallery/stores/store-conformance.ts';
import { testQueue } from './queue-conformance.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describeWithPostgres('in PostgreSQL', ({ createDatabase }) => {
  let database: string;
  let made = 0;
  beforeAll(async () => {
    database = await createDatabase();
  });

  // All in one database: no gallery may know of another's jobs.
  testQueue('jobs in PostgreSQL', async () => {
    const address = await makeGallery(`${database}?gallery=jobs-${made++}`);
    return { open: () => PostgresJobQueue.open(address) };
  });

  test('makes the tables once where several processes begin at once', async () => {
    const address = await makeGallery(await createDatabase());
    const opened = await Promise.allSettled(Array.from({ length: 6 }, () => PostgresJobQueue.open(address)));
    for (const one of opened) if (one.status === 'fulfilled') onTestFinished(() => one.value.dispose());
    expect(opened.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
  });

  test('says that there is no such gallery', async () => {
    const address = postgresAddress(`${await createDatabase()}?gallery=none`);
    await expect(PostgresJobQueue.open(address)).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
  });
});

async function makeGallery(url: string) {
  const address = postgresAddress(url);
  await (await openStore(address, { embedder: STORE_EMBEDDER })).dispose();
  return address;
}
