import { FaceTriggerError } from '../../core/errors.ts';
import type { Job, JobState } from '../job-queue.ts';

/** How a job stands, by what is counted of it. */
export function jobState(counts: {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly isStarted: boolean;
  readonly isCanceled: boolean;
}): JobState {
  if (counts.isCanceled) return 'canceled';
  if (counts.done + counts.failed >= counts.total) return 'done';
  return counts.isStarted ? 'running' : 'waiting';
}

/** What a task is told to have failed by whose worker has fallen silent. */
export const SILENT_WORKER = {
  code: 'ERR_TIMEOUT',
  message: 'the worker that had it ended or fell silent each time',
} as const;

export function noSuchJob(): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_FOUND', 'There is no job with this id');
}

/** @throws FaceTriggerError `ERR_CONFLICT` for a job that is neither over nor canceled */
export function requireOver({ state }: Pick<Job, 'state'>): void {
  if (state === 'done' || state === 'canceled') return;
  throw new FaceTriggerError('ERR_CONFLICT', 'The job is not over: cancel it first');
}

export function queueDisposed(): FaceTriggerError {
  return new FaceTriggerError('ERR_DISPOSED', 'The job queue was used after dispose()');
}
