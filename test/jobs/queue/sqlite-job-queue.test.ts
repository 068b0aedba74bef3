import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SqliteJobQueue } from '../../../src/jobs/queue/sqlite-job-queue.ts';
import { testQueue } from './queue-conformance.ts';

vi.setConfig({ testTimeout: 120_000 });

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-jobs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'gallery.db.jobs');
}

testQueue('jobs in SQLite', async () => {
  const path = await newPath();
  return { open: () => SqliteJobQueue.open(path) };
});

test('refuses a file of something else and leaves it as it is', async () => {
  const path = await newPath();
  await writeFile(path, 'a letter, long enough to be no empty file '.repeat(50));
  await expect(SqliteJobQueue.open(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
});
