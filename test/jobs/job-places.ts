import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import type { JobQueue } from '../../src/jobs/job-queue.ts';
import { openJobQueue } from '../../src/jobs/open-job-queue.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import { NO_POSTGRES, startPostgres, type TestServer } from '../gallery/stores/postgres/test-postgres.ts';

/** Where galleries with jobs can live, as far as it is here. */
export const JOB_STORES: readonly ('sqlite' | 'postgres')[] =
  NO_POSTGRES === null ? ['sqlite', 'postgres'] : ['sqlite'];

/** Makes galleries of the packaged models for the tests of a file. */
export function jobGalleries() {
  let server: Promise<TestServer> | null = null;
  afterAll(async () => (await server)?.stop());
  /** A folder that goes with the test. */
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'face-trigger-jobs-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  return {
    newFolder,
    /** The address of a new gallery. */
    newGallery: async (kind: 'sqlite' | 'postgres'): Promise<string> => {
      if (kind === 'postgres') server ??= startPostgres();
      const address =
        kind === 'postgres' ? await (await server!).createDatabase() : join(await newFolder(), 'gallery.db');
      const profile = await packageEmbedder();
      const { id, sha256, dimension } = profile;
      const gallery = await openGallery(address, { embedder: { id, sha256, dimension }, distances: profile });
      await gallery.dispose();
      return address;
    },
  };
}

/** The jobs of a gallery, closed when the test ends. */
export async function jobsOf(address: string): Promise<JobQueue> {
  const queue = await openJobQueue(address);
  onTestFinished(() => queue.dispose());
  return queue;
}

/** Sources of all faces of a gallery, sorted: one for each face. */
export async function sourcesIn(address: string): Promise<readonly string[]> {
  await using gallery = await openGallery(address, { create: false });
  const sources: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await gallery.listFaces({ limit: 100, cursor: cursor ?? null });
    sources.push(...page.items.map(({ source }) => source ?? ''));
    cursor = page.nextCursor;
  }
  return sources.sort();
}
