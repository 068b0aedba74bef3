import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { EnrollKind, type ReadPhoto } from '../jobs/kinds/enroll-kind.ts';
import { EvaluateKind } from '../jobs/kinds/evaluate-kind.ts';
import { removeUnpacked } from '../jobs/photos/remove-unpacked.ts';
import { runJobs, type WorkerEvent } from '../jobs/run-jobs.ts';
import type { AllowInternal } from '../node/network/checked-lookup.ts';
import type { Analysis } from './analysis-job.ts';
import { assertLive } from './assert-live.ts';
import { toLogged } from './failure-answer.ts';
import type { ServerContext } from './server-context.ts';

/** Jobs of a server. */
export interface ServerJobsOptions {
  /** Where they are kept. The server does not dispose it. */
  readonly queue: JobQueue;
  /** Tasks that the server does itself, at a time; 0: none. @defaultValue 0 */
  readonly running?: number | undefined;
  /** Internal addresses that photos may be fetched from. @defaultValue none */
  readonly allowInternal?: AllowInternal | undefined;
}

/** Whose a job's pictures are in the pool's queue, where owners take turns. */
const OWNER = 'jobs';
/** How long to wait where the queue for pictures has no place. */
const FULL_MS = 250;

/**
 * Does jobs within a server, with its own processes for pictures; changes of models are left to workers, since a server
 * has to be started again after them.
 *
 * @returns ends it: tasks under way are given back
 */
export function runServerJobs(
  context: ServerContext,
  { queue, running = 0, allowInternal }: ServerJobsOptions,
  log: FastifyBaseLogger,
): AsyncDisposable {
  const stop = new AbortController();
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
  const work =
    running === 0
      ? Promise.resolve()
      : runJobs({ queue, kinds, concurrency: running, signal: stop.signal, onEvent }).then(
          (end) => {
            if (end === 'models-changed')
              log.error('the gallery has other models now: start the server again');
          },
          (error: unknown) => log.error({ err: toLogged(error as Error) }, 'no jobs are done any more'),
        );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
      await enroll[Symbol.asyncDispose]().catch((error: unknown) =>
        log.warn({ err: toLogged(error as Error) }, 'marks of jobs were not removed'),
      );
    },
  };
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
