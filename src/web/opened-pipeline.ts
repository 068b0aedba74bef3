import type { FacePipeline } from '../core/pipeline/face-pipeline.ts';
import { ledgerEntries } from '../models/licence-ledger.ts';
import { fetchSource, type ModelProgress } from './fetch-source.ts';
import { type JudgedFace, judgeFaces } from './judge-faces.ts';
import type { Calls, CreateCall, PipelineFacts } from './messages.ts';
import { openPipeline } from './open-pipeline.ts';
import { PixelReader } from './picture.ts';
import { createWebRuntime, type OnnxruntimeWeb, usableThreads } from './runtime/web-runtime.ts';

/** What a pipeline may be asked. */
export type Question = Exclude<keyof Calls, 'create'>;

/** A pipeline in this thread, over a folder that `face-trigger models web` wrote. */
export class OpenedPipeline {
  readonly facts: PipelineFacts;
  readonly #pipeline: FacePipeline;
  readonly #reader = new PixelReader();

  private constructor(pipeline: FacePipeline, facts: PipelineFacts) {
    this.#pipeline = pipeline;
    this.facts = facts;
  }

  /** @param with.onnxruntime - onnxruntime-web. @defaultValue that of the folder */
  static async open(
    { models, keep, threads = usableThreads(), options }: Omit<CreateCall, 'protocol'>,
    given: {
      readonly onProgress?: ((progress: ModelProgress) => void) | undefined;
      readonly onnxruntime?: OnnxruntimeWeb | undefined;
    },
  ): Promise<OpenedPipeline> {
    const address = (file: string) => new URL(file, models).href;
    const source = fetchSource(models, { onProgress: given.onProgress, keep });
    const onnxruntime =
      given.onnxruntime ??
      ((await import(
        /* @vite-ignore */ /* webpackIgnore: true */ address('ort.wasm.min.mjs')
      )) as OnnxruntimeWeb);
    const runtime = createWebRuntime(onnxruntime, {
      wasm: address('ort-wasm-simd-threaded.wasm'),
      mjs: given.onnxruntime ? undefined : address('ort-wasm-simd-threaded.mjs'),
      threads,
    });
    const pipeline = await openPipeline(source, runtime, options);
    const { parts } = await source.readPack();
    const { profile } = pipeline.embedder;
    return new OpenedPipeline(pipeline, { profile, ledger: parts.flatMap(ledgerEntries), threads });
  }

  async answer<Name extends Question>(question: Name, given: Calls[Name]['given']): Promise<JudgedFace[]> {
    const { picture, options } = given;
    const image = this.#reader.read(picture);
    const faces = await (question === 'describe'
      ? this.#pipeline.describe(image, (given as Calls['describe']['given']).detections, options)
      : question === 'find'
        ? this.#pipeline.find(image, options)
        : this.#pipeline.analyze(image, options));
    return options.judge ? judgeFaces(image, faces, this.#pipeline.embedder.profile.chip) : faces;
  }

  async dispose(): Promise<void> {
    await this.#pipeline.dispose();
  }
}
