import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../core/errors.ts';
import type { JobKind, TaskContext } from './job-kind.ts';
import type { HeldTask, JobQueue, TaskDone, TaskFailure, TaskPart } from './job-queue.ts';
import { taskFailure } from './task-failure.ts';

/** What a worker tells. */
export type WorkerEvent =
  | { readonly type: 'done'; readonly task: HeldTask; readonly how: TaskDone }
  | {
      readonly type: 'failed';
      readonly task: HeldTask;
      readonly failure: TaskFailure;
      /** Whether it will be tried again. */
      readonly again: boolean;
    }
  /** The task was canceled, or went to another worker. */
  | { readonly type: 'lost'; readonly task: HeldTask }
  /** The queue could not be asked; the worker goes on trying. */
  | { readonly type: 'problem'; readonly error: FaceTriggerError };

/** How a worker works. */
export interface RunJobsOptions {
  readonly queue: JobQueue;
  readonly kinds: readonly JobKind[];
  /** Tasks at once. @defaultValue 1 */
  readonly concurrency?: number | undefined;
  /** Ends the work: tasks that are under way are given back. */
  readonly signal: AbortSignal;
  /** End when no task is left, held by others or waiting for its next try. @defaultValue false */
  readonly untilEmpty?: boolean | undefined;
  /** Do one task, or none where there is none. @defaultValue false */
  readonly single?: boolean | undefined;
  /**
   * Take tasks for so long at most, and only while there are some that can be taken: others have their turn then.
   *
   * @defaultValue without an end
   */
  readonly turnMs?: number | undefined;
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/** Why a worker ended: it was told to, nothing was left or its turn was over, or the gallery has to be opened again. */
export type WorkerEnd = 'stopped' | 'empty' | 'models-changed';

/** How long a worker without work waits before it looks again, and after a queue that did not answer. */
const IDLE_MS = 500;
const PROBLEM_MS = { first: 500, most: 15_000 } as const;
/** Times that a task is renewed within its lease. */
const BEATS = 4;

/**
 * Does tasks of jobs, one after the other, until it is told to stop.
 *
 * @throws whatever is no fault of a task or of the moment: `ERR_DISPOSED`, say
 */
export async function runJobs(options: RunJobsOptions): Promise<WorkerEnd> {
  const { concurrency = 1, signal } = options;
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  let modelsChanged = false;
  const onModelsChanged = (): void => {
    modelsChanged = true;
    ending.abort();
  };
  const slots = Array.from({ length: concurrency }, () =>
    workUntil({ ...options, signal: both, onModelsChanged }),
  );
  try {
    await Promise.all(slots);
  } finally {
    ending.abort();
    await Promise.allSettled(slots);
  }
  if (signal.aborted) return 'stopped';
  return modelsChanged ? 'models-changed' : 'empty';
}

type Slot = RunJobsOptions & { readonly onModelsChanged: () => void };

async function workUntil(slot: Slot): Promise<void> {
  const { queue, kinds, signal, untilEmpty, turnMs, onEvent } = slot;
  const until = turnMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + turnMs;
  const names = kinds.map(({ name }) => name);
  let wait: number = PROBLEM_MS.first;
  while (!signal.aborted) {
    try {
      const task = await queue.take(names);
      wait = PROBLEM_MS.first;
      if (task) {
        await work(task, slot);
        if (slot.single || performance.now() >= until) return;
        continue;
      }
      if (slot.single || turnMs !== undefined) return;
      if (untilEmpty) {
        const { waiting, running } = await queue.counts();
        if (waiting + running === 0) return;
      }
      await sleep(IDLE_MS, signal);
    } catch (error) {
      if (!isPassing(error)) throw error;
      onEvent?.({ type: 'problem', error });
      if (performance.now() >= until) return;
      await sleep(wait, signal);
      wait = Math.min(PROBLEM_MS.most, wait * 2);
    }
  }
}

/** Does one task and says so to the queue. */
async function work(task: HeldTask, slot: Slot): Promise<void> {
  const { queue, kinds, signal, onEvent, onModelsChanged } = slot;
  const kind = kinds.find(({ name }) => name === task.job.kind)!;
  await using hold = holdTask(task, queue, signal);
  let how: TaskDone;
  try {
    how = await kind.run(task, hold.context);
  } catch (error) {
    if (hold.isLost) onEvent?.({ type: 'lost', task });
    else if (isStaleGallery(error, kind)) {
      await queue.release(task);
      onModelsChanged();
    } else if (signal.aborted) await queue.release(task);
    else {
      const failure = taskFailure(error, kind);
      const became = await queue.fail(task, failure);
      if (became === 'lost') onEvent?.({ type: 'lost', task });
      else onEvent?.({ type: 'failed', task, failure, again: became === 'retry' });
    }
    return;
  }
  if (await queue.done(task, how)) {
    kind.settled?.(task);
    onEvent?.({ type: 'done', task, how });
  } else onEvent?.({ type: 'lost', task });
  if (kind.changesModels) onModelsChanged();
}

/** Keeps a task from others while it is worked on. */
function holdTask(
  task: HeldTask,
  queue: JobQueue,
  signal: AbortSignal,
): AsyncDisposable & { readonly context: TaskContext; readonly isLost: boolean } {
  const lost = new AbortController();
  const both = AbortSignal.any([signal, lost.signal]);
  const leaseMs = task.leaseSeconds * 1000;
  let until = Date.now() + leaseMs;
  let part: TaskPart | undefined;
  const renew = async (): Promise<void> => {
    const asked = Date.now();
    if (await queue.renew(task, part)) until = asked + leaseMs;
    else lost.abort(lostError());
  };
  let beating: Promise<void> | null = null;
  const timer = setInterval(() => {
    // While the queue does not answer, the task is ours until its time is over.
    if (Date.now() > until) lost.abort(lostError());
    beating ??= renew()
      .catch(() => undefined)
      .finally(() => {
        beating = null;
      });
  }, leaseMs / BEATS);
  return {
    get isLost() {
      return lost.signal.aborted;
    },
    context: {
      signal: both,
      confirm: async () => {
        await renew();
        if (both.aborted) throw lostError();
      },
      progress: (done, total) => {
        part = { done, total };
      },
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await beating;
    },
  };
}

function lostError(): FaceTriggerError {
  return new FaceTriggerError('ERR_ABORTED', 'The task was canceled, or went to another worker');
}

/** Whether an error means that another process gave the gallery other models. */
function isStaleGallery(error: unknown, { changesModels }: JobKind): boolean {
  return error instanceof FaceTriggerError && error.code === 'ERR_MODEL_MISMATCH' && !changesModels;
}

/** Whether asking the queue again may go better. */
function isPassing(error: unknown): error is FaceTriggerError {
  return (
    error instanceof FaceTriggerError &&
    ['ERR_BUSY', 'ERR_UNAVAILABLE', 'ERR_TIMEOUT', 'ERR_DISK_FULL'].includes(error.code)
  );
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
