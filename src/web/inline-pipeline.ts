import * as z from 'zod/mini';
import type { Detection } from '../core/detect/face-detector.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import type { FacePipeline, FacePipelineOptions } from './face-pipeline.ts';
import type { JudgedFace, PictureOptions } from './judge-faces.ts';
import { modelsFolder } from './models-folder.ts';
import { OpenedPipeline, type Question } from './opened-pipeline.ts';
import { type PictureSource, toSentPicture } from './picture.ts';
import type { OnnxruntimeWeb } from './runtime/web-runtime.ts';

export interface InlinePipelineOptions extends FacePipelineOptions {
  /**
   * onnxruntime-web, for threads that may not load modules while they run, as service workers: import
   * `ort.wasm.bundle.min.mjs` and give it. @defaultValue that of the folder of the models
   */
  readonly onnxruntime?: OnnxruntimeWeb | undefined;
}

/**
 * The pipeline of `face-trigger/web` in the thread that calls it. While it computes nothing else does: pages are better
 * off with `FacePipeline`, which has a worker of its own.
 */
export class InlinePipeline implements AsyncDisposable, Pick<FacePipeline, keyof FacePipeline> {
  /** What is known of the embedder. */
  readonly profile: EmbedderProfile;
  /** What is known of the licenses of the models. */
  readonly ledger: readonly LedgerEntry[];
  /** Threads that WebAssembly computes with. */
  readonly threads: number;
  #opened: OpenedPipeline | null;
  /** One call at a time: buffers are shared. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(opened: OpenedPipeline) {
    this.#opened = opened;
    this.profile = opened.facts.profile;
    this.ledger = opened.facts.ledger;
    this.threads = opened.facts.threads;
  }

  /**
   * Opens the models, which are fetched at the first visit.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_UNSUPPORTED_OPTION`
   */
  static async create({
    models,
    onProgress,
    onnxruntime,
    keep = true,
    threads,
    ...options
  }: InlinePipelineOptions = {}): Promise<InlinePipeline> {
    // zod would try whether it may make code of text, which strict security policies forbid and report.
    z.config({ jitless: true });
    const call = { models: modelsFolder(models), keep, threads, options };
    return new InlinePipeline(await OpenedPipeline.open(call, { onProgress, onnxruntime }));
  }

  /** As of `FacePipeline`. */
  async analyze(source: PictureSource, options: PictureOptions = {}): Promise<JudgedFace[]> {
    return this.#ask('analyze', { source, options });
  }

  /** As of `FacePipeline`. */
  async find(source: PictureSource, options: PictureOptions = {}): Promise<JudgedFace[]> {
    return this.#ask('find', { source, options });
  }

  /** As of `FacePipeline`. */
  async describe(
    source: PictureSource,
    detections: readonly Detection[],
    options: PictureOptions = {},
  ): Promise<JudgedFace[]> {
    return this.#ask('describe', { source, options, detections });
  }

  /** Frees the models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await this.#last;
    await opened?.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #ask(
    question: Question,
    given: {
      readonly source: PictureSource;
      readonly options: PictureOptions;
      readonly detections?: readonly Detection[] | undefined;
    },
  ): Promise<JudgedFace[]> {
    const { source, options, detections = [] } = given;
    const picture = await toSentPicture(source);
    const opened = this.#opened;
    if (opened === null) throw new FaceTriggerError('ERR_DISPOSED', 'The pipeline was used after dispose()');
    const answer = this.#last.then(() => opened.answer(question, { picture, options, detections }));
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}
