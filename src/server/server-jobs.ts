import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { JobShelf } from '../jobs/job-shelf.ts';
import { ENROLL, EnrollKind, type ReadPhoto } from '../jobs/kinds/enroll-kind.ts';
import { EVALUATE, EvaluateKind } from '../jobs/kinds/evaluate-kind.ts';
import { removeUnpacked } from '../jobs/photos/remove-unpacked.ts';
import { runJobs, type WorkerEnd, type WorkerEvent } from '../jobs/run-jobs.ts';
import type { AllowInternal } from '../node/network/allow-internal.ts';
import { checkAllowInternal } from '../node/network/checked-lookup.ts';
import type { Analysis } from './analysis-job.ts';
import { assertLive } from './assert-live.ts';
import { toLogged } from './failure-answer.ts';
import type { ServedGalleries } from './served-galleries.ts';
import type { ServerContext } from './server-context.ts';

/** Jobs of a server. */
export interface ServerJobsOptions {
  /** Those of the gallery that it was started with. The server does not dispose it. */
  readonly queue: JobQueue;
  /**
   * Those of all galleries that it answers for, the first one's too. The server does not dispose it. @defaultValue the
   * other galleries have none
   */
  readonly queues?: JobShelf | undefined;
  /** Tasks that the server does itself, at a time; 0: none. @defaultValue 0 */
  readonly running?: number | undefined;
  /** Internal addresses that photos may be fetched from. @defaultValue none */
  readonly allowInternal?: AllowInternal | undefined;
}

/** Whose a job's pictures are in the pool's queue, where owners take turns. */
const OWNER = 'jobs';
/** How long to wait where the queue for pictures has no place. */
const FULL_MS = 250;
/** What a server does itself: after a change of models it has to be started again, so that is left to workers. */
const KINDS = [ENROLL, EVALUATE];
/** How long one gallery is worked for while others wait, and how long to wait where none can be. */
const TURN_MS = 2000;
const IDLE_MS = 500;
const PROBLEM_MS = 5000;

/**
 * Does jobs within a server, with its own processes for pictures.
 *
 * @returns ends it: tasks under way are given back
 */
export function runServerJobs(
  galleries: ServedGalleries,
  options: ServerJobsOptions,
  log: FastifyBaseLogger,
): AsyncDisposable {
  const { queue, queues, running = 0 } = options;
  checkAllowInternal(options.allowInternal ?? false, 'options.jobs.allowInternal');
  const stop = new AbortController();
  const all = { galleries, options, log, signal: stop.signal };
  const work =
    running === 0
      ? Promise.resolve()
      : (queues ? workOnAll(queues, all) : workOn(galleries.main, queue, all)).then(
          (end) => {
            if (end === 'models-changed')
              log.error(
                'the gallery has other models now: no jobs are done until the server is opened again',
              );
          },
          (error: unknown) => log.error({ err: toLogged(error) }, 'no jobs are done any more'),
        );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
    },
  };
}

interface Work {
  readonly galleries: ServedGalleries;
  readonly options: ServerJobsOptions;
  readonly log: FastifyBaseLogger;
  readonly signal: AbortSignal;
}

/** Galleries with work take turns, so that a large job of one keeps no other waiting. */
async function workOnAll(queues: JobShelf, work: Work): Promise<WorkerEnd> {
  const { galleries, log, signal } = work;
  /** Galleries that can't be worked on, and why, which is told once. */
  const refused = new Map<string, string>();
  while (!signal.aborted) {
    let done = 0;
    try {
      for (const name of await queues.withWork(KINDS)) {
        if (signal.aborted) break;
        try {
          const onTask = (): void => void done++;
          const { context, release } = await galleries.hold(name);
          try {
            await workOn(context, await queues.of(name), { ...work, turnMs: TURN_MS, onTask });
          } finally {
            release();
          }
          refused.delete(name);
        } catch (error) {
          if (!(error instanceof FaceTriggerError)) throw error;
          // Deleted meanwhile, or made for other models: a worker with those does its jobs.
          if (refused.get(name) !== error.code)
            log.warn({ code: error.code }, 'the jobs of a gallery are not done here');
          refused.set(name, error.code);
        }
      }
      if (done === 0) await pause(IDLE_MS, undefined, { signal }).catch(() => undefined);
    } catch (error) {
      log.warn({ err: toLogged(error) }, 'the jobs cannot be asked');
      await pause(PROBLEM_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return 'stopped';
}

async function workOn(
  context: ServerContext,
  queue: JobQueue,
  {
    options: { running, allowInternal },
    log,
    signal,
    turnMs,
    onTask,
  }: Work & { readonly turnMs?: number | undefined; readonly onTask?: (() => void) | undefined },
): Promise<WorkerEnd> {
  const { gallery, metrics } = context;
  const enroll = new EnrollKind({
    ...{ gallery, allowInternal, readPhoto: photoReader(context) },
    maxBytes: context.limits.maxUploadBytes,
  });
  const onEvent = (event: WorkerEvent): void => {
    // Neither names nor paths: they go into no log.
    if (event.type === 'problem') {
      log.warn({ err: toLogged(event.error) }, 'the jobs cannot be asked');
      return;
    }
    onTask?.();
    const { id } = event.task.job;
    metrics.tasks.inc({ outcome: event.type === 'failed' && event.again ? 'retry' : event.type });
    if (event.type === 'failed')
      log.warn({ job: id, code: event.failure.code, again: event.again }, 'task failed');
    if (event.type === 'done')
      removeUnpacked(queue, event.task.job).catch((error: unknown) =>
        log.error({ err: toLogged(error as Error) }, 'unpacked photos were not removed'),
      );
  };
  const kinds = [enroll, new EvaluateKind(gallery)];
  try {
    return await runJobs({ queue, kinds, concurrency: running, signal, turnMs, onEvent });
  } finally {
    await enroll[Symbol.asyncDispose]().catch((error: unknown) =>
      log.warn({ err: toLogged(error as Error) }, 'marks of jobs were not removed'),
    );
  }
}

function photoReader({ gallery, pool, limits, minFaceSize: usual }: ServerContext): ReadPhoto {
  return async (bytes, { source, minFaceSize = usual, minScore, unchecked, signal }) => {
    const job = {
      ...{ bytes, minFaceSize, minScore, maxFaces: 1, embeddings: true, quality: true },
      ...{
        thumbnails: gallery.keepsThumbnails,
        maxPixels: limits.maxPixels,
        maxBytes: limits.maxUploadBytes,
      },
    };
    let analysis: Analysis | undefined;
    while (analysis === undefined) {
      try {
        analysis = await pool.run(job, { signal, owner: OWNER });
      } catch (error) {
        // People who ask come first; this is no try of the photo.
        if (!(error instanceof FaceTriggerError) || error.code !== 'ERR_TOO_MANY_REQUESTS') throw error;
        await pause(FULL_MS, undefined, { signal });
      }
    }
    const [face] = analysis.faces;
    if (!face?.embedding) throw new FaceTriggerError('ERR_UNSUITABLE_FACE', 'No face was found in the photo');
    if (!unchecked) assertLive(face);
    const { embedding, quality, thumbnail = null } = face;
    return { embedding, embedder: pool.embedder, source, quality, thumbnail };
  };
}
