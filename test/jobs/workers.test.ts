import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ENROLL } from '../../src/jobs/kinds/enroll-kind.ts';
import { planEnrollment } from '../../src/jobs/photos/plan-enrollment.ts';
import { jsonLines, media, runCli } from '../cli/run-cli.ts';
import { rowsOf } from '../gallery/stores/postgres/test-postgres.ts';
import { JOB_STORES, jobGalleries, jobsOf, sourcesIn } from './job-places.ts';

const BIN = fileURLToPath(new URL('../../bin/face-trigger.js', import.meta.url));

/** A line that a worker prints with `--json`. */
interface WorkerLine {
  readonly event: string;
  readonly what: string;
  readonly outcome?: string;
}

describe.each(JOB_STORES)('workers on a gallery in %s', (kind) => {
  const { newFolder, newGallery } = jobGalleries();

  /** A folder of people whose photos all differ by their names. */
  async function peopleFolder(count: number): Promise<string> {
    const folder = await newFolder();
    for (let n = 0; n < count; n++) {
      const person = join(folder, `Person ${n % 3}`);
      await mkdir(person, { recursive: true });
      await copyFile(media('franck_02159.jpg'), join(person, `photo-${n}.jpg`));
    }
    return folder;
  }

  /** A job whose tasks do not wait long for a worker that is gone. */
  async function addJob(address: string, folder: string, more: object = {}) {
    const queue = await jobsOf(address);
    const options = { urls: [], gallery: address, maxUnpackedBytes: 1e9 };
    const { tasks } = await planEnrollment([folder], options);
    const parameters = { duplicates: 'keep', review: 'off' };
    const { id } = await queue.add({
      kind: ENROLL,
      parameters,
      tasks,
      leaseSeconds: 2,
      tries: 20,
      retrySeconds: 1,
      ...more,
    });
    return { queue, id };
  }

  test('do each photo once, however often a worker is killed in the middle', async () => {
    const address = await newGallery(kind);
    const { queue, id } = await addJob(address, await peopleFolder(30));
    for (let kill = 0; kill < 5; kill++) {
      const worker = startWorker(address);
      await worker.nextLine();
      // At another place of the work each time.
      await pause(37 * kill);
      await worker.kill();
    }
    expect((await queue.get(id)).done).toBeLessThan(30);
    const run = await runCli(['worker', '--gallery', address, '--until-empty', '--json']);
    expect(run).toMatchObject({ status: 0 });
    expect(await queue.failures({})).toEqual([]);
    expect(await queue.get(id)).toMatchObject({
      state: 'done',
      done: 30,
      failed: 0,
      outcomes: { added: 30 },
    });
    const expected = Array.from({ length: 30 }, (_, n) => `photo-${n}.jpg`).sort();
    expect(await sourcesIn(address)).toEqual(expected);
  });

  test('share a job, and neither does a photo of the other', async () => {
    const address = await newGallery(kind);
    const { queue, id } = await addJob(address, await peopleFolder(16), { leaseSeconds: 60 });
    const runs = await Promise.all(
      [1, 2].map(() => runCli(['worker', '--gallery', address, '--until-empty', '--json'])),
    );
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    const done = runs.map((run) => jsonLines<WorkerLine>(run).map(({ what }) => what));
    expect(done.every((photos) => photos.length > 0)).toBe(true);
    expect(new Set(done.flat()).size).toBe(16);
    expect(done.flat()).toHaveLength(16);
    expect(await queue.get(id)).toMatchObject({ state: 'done', done: 16, outcomes: { added: 16 } });
    expect(await sourcesIn(address)).toHaveLength(16);
  });

  test('stop soon after a job is canceled, and enroll nothing of it afterwards', async () => {
    const address = await newGallery(kind);
    const { queue, id } = await addJob(address, await peopleFolder(40), { leaseSeconds: 4 });
    const worker = startWorker(address);
    await worker.nextLine();
    const { done } = await queue.cancel(id);
    // What was past its last question by then.
    const shortly = async () => (await sourcesIn(address)).length;
    await pause(3000);
    const after = await shortly();
    expect(after).toBeLessThanOrEqual(done + 2);
    await pause(3000);
    expect(await shortly()).toBe(after);
    expect(await queue.get(id)).toMatchObject({ state: 'canceled', done });
    // It lives on and does the next job.
    const next = await addJob(address, await peopleFolder(1));
    for (let n = 0; n < 100 && (await queue.get(next.id)).state !== 'done'; n++) await pause(200);
    expect(await queue.get(next.id)).toMatchObject({ state: 'done', done: 1 });
  });

  test('change models, and do what comes after with the new ones', async () => {
    const address = await newGallery(kind);
    const first = await addJob(address, await peopleFolder(2));
    const arguments_ = ['--gallery', address, '--until-empty'];
    await runCli(['worker', ...arguments_, '--thumbnails']);
    expect(await first.queue.get(first.id)).toMatchObject({ state: 'done', done: 2 });
    const added = await runCli([
      'jobs',
      'migrate',
      '--models',
      'mobilefacenet',
      '--gallery',
      address,
      '--json',
    ]);
    const [{ id } = { id: '' }] = jsonLines<{ readonly id: string }>(added);
    const next = await addJob(address, await peopleFolder(3));
    const run = await runCli(['worker', ...arguments_, '--thumbnails'], {
      env: { FACE_TRIGGER_DATA: await newFolder() },
    });
    expect(run).toMatchObject({ status: 0, stderr: expect.stringContaining('other models') });
    expect(await first.queue.get(id)).toMatchObject({
      ...{ state: 'done', outcomes: { switched: 1 } },
      result: { faces: expect.any(Number), leftOut: 0, to: expect.stringContaining('mobilefacenet') },
    });
    expect(await next.queue.get(next.id)).toMatchObject({ state: 'done', done: 3, failed: 0 });
    // By a process of its own: this one has had the gallery open before its embeddings changed.
    const stats = await runCli(['gallery', 'stats', '--gallery', address, '--json']);
    expect(jsonLines(stats)).toMatchObject([
      { faces: 5, embedder: { id: expect.stringContaining('mobilefacenet') } },
    ]);
  });

  test('go on with a change of models where one was killed in the middle, on another machine too', async () => {
    const address = await newGallery(kind);
    const faces = 20;
    const first = await addJob(address, await peopleFolder(faces));
    await runCli(['worker', '--gallery', address, '--until-empty', '--thumbnails']);
    expect(await first.queue.get(first.id)).toMatchObject({ state: 'done', done: faces });
    const { id } = await first.queue.add({
      ...{ kind: 'migrate', parameters: { models: 'mobilefacenet' }, leaseSeconds: 2, retrySeconds: 1 },
      tasks: [{ what: 'the gallery', data: {} }],
    });
    const data = await newFolder();
    const worker = ['worker', '--gallery', address, '--until-empty', '--json'];
    await (kind === 'sqlite' ? killAtJournal : killAtSwitch)(worker, { address, data, faces });
    expect((await first.queue.get(id)).state).toBe('running');
    // A file is on one machine; a database is reached from another one.
    const env = { FACE_TRIGGER_DATA: kind === 'sqlite' ? data : await newFolder() };
    const run = await runCli(worker, { env });
    expect(run).toMatchObject({ status: 0 });
    const { result, ...job } = await first.queue.get(id);
    expect(job).toMatchObject({ state: 'done', done: 1, failed: 0, outcomes: { switched: 1 } });
    if (kind === 'postgres')
      expect(await rowsOf(address, 'SELECT id FROM face_trigger.new_embedding')).toEqual([]);
    const { resumed, embedded } = result as { resumed: number; embedded: number };
    expect(resumed).toBeGreaterThanOrEqual(16);
    expect(resumed + embedded).toBe(faces);
    const stats = await runCli(['gallery', 'stats', '--gallery', address, '--json']);
    expect(jsonLines(stats)).toMatchObject([
      { faces, embedder: { id: expect.stringContaining('mobilefacenet') } },
    ]);
  });

  test('tell once that pictures are missing for other models, as final', async () => {
    const address = await newGallery(kind);
    const first = await addJob(address, await peopleFolder(1));
    await runCli(['worker', '--gallery', address, '--until-empty']);
    const { id } = await first.queue.add({
      ...{ kind: 'migrate', parameters: { models: 'mobilefacenet' }, retrySeconds: 1 },
      tasks: [{ what: 'the gallery', data: {} }],
    });
    const run = await runCli(['worker', '--gallery', address, '--until-empty', '--json'], {
      env: { FACE_TRIGGER_DATA: await newFolder() },
    });
    expect(jsonLines<WorkerLine>(run).map(({ event }) => event)).toEqual(['failed']);
    expect(await first.queue.failures({ jobId: id })).toMatchObject([
      { code: 'ERR_FILE_NOT_FOUND', tries: 1, message: expect.stringContaining('--sources') },
    ]);
  });

  test('try again what may pass, give up what will not, and both can be read', async () => {
    const address = await newGallery(kind);
    const folder = await peopleFolder(2);
    await writeFile(join(folder, 'Person 0', 'no-picture.jpg'), 'a letter');
    await copyFile(media('franck_02159.jpg'), join(folder, 'Person 0', 'gone.jpg'));
    const { queue, id } = await addJob(address, folder, { tries: 2 });
    await rm(join(folder, 'Person 0', 'gone.jpg'));
    const run = await runCli(['worker', '--gallery', address, '--until-empty', '--json']);
    expect(run.status).toBe(0);
    const lines = jsonLines<WorkerLine>(run).map(
      ({ event, what }) => `${event} ${what.split(/[/\\]/).pop()}`,
    );
    expect(lines.sort()).toEqual([
      'done photo-0.jpg',
      'done photo-1.jpg',
      'failed gone.jpg',
      'failed no-picture.jpg',
      'retry gone.jpg',
    ]);
    const failed = await runCli(['jobs', 'failed', '--gallery', address]);
    expect(failed.stdout).toMatch(
      /gone\.jpg: There is no file .*\(ERR_FILE_NOT_FOUND\)\n {2}\S+Z, after 2 tries/,
    );
    expect(failed.stdout).toMatch(/no-picture\.jpg: .*\(ERR_IMAGE_DECODE\)\n {2}\S+Z, after 1 try/);
    await copyFile(media('franck_02159.jpg'), join(folder, 'Person 0', 'gone.jpg'));
    const [gone] = (await queue.failures({})).filter(({ what }) => what.includes('gone'));
    const retried = await runCli(['jobs', 'retry', id, '--task', gone!.id, '--gallery', address]);
    expect(retried).toMatchObject({ status: 0, stdout: '1 task put back\n' });
    await runCli(['worker', '--gallery', address, '--until-empty']);
    expect(await queue.get(id)).toMatchObject({ state: 'done', done: 3, failed: 1 });
  });
});

