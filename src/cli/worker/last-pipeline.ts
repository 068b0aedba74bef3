import type { GalleryNetworks } from '../../gallery/gallery-networks.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { WorkerOptions } from './worker-options.ts';

/** The pipeline of the gallery that was worked on last: the next one has the same models more often than not. */
export class LastPipeline implements AsyncDisposable {
  readonly #options: WorkerOptions;
  #key = '';
  #pipeline: FacePipeline | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** The pipeline with these networks, until the next call. */
  async of(networks: GalleryNetworks): Promise<FacePipeline> {
    const key = JSON.stringify([networks.models, networks.precision, networks.evenLength]);
    if (this.#pipeline && this.#key === key) return this.#pipeline;
    await this[Symbol.asyncDispose]();
    const { commercial, threads, detection } = this.#options;
    const pipeline = await FacePipeline.create({ commercial, threads, detection, ...networks });
    this.#pipeline = pipeline;
    this.#key = key;
    return pipeline;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const last = this.#pipeline;
    this.#pipeline = null;
    await last?.dispose();
  }
}
