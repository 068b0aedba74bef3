import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { MIGRATE, MigrateKind, type MigrateKindOptions } from '../../../src/jobs/kinds/migrate-kind.ts';
import { packageEmbedder } from '../../../src/node/models/packaged-models.ts';
import { copiedPack } from '../../cli/copied-pack.ts';

/** A gallery, and a pack of whose weights nothing is known. */
async function prepare(): Promise<{ readonly gallery: string; readonly models: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-migrate-kind-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const models = await copiedPack(folder);
  const path = join(models, 'face-trigger.json');
  const pack = JSON.parse(await readFile(path, 'utf8')) as { parts: { licence: object }[] };
  for (const part of pack.parts) part.licence = { ...part.licence, weights: 'unknown' };
  await writeFile(path, JSON.stringify(pack));
  const gallery = join(folder, 'gallery.db');
  const { id, sha256, dimension } = await packageEmbedder();
  await (await openGallery(gallery, { embedder: { id, sha256, dimension } })).dispose();
  return { gallery, models };
}

const run = (
  gallery: string,
  parameters: { models: string; commercial?: boolean },
  options?: MigrateKindOptions,
) =>
  new MigrateKind(gallery, options).run(
    {
      ...{ id: 'a', job: { id: 'b', kind: MIGRATE, parameters }, what: 'models', data: {} },
      ...{ tries: 1, leaseSeconds: 60 },
    },
    {
      ...{ signal: new AbortController().signal, confirm: async () => undefined },
      progress: () => undefined,
    },
  );

it('uses no models of unknown license where the worker or the job asks for commercial ones', async () => {
  const { gallery, models } = await prepare();
  const refused = { code: 'ERR_MODEL_LICENCE' };
  await expect(run(gallery, { models }, { commercial: true })).rejects.toMatchObject(refused);
  await expect(run(gallery, { models, commercial: true }, {})).rejects.toMatchObject(refused);
  await expect(run(gallery, { models, commercial: true })).rejects.toMatchObject(refused);
  expect(await run(gallery, { models })).toMatchObject({ outcome: 'switched' });
}, 240_000);
