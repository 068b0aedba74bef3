import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HeldTask, JobQueue, NewJob } from '../../../src/jobs/job-queue.ts';

/** A place for jobs that is empty. */
export interface QueuePlace {
  /** Another opening of the same jobs, as another process has it. */
  open(): Promise<JobQueue>;
}

/** Tests what every {@link JobQueue} must do. */
export function testQueue(name: string, makePlace: () => Promise<QueuePlace>): void {
  describe(name, () => {
    test('keeps a job with what was given, and tells how it stands', async () => {
      const queue = await openOne(makePlace);
      const added = await queue.add(jobOf(3, { parameters: { review: 'strict', text: 'ü"\'' } }));
      expect(added).toMatchObject({
        ...{ kind: 'enroll', parameters: { review: 'strict', text: 'ü"\'' }, state: 'waiting', total: 3 },
        ...{ done: 0, failed: 0, outcomes: {}, part: null, result: null, startedAt: null, updatedAt: null },
      });
      expect(await queue.get(added.id)).toEqual(added);
      expect(await queue.counts()).toEqual({ waiting: 3, running: 0, failed: 0 });
    });

    test('lists the newest first', async () => {
      const queue = await openOne(makePlace);
      const ids = [];
      for (let n = 0; n < 3; n++) ids.unshift((await queue.add(jobOf(1))).id);
      expect((await queue.list()).map(({ id }) => id)).toEqual(ids);
      expect((await queue.list(2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    });

    test('gives each task to one of several who take at once, and to nobody again', async () => {
      const place = await makePlace();
      const queues = await Promise.all([open(place), open(place), open(place)]);
      const { id } = await queues[0]!.add(jobOf(30));
      const taken: HeldTask[] = [];
      await Promise.all(
        queues.map(async (queue) => {
          for (let task = await queue.take(['enroll']); task; task = await queue.take(['enroll']))
            taken.push(task);
        }),
      );
      expect(taken.map(({ what }) => what).sort()).toEqual(
        Array.from({ length: 30 }, (_, n) => `photo ${String(n).padStart(3, '0')}`),
      );
      expect(taken.every((task) => task.job.id === id && task.tries === 1)).toBe(true);
      expect(taken.map(({ data }) => data['n']).sort()).toEqual(
        Array.from({ length: 30 }, (_, n) => n).sort(),
      );
      expect(await queues[1]!.counts()).toEqual({ waiting: 0, running: 30, failed: 0 });
    });

    test('takes only tasks of the kinds that are asked for', async () => {
      const queue = await openOne(makePlace);
      await queue.add(jobOf(1, { kind: 'migrate' }));
      expect(await queue.hasWork(['enroll', 'evaluate'])).toBe(false);
      expect(await queue.take(['enroll', 'evaluate'])).toBeNull();
      expect(await queue.hasWork(['enroll', 'migrate'])).toBe(true);
      expect((await queue.take(['enroll', 'migrate']))?.job.kind).toBe('migrate');
      expect(await queue.hasWork(['enroll', 'migrate'])).toBe(false);
    });

    test('counts what is done, by outcome, once', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(2));
      const [first, second] = [(await queue.take(['enroll']))!, (await queue.take(['enroll']))!];
      expect((await queue.get(id)).state).toBe('running');
      expect(await queue.done(first, { outcome: 'added' })).toBe(true);
      expect(await queue.done(first, { outcome: 'added' })).toBe(false);
      expect(await queue.get(id)).toMatchObject({ state: 'running', done: 1, outcomes: { added: 1 } });
      expect(await queue.done(second, { outcome: 'already-there', result: { faces: 2 } })).toBe(true);
      const job = await queue.get(id);
      expect(job).toMatchObject({
        ...{ state: 'done', done: 2, outcomes: { added: 1, 'already-there': 1 }, result: { faces: 2 } },
      });
      expect(job.updatedAt!.getTime()).toBeGreaterThanOrEqual(job.startedAt!.getTime());
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    });

    test('tells how far a long task is, and forgets that with its end', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(1));
      const task = (await queue.take(['enroll']))!;
      expect(await queue.renew(task, { done: 40, total: 100 })).toBe(true);
      expect((await queue.get(id)).part).toEqual({ done: 40, total: 100 });
      await queue.done(task, { outcome: 'added' });
      expect((await queue.get(id)).part).toBeNull();
    });

    test('gives a task of a silent worker to another, and counts nothing of the silent one any more', async () => {
      const place = await makePlace();
      const [silent, other] = [await open(place), await open(place)];
      const { id } = await silent.add(jobOf(1, { leaseSeconds: 1, retrySeconds: 1 }));
      const lost = (await silent.take(['enroll']))!;
      expect(await other.take(['enroll'])).toBeNull();
      const task = await takeSoon(other);
      expect(task).toMatchObject({ id: lost.id, what: lost.what, tries: 2 });
      expect(await silent.renew(lost)).toBe(false);
      expect(await silent.fail(lost, FAILURE)).toBe('lost');
      expect(await silent.done(lost, { outcome: 'added' })).toBe(false);
      expect(await other.done(task, { outcome: 'added' })).toBe(true);
      expect(await other.get(id)).toMatchObject({ done: 1, state: 'done' });
    });

    test('leaves a task with a worker who renews it', async () => {
      const place = await makePlace();
      const [queue, other] = [await open(place), await open(place)];
      // Longer than a busy machine holds up a test, and shorter than all pauses together.
      await queue.add(jobOf(1, { leaseSeconds: 4, retrySeconds: 1 }));
      const task = (await queue.take(['enroll']))!;
      for (let n = 0; n < 12; n++) {
        await pause(500);
        expect(await queue.renew(task)).toBe(true);
        expect(await other.take(['enroll'])).toBeNull();
      }
      expect(await queue.done(task, { outcome: 'added' })).toBe(true);
    });

    test('tries a failed task again after a pause, and lists it with its reason when its tries are used up', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(1, { tries: 2, retrySeconds: 1 }));
      const first = (await queue.take(['enroll']))!;
      expect(await queue.fail(first, FAILURE)).toBe('retry');
      expect(await queue.take(['enroll'])).toBeNull();
      expect(await queue.failures({})).toEqual([]);
      const second = await takeSoon(queue);
      expect(second.tries).toBe(2);
      expect(await queue.fail(second, FAILURE)).toBe('failed');
      expect(await queue.take(['enroll'])).toBeNull();
      expect(await queue.get(id)).toMatchObject({ state: 'done', done: 0, failed: 1 });
      const failures = await queue.failures({ jobId: id });
      expect(failures).toEqual(await queue.failures({}));
      expect(failures).toMatchObject([
        {
          ...{ id: first.id, jobId: id, kind: 'enroll', what: 'photo 000', tries: 2 },
          ...{ code: FAILURE.code, message: FAILURE.message },
        },
      ]);
      expect(Math.abs(failures[0]!.failedAt.getTime() - Date.now())).toBeLessThan(60_000);
      expect(await queue.counts()).toMatchObject({ waiting: 0, running: 0 });
    });

    test('does not try again what would fail in the same way', async () => {
      const queue = await openOne(makePlace);
      await queue.add(jobOf(1));
      const task = (await queue.take(['enroll']))!;
      expect(await queue.fail(task, { ...FAILURE, permanent: true })).toBe('failed');
      expect(await queue.failures({})).toMatchObject([{ tries: 1 }]);
    });

    test('lists a task whose workers all fell silent', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(1, { tries: 1, leaseSeconds: 1 }));
      await queue.take(['enroll']);
      for (let n = 0; n < 50 && (await queue.get(id)).failed === 0; n++) {
        await pause(200);
        expect(await queue.take(['enroll'])).toBeNull();
      }
      expect(await queue.failures({})).toMatchObject([{ code: 'ERR_TIMEOUT', what: 'photo 000', tries: 1 }]);
    });

    test('puts failed tasks back, all of a job or one', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(3, { tries: 1, retrySeconds: 1 }));
      for (let task = await queue.take(['enroll']); task; task = await queue.take(['enroll']))
        await queue.fail(task, FAILURE);
      const [one] = await queue.failures({ jobId: id });
      expect(await queue.retry(id, { taskId: one!.id })).toBe(1);
      expect(await queue.get(id)).toMatchObject({ state: 'running', failed: 2 });
      const again = await takeSoon(queue);
      expect(again).toMatchObject({ id: one!.id, tries: 2 });
      expect(await queue.done(again, { outcome: 'added' })).toBe(true);
      expect(await queue.retry(id)).toBe(2);
      expect(await queue.retry(id)).toBe(0);
      for (let n = 0; n < 2; n++) await queue.done(await takeSoon(queue), { outcome: 'added' });
      expect(await queue.get(id)).toMatchObject({
        state: 'done',
        done: 3,
        failed: 0,
        outcomes: { added: 3 },
      });
    });

    test('takes, renews and counts nothing of a job that is canceled', async () => {
      const place = await makePlace();
      const [queue, other] = [await open(place), await open(place)];
      const { id } = await queue.add(jobOf(5));
      const task = (await queue.take(['enroll']))!;
      const failed = (await queue.take(['enroll']))!;
      await queue.fail(failed, { ...FAILURE, permanent: true });
      expect(await other.cancel(id)).toMatchObject({ state: 'canceled', done: 0, failed: 1 });
      expect(await queue.renew(task)).toBe(false);
      expect(await queue.done(task, { outcome: 'added' })).toBe(false);
      expect(await queue.fail(task, FAILURE)).toBe('lost');
      expect(await queue.take(['enroll'])).toBeNull();
      expect(await queue.failures({ jobId: id })).toHaveLength(1);
      expect(await queue.retry(id)).toBe(0);
      expect(await queue.cancel(id)).toMatchObject({ state: 'canceled', done: 0 });
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    });

    test('is canceled while workers take its tasks and are done with them', async () => {
      const place = await makePlace();
      const queues = await Promise.all([open(place), open(place), open(place)]);
      for (let round = 0; round < 6; round++) {
        const { id } = await queues[0]!.add(jobOf(60));
        let begin = (): void => {};
        const begun = new Promise<void>((resolve) => {
          begin = resolve;
        });
        const workers = [...queues, ...queues].map(async (queue) => {
          for (let task = await queue.take(['enroll']); task; task = await queue.take(['enroll'])) {
            await queue.done(task, { outcome: 'added' });
            begin();
          }
        });
        await begun;
        const { done } = await queues[1]!.cancel(id);
        await Promise.all(workers);
        expect(await queues[2]!.get(id)).toMatchObject({ done, failed: 0 });
      }
      expect(await queues[0]!.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    });

    test('leaves a job as it is that is over when it is canceled', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(1));
      await queue.done((await queue.take(['enroll']))!, { outcome: 'added' });
      expect((await queue.cancel(id)).state).toBe('done');
    });

    test('gives a task that was not begun to the next, as if nobody had taken it', async () => {
      const queue = await openOne(makePlace);
      await queue.add(jobOf(1));
      const task = (await queue.take(['enroll']))!;
      await queue.release(task);
      expect(await takeSoon(queue)).toMatchObject({ id: task.id, tries: 1 });
    });

    test('forgets a job that is over with its failures, and no other', async () => {
      const queue = await openOne(makePlace);
      const { id } = await queue.add(jobOf(1));
      await expect(queue.remove(id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
      await queue.fail((await queue.take(['enroll']))!, { ...FAILURE, permanent: true });
      const other = await queue.add(jobOf(1));
      await queue.remove(id);
      expect(await queue.failures({})).toEqual([]);
      expect((await queue.list()).map((job) => job.id)).toEqual([other.id]);
      await queue.cancel(other.id);
      await queue.remove(other.id);
      expect(await queue.list()).toEqual([]);
    });

    test('knows no job of another id, and refuses jobs that are none', async () => {
      const queue = await openOne(makePlace);
      for (const ask of [
        () => queue.get(crypto.randomUUID()),
        () => queue.cancel('nobody'),
        () => queue.remove(crypto.randomUUID()),
        () => queue.retry("'; DROP TABLE job"),
        () => queue.failures({ jobId: '' }),
      ])
        await expect(ask()).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
      for (const wrong of [{ tasks: [] }, { tries: 0 }, { leaseSeconds: 0.5 }, { kind: 'A b' }])
        await expect(queue.add(jobOf(1, wrong))).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
      expect(await queue.list()).toEqual([]);
    });

    test('keeps jobs of thousands of tasks, and is of no use after dispose', async () => {
      const place = await makePlace();
      const queue = await open(place);
      const { id } = await queue.add(jobOf(5001));
      await queue.dispose();
      await queue.dispose();
      await expect(queue.get(id)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
      expect(await (await open(place)).get(id)).toMatchObject({ total: 5001, state: 'waiting' });
    });
  });
}

const FAILURE = { code: 'ERR_FILE_READ', message: 'the disk said no', permanent: false } as const;

function jobOf(count: number, more: Partial<NewJob> = {}): NewJob {
  const tasks = Array.from({ length: count }, (_, n) => ({
    ...{ what: `photo ${String(n).padStart(3, '0')}`, data: { n, person: 'Zoë' } },
  }));
  return { kind: 'enroll', parameters: {}, tasks, ...more };
}

async function openOne(makePlace: () => Promise<QueuePlace>): Promise<JobQueue> {
  return open(await makePlace());
}

async function open(place: QueuePlace): Promise<JobQueue> {
  const queue = await place.open();
  onTestFinished(() => queue.dispose());
  return queue;
}

/** The next task, for which a pause may have to end first. */
async function takeSoon(queue: JobQueue): Promise<HeldTask> {
  for (let n = 0; n < 150; n++) {
    const task = await queue.take(['enroll']);
    if (task) return task;
    await pause(100);
  }
  throw new Error('no task came back');
}
