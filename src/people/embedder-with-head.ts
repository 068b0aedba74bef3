import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import type { HeadEmbedder } from '../extras/metric-learning/head-embedder.ts';
import type { MetricTrainer } from '../extras/metric-learning/train-metric.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { notTrained } from './known-people.ts';

/**
 * A recognizer's network, and the head that it may have in place of its last layer. Metric learning is loaded by the
 * first that needs it.
 */
export class EmbedderWithHead implements AsyncDisposable {
  readonly backbone: FaceEmbedder;
  readonly #runtime: Runtime | undefined;
  #head: HeadEmbedder | null = null;
  #trainer: Promise<MetricTrainer> | null = null;

  /** @param backbone - disposed of with this */
  constructor(backbone: FaceEmbedder, runtime: Runtime | undefined) {
    this.backbone = backbone;
    this.#runtime = runtime;
  }

  /** The network, or the network with the head, which is another embedder. */
  get current(): FaceEmbedder {
    return this.#head ?? this.backbone;
  }

  get hasHead(): boolean {
    return this.#head !== null;
  }

  /**
   * Reads a head, which is not in its place yet.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`
   */
  async readHead(path: string): Promise<HeadEmbedder> {
    const [{ HeadEmbedder }, { MAX_HEAD_BYTES }] = await Promise.all([
      import('../extras/metric-learning/head-embedder.ts'),
      import('../extras/metric-learning/head-file.ts'),
    ]);
    const limits = {
      maxBytes: MAX_HEAD_BYTES,
      missing: 'ERR_MODEL_NOT_FOUND',
      unfit: 'ERR_MODEL_FORMAT',
    } as const;
    return HeadEmbedder.create(this.backbone, await readFileWithin(path, limits), this.#runtime);
  }

  /** Puts a head in place of the one before, which is disposed of. @param head - `null`: the network's own end */
  async setHead(head: HeadEmbedder | null): Promise<void> {
    await this.#head?.dispose();
    this.#head = head;
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED` where there is none, `ERR_FILE_WRITE` */
  async saveHead(path: string): Promise<void> {
    if (this.#head === null) throw notTrained('There is no learned head to save');
    await writeFileAtomic(path, this.#head.bytes, { mode: PRIVATE_FILE_MODE });
  }

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a network whose inside cannot be learned */
  metricTrainer(): Promise<MetricTrainer> {
    this.#trainer ??= import('../extras/metric-learning/train-metric.ts').then(
      ({ MetricTrainer }) => new MetricTrainer(this.backbone, this.#runtime),
    );
    return this.#trainer;
  }

  /** Frees the head and the network. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.setHead(null);
    await this.backbone.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
