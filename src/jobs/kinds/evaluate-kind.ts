import { evaluateGallery } from '../../gallery/evaluate-gallery.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { JobKind, TaskContext } from '../job-kind.ts';
import type { HeldTask, TaskDone } from '../job-queue.ts';
import { EVALUATE_PARAMETERS, readJobPart } from './task-schemas.ts';

/** Name of {@link EvaluateKind} in jobs. */
export const EVALUATE = 'evaluate';

/** Says how right the gallery is about its own faces, without the limit of time that a request has. */
export class EvaluateKind implements JobKind {
  readonly name = EVALUATE;
  readonly #gallery: Gallery;

  constructor(gallery: Gallery) {
    this.#gallery = gallery;
  }

  async run(task: HeldTask, { signal, progress }: TaskContext): Promise<TaskDone> {
    const { sample = 5000, seed } = readJobPart(EVALUATE_PARAMETERS, task.job.parameters);
    const { nearestStrangers, farthestOwn, ...rates } = await evaluateGallery(this.#gallery, {
      ...{ sample, seed, signal, timeLimitMs: Number.POSITIVE_INFINITY },
      onProgress: progress,
    });
    // Without names and sources: a job outlives people who are deleted.
    const listed = (faces: typeof farthestOwn) => faces.map(({ faceId, distance }) => ({ faceId, distance }));
    return {
      outcome: 'evaluated',
      result: { ...rates, nearestStrangers: listed(nearestStrangers), farthestOwn: listed(farthestOwn) },
    };
  }
}
