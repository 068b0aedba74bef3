import type { FaceTriggerErrorCode } from '../core/errors.ts';

/** What JSON can say, with names. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How a job stands. `done` too where some of its tasks have failed: see {@link Job.failed}. */
export type JobState = 'waiting' | 'running' | 'done' | 'canceled';

/** One piece of work of a job: a photo, say. */
export interface NewTask {
  /** What it is about, as people are told: a path, or an address without its secrets. */
  readonly what: string;
  /** What its kind needs besides. */
  readonly data: JsonObject;
}

/** How often a task is tried, and how long a worker may be silent. */
export interface JobPatience {
  /** Tries of a task in all, integer >= 1. @defaultValue 5 */
  readonly tries?: number | undefined;
  /**
   * Seconds before the second try, integer >= 1; each further one waits about twice as long. @defaultValue 5
   */
  readonly retrySeconds?: number | undefined;
  /** Seconds after which a task of a worker that says nothing goes to another one, integer >= 1. @defaultValue 60 */
  readonly leaseSeconds?: number | undefined;
}

/** Work to be done. */
export interface NewJob extends JobPatience {
  /** Which handler does it. */
  readonly kind: string;
  readonly parameters: JsonObject;
  /** At least one. */
  readonly tasks: readonly NewTask[];
}

/** A job as it stands. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly parameters: JsonObject;
  readonly state: JobState;
  readonly createdAt: Date;
  /** When the first task was taken. */
  readonly startedAt: Date | null;
  /** When the last task so far was done with. */
  readonly updatedAt: Date | null;
  readonly total: number;
  /** Tasks that went well. */
  readonly done: number;
  /** Tasks that were given up: see {@link JobQueue.failures}. */
  readonly failed: number;
  /** How many tasks ended in which way, such as `added`. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How far the task under way is that tells it. */
  readonly part: TaskPart | null;
  /** What a task has left as the job's result. */
  readonly result: JsonObject | null;
}

/** How far a long task is. */
export interface TaskPart {
  readonly done: number;
  readonly total: number;
}

/** A task that a worker holds. */
export interface HeldTask {
  readonly id: string;
  readonly job: Pick<Job, 'id' | 'kind' | 'parameters'>;
  readonly what: string;
  readonly data: JsonObject;
  /** Which try this is, from 1. */
  readonly tries: number;
  readonly leaseSeconds: number;
}

/** How a task ended well. */
export interface TaskDone {
  /** A word that is counted in {@link Job.outcomes}. */
  readonly outcome: string;
  /** Becomes the job's result. */
  readonly result?: JsonObject | undefined;
}

/** Why a task could not be done. */
export interface TaskFailure {
  readonly code: FaceTriggerErrorCode | null;
  readonly message: string;
  /** Whether another try would end in the same way. */
  readonly permanent: boolean;
}

/** A task that was given up. */
export interface FailedTask {
  readonly id: string;
  readonly jobId: string;
  readonly kind: string;
  readonly what: string;
  readonly code: string | null;
  readonly message: string;
  readonly failedAt: Date;
  readonly tries: number;
}

/** How many tasks there are in all jobs that are not canceled. */
export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
}

/**
 * Jobs of one gallery, and their tasks, which any number of workers in any number of processes share.
 *
 * @remarks A task is held by one worker at a time: by who took it last. Whoever has lost it is told so by `false`, and
 * nothing that it says of the task counts any more. What a promise has fulfilled is durable. Methods throw
 * `ERR_NOT_FOUND` for an unknown job, `ERR_BUSY`, `ERR_UNAVAILABLE`, `ERR_DISK_FULL` and `ERR_DISPOSED`.
 */
export interface JobQueue extends AsyncDisposable {
  /**
   * Keeps a job with all its tasks, or nothing.
   *
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`; `ERR_UNAVAILABLE` with `details.outcome` 'unknown' where the
   * connection was lost so late that the job may have been kept
   */
  add(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job>;
  /** The newest first. @param limit - at most so many */
  list(limit?: number): Promise<readonly Job[]>;
  /** Takes a task of the oldest job of one of the kinds that has one to do. @returns `null` where there is none now */
  take(kinds: readonly string[]): Promise<HeldTask | null>;
  /** Whether {@link take} would find a task now. */
  hasWork(kinds: readonly string[]): Promise<boolean>;
  /** Holds a task for another {@link HeldTask.leaseSeconds}. @returns false where it is not held any more */
  renew(task: HeldTask, part?: TaskPart): Promise<boolean>;
  /** @returns false where it was not held any more; nothing is counted then */
  done(task: HeldTask, how: TaskDone): Promise<boolean>;
  /** Gives a task back, for another try or to the failures. @returns what became of it */
  fail(task: HeldTask, failure: TaskFailure): Promise<'retry' | 'failed' | 'lost'>;
  /** Takes a task back that was not begun, as if nobody had taken it. */
  release(task: HeldTask): Promise<void>;
  /** Ends a job: no task of it is taken, renewed or done any more. Canceling again does nothing. */
  cancel(id: string): Promise<Job>;
  /** Tasks that were given up, of one job or of all, the newest first. */
  failures(of: {
    readonly jobId?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<readonly FailedTask[]>;
  /** Gives failed tasks of a job, or one of them, a new set of tries. @returns how many */
  retry(jobId: string, options?: { readonly taskId?: string | undefined }): Promise<number>;
  /** Forgets a job that is over or canceled, with its failures. @throws FaceTriggerError `ERR_CONFLICT` while it is not */
  remove(id: string): Promise<void>;
  counts(): Promise<QueueCounts>;
  /** Frees the queue; tasks that are held stay so until their time is over. Calling it again does nothing. */
  dispose(): Promise<void>;
}
