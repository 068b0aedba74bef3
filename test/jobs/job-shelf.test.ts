import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { addressIn, createGallery, deleteGallery } from '../../src/gallery/collection/gallery-collection.ts';
import { JobShelf } from '../../src/jobs/job-shelf.ts';
import { planEnrollment } from '../../src/jobs/photos/plan-enrollment.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import { jsonLines, media, runCli } from '../cli/run-cli.ts';
import { startPostgres, type TestServer } from '../gallery/stores/postgres/test-postgres.ts';
import { JOB_STORES, jobGalleries, sourcesIn } from './job-places.ts';

describe.each(JOB_STORES)('the jobs of several galleries in %s', (kind) => {
  const { newFolder } = jobGalleries();
  let server: TestServer | undefined;
  afterAll(() => server?.stop());

  /** A folder or a database with galleries of these names. */
  async function placeWith(...names: readonly string[]): Promise<string> {
    if (kind === 'postgres') server ??= await startPostgres();
    const where = server ? await server.createDatabase() : await newFolder();
    const profile = await packageEmbedder();
    const { id, sha256, dimension } = profile;
    for (const name of names)
      await createGallery(addressIn(where, name), {
        embedder: { id, sha256, dimension },
        distances: profile,
      });
    return where;
  }
  const open = async (where: string): Promise<JobShelf> => {
    const shelf = await JobShelf.open(where);
    onTestFinished(() => shelf.dispose());
    return shelf;
  };
  const task = (n: number) => ({ what: `photo ${n}`, data: {} });

  test('are held apart, found where there is work, and gone with their gallery', async () => {
    const where = await placeWith('door', 'hall', 'idle');
    const shelf = await open(where);
    await (await shelf.of('idle')).counts();
    const { id } = await (await shelf.of('door')).add({
      kind: 'enroll',
      parameters: {},
      tasks: [task(1), task(2)],
    });
    await (await shelf.of('hall')).add({ kind: 'evaluate', parameters: {}, tasks: [task(3)] });
    expect(await shelf.withWork(['enroll', 'evaluate'])).toEqual(['door', 'hall']);
    expect(await shelf.withWork(['enroll'])).toEqual(['door']);
    expect(await shelf.counts()).toEqual({ waiting: 3, running: 0, failed: 0 });
    await expect((await shelf.of('hall')).get(id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(await (await shelf.of('hall')).take(['enroll'])).toBeNull();
    await expect(shelf.of('none')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    const held = await (await shelf.of('door')).take(['enroll']);
    await (await shelf.of('door')).fail(held!, { code: null, message: 'no', permanent: true });
    expect(await shelf.counts()).toEqual({ waiting: 2, running: 0, failed: 1 });
    await deleteGallery(addressIn(where, 'door'));
    expect(await shelf.withWork(['enroll', 'evaluate'])).toEqual(['hall']);
    await expect(shelf.of('door')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(await shelf.counts()).toEqual({ waiting: 1, running: 0, failed: 0 });
  });

  test('are done by one worker, which says whose each was, and goes on where one gallery cannot be worked on', async () => {
    const where = await placeWith('door', 'hall');
    const { id: other } = await packageEmbedder();
    await createGallery(addressIn(where, 'strange'), {
      embedder: { id: `not-${other}`, sha256: 'ab'.repeat(32), dimension: 4 },
      distances: await packageEmbedder(),
    });
    const shelf = await open(where);
    for (const name of ['door', 'hall', 'strange']) {
      const folder = await newFolder();
      await mkdir(join(folder, 'Ada'));
      for (const n of [1, 2])
        await copyFile(media('franck_02159.jpg'), join(folder, 'Ada', `${name}-${n}.jpg`));
      const gallery = addressIn(where, name);
      const { tasks } = await planEnrollment([folder], { urls: [], gallery, maxUnpackedBytes: 1e9 });
      const parameters = { duplicates: 'keep', review: 'off' };
      await (await shelf.of(name)).add({ kind: 'enroll', parameters, tasks });
    }
    const run = await runCli(['worker', '--gallery', where, '--until-empty', '--json']);
    const lines = jsonLines<{ gallery: string; event: string; outcome: string }>(run);
    expect(lines.map(({ gallery, event, outcome }) => `${gallery} ${event} ${outcome}`).sort()).toEqual([
      ...['door done added', 'door done added', 'hall done added', 'hall done added'],
    ]);
    expect(run.stderr).toContain('worker: strange: ');
    expect(run.stderr).toContain('ERR_MODEL_MISMATCH');
    // What nobody here can do is left, and said.
    expect(run.status).toBe(1);
    for (const name of ['door', 'hall'])
      expect(await sourcesIn(addressIn(where, name))).toEqual([`${name}-1.jpg`, `${name}-2.jpg`]);
    expect(await shelf.counts()).toEqual({ waiting: 2, running: 0, failed: 0 });
  });
});
