import type { FaceTriggerError } from '../core/errors.ts';
import type { HeldTask, TaskDone } from './job-queue.ts';

/** What a kind of jobs is told while it does a task. */
export interface TaskContext {
  /** Aborted when the worker is to stop, and when the task is not this worker's any more. */
  readonly signal: AbortSignal;
  /** @throws FaceTriggerError `ERR_ABORTED` where the task is not this worker's any more */
  readonly confirm: () => Promise<void>;
  /** Tells how far the task is. */
  readonly progress: (done: number, total: number) => void;
}

/** Does the tasks of one kind of jobs. */
export interface JobKind {
  /** As jobs name it. */
  readonly name: string;
  /**
   * Does a task. It may be done before, by a worker that ended before it could say so: that must change nothing.
   *
   * @throws FaceTriggerError why it could not be done; `ERR_ABORTED` where the signal ended it
   */
  run(task: HeldTask, context: TaskContext): Promise<TaskDone>;
  /** Whether another try would end with this error too, though its code alone does not say so. */
  isFinal?(error: FaceTriggerError): boolean;
  /** Told when a task is marked as done, and will never be done again. */
  settled?(task: HeldTask): void;
  /** Whether the gallery that the worker has open is of no use after this. */
  readonly changesModels?: boolean | undefined;
}