interface Killing {
  readonly address: string;
  /** The folder for the worker's data. */
  readonly data: string;
  readonly faces: number;
}

/** Kills a worker once its journal is larger than an empty one: sixteen embeddings are in it. */
async function killAtJournal(worker: readonly string[], { address, data }: Killing): Promise<void> {
  const { signal } = await runCli(worker, {
    env: { FACE_TRIGGER_DATA: data },
    interrupt: { at: 'file', path: `${address}.migration`, above: 16_384, signal: 'SIGKILL' },
  });
  expect(signal).toBe('SIGKILL');
}

/** Kills a worker when all is embedded, and it is about to change over. */
async function killAtSwitch(worker: readonly string[], { address, data, faces }: Killing): Promise<void> {
  const holder = new pg.Client(address);
  await holder.connect();
  // Where the change over begins.
  await holder.query('BEGIN; LOCK TABLE face_trigger.vector_index IN ACCESS EXCLUSIVE MODE');
  let child: ChildProcess | undefined;
  const run = runCli(worker, {
    env: { FACE_TRIGGER_DATA: data },
    onStart: (started) => {
      child = started;
    },
  });
  const kept = 'SELECT count(*)::int AS n FROM face_trigger.new_embedding';
  await expect.poll(() => rowsOf(address, kept), { timeout: 120_000 }).toEqual([{ n: faces }]);
  child!.kill('SIGKILL');
  expect((await run).signal).toBe('SIGKILL');
  await holder.end();
}

function startWorker(address: string) {
  const child = spawn(process.execPath, [BIN, 'worker', '--gallery', address, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return { nextLine: () => lines.next(), kill };
}
