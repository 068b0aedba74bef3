import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { migrateGallery } from '../../src/gallery/migrate/migrate-gallery.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import { startServe } from '../server/shared/serve-process.ts';
import { media } from './run-cli.ts';

/** A server over a gallery that was given other models. */
async function serveMigrated(...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-serve-migrated-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'gallery.db');
  const { id, sha256, dimension } = await packageEmbedder();
  await (await openGallery(path, { embedder: { id, sha256, dimension } })).dispose();
  const serve = await startServe(path, args);
  onTestFinished(() => serve.kill());
  const get = (route: string) => fetch(`${serve.url}/api/v1${route}`).catch(() => null);
  expect((await get('/ready'))?.status).toBe(200);
  const { switched, to } = await migrateGallery(path, { models: 'dlib', precision: 'int8', backup: null });
  expect(switched).toBe(true);
  return { get, url: serve.url, to };
}

it('goes on with the new models of its gallery by itself, at the same address', async () => {
  const { get, url, to } = await serveMigrated();
  const stats = async () => (await get('/stats'))?.json();
  await expect.poll(stats, { timeout: 120_000 }).toMatchObject({ embedder: { id: to.embedder.id } });
  expect((await get('/ready'))?.status).toBe(200);
  const recognized = await fetch(`${url}/api/v1/recognize`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: await readFile(media('audrey.jpg')),
  });
  expect(recognized.status).toBe(200);
});

it('stays away from a gallery whose models it was told not to use, and says what to do', async () => {
  const { get, url } = await serveMigrated('--precision', 'fp32');
  await expect.poll(async () => (await get('/ready'))?.status, { timeout: 120_000 }).toBe(503);
  const { reason } = (await (await get('/ready'))!.json()) as { reason: string };
  expect(reason).toContain('started with others by --models or --precision: then start it again');
  const answer = await fetch(`${url}/api/v1/recognize`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: await readFile(media('audrey.jpg')),
  });
  expect(answer.status).toBe(409);
});
