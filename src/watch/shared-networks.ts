import { availableParallelism } from 'node:os';
import type { AlignedFace } from '../core/align/aligned-face.ts';
import type { Detection } from '../core/detect/face-detector.ts';
import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { invalidArgument } from '../core/errors.ts';
import type { Image } from '../core/image/image.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';
import { compiledFile } from '../node/runtime/compiled-file.ts';
import { JobPool } from '../node/runtime/job-pool.ts';
// Before any worker starts.
import '../node/runtime/native-gate.ts';
import '../node/runtime/telemetry.ts';
import { WorkerThread } from '../node/runtime/worker-thread.ts';
import { IMAGE_THREAD_LIMITS } from '../pipeline/pipeline-thread.ts';
import { assertSendable, type SentPipelineOptions } from '../pipeline/sent-options.ts';
import type { AnalyzerAnswer, AnalyzerCall, NetworkFacts } from './analyzer-call.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';
import { FairTurns } from './fair-turns.ts';

/** Options of {@link SharedNetworks.create}. */
export interface SharedNetworksOptions extends SentPipelineOptions {
  /** Threads with a set of networks each, 1 - 16. @defaultValue {@link defaultWorkers} */
  readonly workers?: number | undefined;
  /** Threads of the processor that each computes with: another one of these costs more than it gains. @defaultValue 1 */
  readonly threads?: number | undefined;
}

/** Sets of networks where nobody says how many: a core is left for decoding, and more than two are hardly needed. */
export function defaultWorkers(): number {
  return Math.max(1, Math.min(MAX_DEFAULT_WORKERS, availableParallelism() - 1));
}

/** The steps that need networks; who somebody is, is another's to say. */
export type NetworkSteps = Pick<
  FaceAnalyzer,
  'detect' | 'detectNewest' | 'align' | 'embed' | 'checkLiveness' | 'livenessThreshold'
>;

const MAX_WORKERS = 16;
const MAX_DEFAULT_WORKERS = 2;
/** A camera with so many faces or more has the largest share. */
const MOST_FACES = 3;

/**
 * One set of networks for any number of cameras, in threads of their own: memory does not grow with cameras, and the
 * event loop stays free.
 *
 * @remarks The cameras take turns by {@link FairTurns}, and one with faces before it has up to four times the share of
 * one without. A thread that dies fails the step that it had and is replaced.
 */
export class SharedNetworks implements AsyncDisposable {
  readonly embedder: EmbedderIdentity;
  readonly #livenessThreshold: number | null;
  readonly #jobs: JobPool<AnalyzerCall, AnalyzerAnswer>;
  readonly #turns: FairTurns;

  private constructor(jobs: JobPool<AnalyzerCall, AnalyzerAnswer>, facts: NetworkFacts) {
    this.embedder = facts.embedder;
    this.#livenessThreshold = facts.livenessThreshold;
    this.#jobs = jobs;
    this.#turns = new FairTurns({ width: jobs.size });
  }

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, and those of `FacePipeline.create` */
  static async create(options: SharedNetworksOptions = {}): Promise<SharedNetworks> {
    assertSendable(options);
    const { workers = defaultWorkers(), threads = 1, ...rest } = options;
    const settings = { ...rest, threads };
    if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
      throw invalidArgument(`an integer from 1 to ${MAX_WORKERS}`, 'options.workers', workers);
    }
    const started: WorkerThread<AnalyzerCall, AnalyzerAnswer, NetworkFacts>[] = [];
    const start = () => {
      const file = compiledFile(import.meta.url, 'watch', 'analyzer-worker');
      const thread = new WorkerThread<AnalyzerCall, AnalyzerAnswer, NetworkFacts>(file, {
        settings,
        resourceLimits: IMAGE_THREAD_LIMITS,
      });
      started.push(thread);
      return thread;
    };
    const jobs = await JobPool.create({ start, size: workers });
    return new SharedNetworks(jobs, await started[0]!.ready);
  }

  /** The networks for one camera. */
  stepsFor(camera: string): NetworkSteps {
    let faces = 0;
    const weight = () => 1 + Math.min(faces, MOST_FACES);
    const turn = <Answer>(work: () => Promise<Answer>, goesOn: boolean): Promise<Answer> =>
      this.#turns.run(camera, work, { weight: weight(), goesOn });
    const ask = <Answer extends AnalyzerAnswer>(call: AnalyzerCall, goesOn = true): Promise<Answer> =>
      turn(() => this.#jobs.run(call) as Promise<Answer>, goesOn);
    return {
      async detect(image, { minFaceSize, near, goesOn = false }) {
        const options = { minFaceSize, near };
        const found = await ask<readonly Detection[]>({ step: 'detect', image, options }, goesOn);
        if (!goesOn) faces = found.length;
        return found;
      },
      detectNewest: (take) =>
        turn(async () => {
          const wish = take();
          if (wish === null) return [];
          const { image, ...options } = wish;
          const found = (await this.#jobs.run({ step: 'detect', image, options })) as readonly Detection[];
          faces = found.length;
          return found;
        }, false),
      align: (image, detection) => ask<AlignedFace>({ step: 'align', image, detection }),
      embed: (faces) => ask<readonly Float32Array[]>({ step: 'embed', faces }),
      ...(this.#livenessThreshold !== null && {
        checkLiveness: (image: Image, detection: Detection) =>
          ask<Liveness>({ step: 'liveness', image, detection }),
        livenessThreshold: this.#livenessThreshold,
      }),
    };
  }

  /** Ends the threads; steps that wait or are under way fail with `ERR_DISPOSED`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#jobs.dispose();
  }
}
