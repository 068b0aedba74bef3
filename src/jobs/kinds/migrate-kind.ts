import { FaceTriggerError } from '../../core/errors.ts';
import { type MigrateGalleryOptions, migrateGallery } from '../../gallery/migrate/migrate-gallery.ts';
import type { JobKind, TaskContext } from '../job-kind.ts';
import type { HeldTask, TaskDone } from '../job-queue.ts';
import { MIGRATE_PARAMETERS, readJobPart } from './task-schemas.ts';

/** Name of {@link MigrateKind} in jobs. */
export const MIGRATE = 'migrate';

/** Stands for {@link MigrateKind} while the gallery is open: gives the task back and ends the run, to be closed first. */
export const MIGRATE_LATER: JobKind = {
  name: MIGRATE,
  run: () => Promise.reject(new FaceTriggerError('ERR_MODEL_MISMATCH', 'The gallery is to be closed first')),
};

/** Options of {@link MigrateKind}, as `migrateGallery` takes them. */
export type MigrateKindOptions = Pick<MigrateGalleryOptions, 'threads' | 'commercial'>;

/** Gives the gallery other models; nobody in this process may have it open meanwhile. A worker that takes it up again goes on where it was: on the same machine, and in PostgreSQL on any. */
export class MigrateKind implements JobKind {
  readonly name = MIGRATE;
  readonly changesModels = true;
  readonly #gallery: string;
  readonly #options: MigrateKindOptions;

  /** @param gallery - its address */
  constructor(gallery: string, options: MigrateKindOptions = {}) {
    this.#gallery = gallery;
    this.#options = options;
  }

  /** Pictures that are gone, models that do worse, an unfinished change to others: somebody has to decide. */
  isFinal({ code, details }: FaceTriggerError): boolean {
    return code === 'ERR_CONFLICT' || (code === 'ERR_FILE_NOT_FOUND' && details?.['missing'] !== undefined);
  }

  async run(task: HeldTask, { signal, progress, confirm }: TaskContext): Promise<TaskDone> {
    const parameters = readJobPart(MIGRATE_PARAMETERS, task.job.parameters);
    await confirm();
    const { switched, from, to, faces, negatives, embedded, resumed, missing, judgment } =
      await migrateGallery(this.#gallery, {
        ...parameters,
        threads: this.#options.threads,
        // Whoever started the worker may want it, and whoever made the job.
        commercial: this.#options.commercial === true || parameters.commercial === true,
        signal,
        onProgress: progress,
      });
    // Without names: a job outlives people who are deleted.
    const leftOut = missing.reduce((n, one) => n + one.faces + one.negatives, 0);
    return {
      outcome: switched ? 'switched' : 'had-these-models',
      result: {
        ...{ from: from.embedder.id, to: to.embedder.id, models: to.pack.name },
        ...{ faces, negatives, embedded, resumed, leftOut, judgment },
      },
    };
  }
}
