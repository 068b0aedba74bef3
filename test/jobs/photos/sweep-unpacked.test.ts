import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sweepUnpacked } from '../../../src/jobs/photos/sweep-unpacked.ts';
import { makeUnpackedFolder } from '../../../src/node/files/unpacked-folder.ts';

const DAYS_AGO = new Date(Date.now() - 2 * 86_400_000);

async function place(): Promise<string> {
  const within = await mkdtemp(join(tmpdir(), 'face-trigger-sweep-'));
  onTestFinished(() => rm(within, { recursive: true, force: true }));
  return within;
}

async function oldFolder(within: string, owner: string | null): Promise<string> {
  const path = await makeUnpackedFolder(within, owner);
  await utimes(path, DAYS_AGO, DAYS_AGO);
  return path;
}

test('what was unpacked goes once no job names it, and nothing else does', async () => {
  const within = await place();
  const needed = await oldFolder(within, 'us');
  const left = await oldFolder(within, 'us');
  const strange = await oldFolder(within, 'others');
  const nobodys = await oldFolder(within, null);
  const young = await makeUnpackedFolder(within, 'us');
  const other = join(within, 'photos');
  await mkdir(other);
  await utimes(other, DAYS_AGO, DAYS_AGO);
  const asked: (readonly string[])[] = [];
  await sweepUnpacked(within, {
    owner: 'us',
    needed: async (folders) => {
      asked.push([...folders].sort());
      return [needed];
    },
  });
  expect(asked).toEqual([[needed, left].sort()]);
  expect(existsSync(left)).toBe(false);
  for (const path of [needed, strange, nobodys, young, other]) expect(existsSync(path), path).toBe(true);
});

test('of a place of our own all are ours, and a place that is not there is no fault', async () => {
  const within = await place();
  const path = await oldFolder(within, null);
  await sweepUnpacked(within, { needed: async () => [] });
  expect(existsSync(path)).toBe(false);
  await sweepUnpacked(join(within, 'none'), { needed: async () => [] });
});
