import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createGallery } from '../../src/gallery/collection/gallery-collection.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import { startServe } from '../server/shared/serve-process.ts';

it('makes galleries for the models of the first one, which are those that the server works with', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-serve-galleries-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { id, sha256, dimension } = await packageEmbedder('int8');
  await createGallery(join(folder, 'default.db'), { embedder: { id, sha256, dimension } });
  const serve = await startServe(folder);
  onTestFinished(() => serve.kill());
  const made = await fetch(`${serve.url}/api/v1/galleries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'hall' }),
  });
  expect(made.status).toBe(201);
  const stats = await fetch(`${serve.url}/api/v1/stats`, { headers: { 'x-gallery': 'hall' } });
  expect(await stats.json()).toMatchObject({ embedder: { id } });
});
