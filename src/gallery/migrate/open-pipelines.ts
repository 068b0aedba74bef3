import { FaceTriggerError } from '../../core/errors.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { type EmbedderRecord, packageEmbedder, recordOfEmbedder } from '../../node/models/packaged-models.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { MigrationPipelines } from './migrate-store.ts';

/** The models to go over to, and how they are opened. */
export interface NextModels {
  readonly models: string | ModelSource;
  readonly precision?: ModelPrecision | undefined;
  readonly commercial?: boolean | undefined;
  readonly threads?: number | undefined;
}

/** What the packs say of the embedder to go over to. */
export async function nextEmbedder({ models, precision }: NextModels): Promise<EmbedderRecord> {
  const { sha256 } = await packageEmbedder(precision, models);
  return (await recordOfEmbedder(sha256, models))!;
}

/**
 * Opens the new models, and the present ones where they are installed.
 *
 * @param next - as `nextEmbedder` says
 * @param options.own - opens the present ones
 */
export async function openPipelines(
  next: EmbedderRecord,
  options: NextModels & { readonly own: () => Promise<FacePipeline | undefined> | undefined },
): Promise<MigrationPipelines & AsyncDisposable> {
  const { models, precision, commercial, threads } = options;
  const opened = await FacePipeline.create({ models, precision, commercial, threads });
  try {
    if (opened.embedder.profile.sha256 !== next.profile.sha256) {
      const message = 'The models changed while they were opened: try again';
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
    }
    const own = await options.own();
    return {
      next: opened,
      own: own ?? null,
      async [Symbol.asyncDispose]() {
        await opened.dispose();
        await own?.dispose();
      },
    };
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}
