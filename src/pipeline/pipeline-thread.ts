import type { Face } from '../core/pipeline/face.ts';
import { compiledFile } from '../node/runtime/compiled-file.ts';
import { WorkerThread } from '../node/runtime/worker-thread.ts';
import type { WorkerRequest, WorkerSettings } from './worker-messages.ts';

/** Young objects of a worker are collected early: the images among them hold much memory outside the heap. */
export const IMAGE_THREAD_LIMITS = { maxYoungGenerationSizeMb: 2 } as const;

/** A worker thread with a face pipeline. */
export class PipelineThread extends WorkerThread<WorkerRequest, Face[]> {
  constructor(settings: WorkerSettings) {
    super(compiledFile(import.meta.url, 'pipeline', 'pipeline-worker'), {
      settings,
      resourceLimits: IMAGE_THREAD_LIMITS,
    });
  }
}
