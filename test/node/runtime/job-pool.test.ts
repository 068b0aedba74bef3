import { describe, expect, it, vi } from 'vitest';
import { FaceTriggerError } from '../../../src/core/errors.ts';
import { JobPool, type JobPoolOptions, type JobWorker } from '../../../src/node/runtime/job-pool.ts';

const code = (error: { code?: string }) => error.code;

/** Doubles numbers; a worker that is told `die` ends by itself, one that is told `hang` never answers. */
class Doubler implements JobWorker<number | 'die' | 'hang', number> {
  readonly ready: Promise<void>;
  readonly lost: Promise<Error>;
  isEnded = false;
  die!: (error: Error) => void;

  constructor(problem: Error | null) {
    this.ready = problem ? Promise.reject(problem) : Promise.resolve();
    this.ready.catch(() => undefined);
    this.lost = new Promise((resolve) => {
      this.die = resolve;
    });
  }

  run(job: number | 'die' | 'hang'): Promise<number> {
    if (typeof job === 'number') return Promise.resolve(2 * job);
    if (job === 'die') this.die(new FaceTriggerError('ERR_RUNTIME', 'it died'));
    return new Promise(() => undefined);
  }

  async end(): Promise<void> {
    this.isEnded = true;
  }
}

/** A pool whose workers start as long as `problem` is null. */
async function open(options: Partial<JobPoolOptions<number | 'die' | 'hang', number>> = {}) {
  const state = { problem: null as Error | null, workers: [] as Doubler[] };
  const start = () => {
    const worker = new Doubler(state.problem);
    state.workers.push(worker);
    return worker;
  };
  return { state, pool: await JobPool.create({ start, size: 1, ...options }) };
}

const gone = new FaceTriggerError('ERR_MODEL_NOT_FOUND', 'There is no /secret/path');

describe('JobPool', () => {
  it('does jobs, several at once, and those that wait afterwards', async () => {
    const { pool, state } = await open({ size: 2 });
    expect(await Promise.all([1, 2, 3, 4, 5].map((job) => pool.run(job)))).toEqual([2, 4, 6, 8, 10]);
    await pool.dispose();
    expect(state.workers.map(({ isEnded }) => isEnded)).toEqual([true, true]);
  });

  it('ends all workers where one cannot start at all', async () => {
    const workers: Doubler[] = [];
    const start = () => {
      workers.push(new Doubler(workers.length === 1 ? gone : null));
      return workers.at(-1)!;
    };
    await expect(JobPool.create({ start, size: 3 })).rejects.toBe(gone);
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, true, true]);
  });

  it('fails the job of a worker that dies, and replaces it at once', async () => {
    const { pool, state } = await open();
    const [dead, waiting] = [pool.run('die').catch(code), pool.run(4)];
    expect(await dead).toBe('ERR_RUNTIME');
    expect(await waiting).toBe(8);
    expect(pool.restarts).toBe(1);
    expect(state.workers).toHaveLength(2);
    await pool.dispose();
  });

  it('tries a worker that cannot start after pauses that grow, and says why no job is taken', async () => {
    vi.useFakeTimers();
    try {
      const onProblem = vi.fn();
      const { pool, state } = await open({ onProblem });
      expect(pool.problem).toBeNull();
      state.problem = gone;
      const [dead, waiting] = [pool.run('die').catch(code), pool.run(4).catch(code)];
      expect([await dead, await waiting]).toEqual(['ERR_RUNTIME', 'ERR_UNAVAILABLE']);
      expect(pool.problem).toMatchObject({ code: 'ERR_UNAVAILABLE', cause: gone });
      expect(pool.problem!.message).toContain('ERR_MODEL_NOT_FOUND');
      expect(pool.problem!.message).not.toContain('/secret');
      await vi.advanceTimersByTimeAsync(120_000);
      const pauses = onProblem.mock.calls.map(([, retryMs]) => retryMs as number);
      expect(pauses.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000]);
      expect(pauses.length).toBeLessThan(10);
      expect(await pool.run(1).catch(code)).toBe('ERR_UNAVAILABLE');
      state.problem = null;
      await vi.advanceTimersByTimeAsync(30_000);
      expect(pool.problem).toBeNull();
      expect(await pool.run(1)).toBe(2);
      await pool.dispose();
    } finally {
      vi.useRealTimers();
    }
  });

  it('pauses too where workers start and die before they did anything', async () => {
    vi.useFakeTimers();
    try {
      const onProblem = vi.fn();
      const { pool, state } = await open({ onProblem });
      state.workers[0]!.die(new Error('killed'));
      await vi.advanceTimersByTimeAsync(0);
      expect(state.workers).toHaveLength(1);
      expect(onProblem).toHaveBeenCalledWith(new Error('killed'), 1000);
      await vi.advanceTimersByTimeAsync(1000);
      expect(await pool.run(1)).toBe(2);
      await pool.dispose();
    } finally {
      vi.useRealTimers();
    }
  });

  it('goes on with the workers that are left while others cannot start', async () => {
    const { pool, state } = await open({ size: 2 });
    state.problem = gone;
    expect(await pool.run('die').catch(code)).toBe('ERR_RUNTIME');
    expect(pool.problem).toBeNull();
    expect(await Promise.all([pool.run(1), pool.run(2)])).toEqual([2, 4]);
    await pool.dispose();
  });

  it('refuses what does not fit into the queue', async () => {
    const { pool } = await open({ maxQueue: 1 });
    const jobs = [pool.run('hang'), pool.run(1), pool.run(2)].map((job) => job.catch(code));
    expect(await jobs[2]).toBe('ERR_TOO_MANY_REQUESTS');
    expect(pool.isFull).toBe(true);
    await pool.dispose();
    expect(await Promise.all(jobs)).toEqual(['ERR_DISPOSED', 'ERR_DISPOSED', 'ERR_TOO_MANY_REQUESTS']);
  });

  it('replaces a worker whose job nobody waits for any more, at once after a timeout', async () => {
    const { pool, state } = await open({ patienceMs: 10 });
    for (const reason of [new FaceTriggerError('ERR_TIMEOUT', 'too long'), new Error('went away')]) {
      const controller = new AbortController();
      const job = pool.run('hang', { signal: controller.signal }).catch(code);
      controller.abort(reason);
      expect(await job).toBe(reason instanceof FaceTriggerError ? 'ERR_TIMEOUT' : 'ERR_ABORTED');
      expect(await pool.run(3)).toBe(6);
    }
    expect(state.workers.map(({ isEnded }) => isEnded)).toEqual([true, true, false]);
    await pool.dispose();
  });

  it('waits for its jobs when it is drained', async () => {
    const { pool } = await open();
    const jobs = [pool.run(1), pool.run(2), pool.run(3)];
    await pool.dispose({ drain: true });
    expect(await Promise.all(jobs)).toEqual([2, 4, 6]);
    expect(await pool.run(1).catch(code)).toBe('ERR_DISPOSED');
  });
});
