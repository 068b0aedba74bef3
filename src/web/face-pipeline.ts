import type { Detection } from '../core/detect/face-detector.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { FindOptions } from '../core/pipeline/face-finder.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import type { ModelProgress } from './fetch-source.ts';
import type { JudgedFace, PictureOptions } from './judge-faces.ts';
import { type PipelineFacts, PROTOCOL, WORKER_FILE } from './messages.ts';
import { modelsFolder } from './models-folder.ts';
import type { OpenOptions } from './open-pipeline.ts';
import { type PictureSource, toSentPicture } from './picture.ts';
import { WorkerClient } from './worker-client.ts';

export interface FacePipelineOptions extends OpenOptions {
  /**
   * Address of the folder that `face-trigger models web` wrote, of the page's own origin; relative to the page.
   * @defaultValue '/models/'
   */
  readonly models?: string | URL | undefined;
  /** Told as the models arrive. */
  readonly onProgress?: ((progress: ModelProgress) => void) | undefined;
  /** Keep the models in the browser's CacheStorage. @defaultValue true */
  readonly keep?: boolean | undefined;
  /** Threads of WebAssembly. @defaultValue the machine's, at most 4, where the page is isolated; else 1 */
  readonly threads?: number | undefined;
}

/**
 * From a picture to its faces, in a worker of its own, so that the page never waits: detection, landmarks, embeddings.
 *
 * @example
 * const pipeline = await FacePipeline.create({ models: '/models/' });
 * const faces = await pipeline.analyze(document.querySelector('video'));
 */
export class FacePipeline implements AsyncDisposable {
  /** What is known of the embedder: what its distances mean, which embeddings compare. */
  readonly profile: EmbedderProfile;
  /** What is known of the licenses of the models. */
  readonly ledger: readonly LedgerEntry[];
  /** Threads that WebAssembly computes with. */
  readonly threads: number;
  readonly #worker: WorkerClient;

  private constructor(worker: WorkerClient, { profile, ledger, threads }: PipelineFacts) {
    this.#worker = worker;
    this.profile = profile;
    this.ledger = ledger;
    this.threads = threads;
  }

  /**
   * Starts the worker and opens the models, which are fetched at the first visit.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_UNAVAILABLE` where
   * the worker cannot be started, `ERR_UNSUPPORTED_OPTION` for threads in a page that is not isolated
   */
  static async create({
    models,
    onProgress,
    keep = true,
    threads,
    ...options
  }: FacePipelineOptions = {}): Promise<FacePipeline> {
    const folder = modelsFolder(models);
    const worker = new WorkerClient(new URL(WORKER_FILE, folder).href);
    try {
      const call = { protocol: PROTOCOL, models: folder, keep, threads, options };
      return new FacePipeline(worker, await worker.call('create', call, { onProgress }));
    } catch (error) {
      worker.end();
      throw error;
    }
  }

  /**
   * Finds and embeds the faces of a picture.
   *
   * @returns all faces, best first; `[]` when there are none
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH`, `ERR_IMAGE_DECODE`, `ERR_IMAGE_TOO_LARGE`,
   * `ERR_DISPOSED`
   */
  async analyze(source: PictureSource, options: PictureOptions = {}): Promise<JudgedFace[]> {
    const picture = await toSentPicture(source);
    return this.#worker.call('analyze', { picture, options }, { transfer: handedOver(picture) });
  }

  /** The faces of a picture, with landmarks alone. */
  async find(
    source: PictureSource,
    options: FindOptions & Pick<PictureOptions, 'judge'> = {},
  ): Promise<JudgedFace[]> {
    const picture = await toSentPicture(source);
    return this.#worker.call('find', { picture, options }, { transfer: handedOver(picture) });
  }

  /** Adds landmarks and embeddings to faces that are already found. @param detections - boxes in pixels of the picture */
  async describe(
    source: PictureSource,
    detections: readonly Detection[],
    options: PictureOptions = {},
  ): Promise<JudgedFace[]> {
    const picture = await toSentPicture(source);
    const given = { picture, detections, options };
    return this.#worker.call('describe', given, { transfer: handedOver(picture) });
  }

  /** Ends the worker, with all that it holds. Calling it again does nothing. */
  async dispose(): Promise<void> {
    this.#worker.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function handedOver(picture: unknown): Transferable[] {
  return typeof ImageBitmap !== 'undefined' && picture instanceof ImageBitmap ? [picture] : [];
}
